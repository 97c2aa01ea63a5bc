import RondoCore
import RondoTraining
import Testing

@Suite struct GradientClippingTests {
  @Test func shortensToTheNorm() {
    var values: [Float] = [3, 0, -4]
    let length = GradientClipping(norm: 2.5).apply(&values, 3)
    #expect(length == 5)
    #expect(values == [1.5, 0, -2])
  }

  @Test func leavesShortGradientsAlone() {
    var values: [Float] = [0.3, -0.4]
    #expect(abs(GradientClipping(norm: 1).apply(&values, 2) - 0.5) < 1e-7)
    #expect(values == [0.3, -0.4])
  }

  @Test func boundsEachElementFirst() {
    var values: [Float] = [3, -0.5, -4]
    let length = GradientClipping(norm: nil, value: 1).apply(&values, 3)
    #expect(values == [1, -0.5, -1])
    #expect(length == 1.5)
  }

  @Test func keepsWhatIsNoNumber() {
    var values: [Float] = [.nan, 2]
    #expect(GradientClipping(norm: 1, value: 1).apply(&values, 2).isNaN)
    #expect(values[0].isNaN)
  }

  @Test func theLengthDoesNotDependOnThreads() {
    let values = (0..<300_001).map { Float($0 % 1013) * 0.001 - 0.5 }
    let lengths = [1, 2, 3].map { threads in
      Parallel.withThreads(threads) { GradientClipping.length(values, values.count) }
    }
    #expect(lengths[0] == lengths[1])
    #expect(lengths[0] == lengths[2])
    let expected = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(lengths[0] - expected) < 1e-9 * expected)
  }
}

@Suite struct EarlyStoppingTests {
  @Test func keepsTheBestWeightsAndStopsInTime() {
    var stopping = EarlyStopping(patience: 2)
    for (step, loss) in [3.0, 2.0, 2.5, 1.5, 1.5].enumerated() {
      stopping.observe(loss, step: step, weights: Tensor([1], [Float(step)]))
      #expect(!stopping.isExhausted)
    }
    stopping.observe(.nan, step: 5, weights: Tensor([1], [5]))
    #expect(stopping.isExhausted)
    #expect(stopping.record.bestStep == 3)
    #expect(stopping.record.bestLoss == 1.5)
    #expect(stopping.bestWeights == Tensor([1], [3]))
  }

  @Test func withoutPatienceItNeverStops() {
    var stopping = EarlyStopping(patience: nil)
    for step in 0..<100 { stopping.observe(Double(step), step: step, weights: Tensor([1], [0])) }
    #expect(!stopping.isExhausted)
    #expect(stopping.record.bestStep == 0)
  }
}
