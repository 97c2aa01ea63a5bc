import RondoTasks
import Testing

@Suite struct ClassificationScoreTests {
  /// Three labels, of which the last never occurs but is predicted once, worked out by hand.
  @Test func anExampleByHand() {
    let score = ClassificationScore(
      predicted: [0, 0, 1, 1, 2, 1], actual: [0, 0, 0, 1, 1, 1], labelCount: 3)
    #expect(score.count == 6)
    #expect(score.accuracy == 4.0 / 6)
    #expect(score.confusion == [[2, 1, 0], [0, 2, 1], [0, 0, 0]])
    #expect(score.labels[0].precision == 1 && score.labels[0].recall == 2.0 / 3)
    #expect(score.labels.map(\.f1) == [0.8, 2.0 / 3, 0])
    #expect(abs(score.macroF1 - (0.8 + 2.0 / 3) / 3) < 1e-12)
  }

  @Test func labelsThatNeitherOccurNorArePredictedDoNotCount() {
    let score = ClassificationScore(predicted: [0, 1], actual: [0, 1], labelCount: 5)
    #expect(score.macroF1 == 1)
  }
}
