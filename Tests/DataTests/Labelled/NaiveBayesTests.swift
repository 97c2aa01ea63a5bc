import Foundation
import RondoData
import RondoTestSupport
import Testing

@Suite struct NaiveBayesTests {
  /// The example of Manning, Raghavan, Schütze, "Introduction to Information Retrieval" (2008), 13.2: Chinese (0), Beijing, Shanghai, Macao,
  /// Tokyo (4), Japan (5).
  private let tokens: [[Int32]] = [[0, 1, 0], [0, 0, 2], [0, 3], [4, 5, 0]]
  private let labels = [1, 1, 1, 0]

  @Test func textbookExample() {
    let classifier = NaiveBayes(tokens: tokens, labels: labels, labelCount: 2, vocabularySize: 6)
    let text: [Int32] = [0, 0, 0, 4, 5]
    let scores = classifier.scores(of: text)
    // 3/4 · (3/7)³ · 1/14 · 1/14 and 1/4 · (2/9)³ · 2/9 · 2/9; a few roundings of logarithms below 10.
    #expect(abs(scores[1] - log(0.75 * 27 / 343 / 196)) < 1e-13)
    #expect(abs(scores[0] - log(0.25 * 32 / 59049)) < 1e-13)
    #expect(classifier.label(of: text) == 1)
    #expect(classifier.label(of: [4]) == 0)
    #expect(classifier.label(of: []) == 1)
  }

  @Test func unknownTokensDoNotCount() {
    let classifier = NaiveBayes(tokens: tokens, labels: labels, labelCount: 2, vocabularySize: 6)
    #expect(classifier.scores(of: [0, 4, 6, -1, .max, .min]) == classifier.scores(of: [0, 4]))
    let withUnknown = NaiveBayes(
      tokens: tokens.map { $0 + [6, -1] }, labels: labels, labelCount: 2, vocabularySize: 6)
    #expect(withUnknown.scores(of: [0, 4]) == classifier.scores(of: [0, 4]))
  }

  @Test func binaryCounts() {
    let classifier = NaiveBayes(
      tokens: tokens, labels: labels, labelCount: 2, vocabularySize: 6, isBinary: true)
    // Chinese counts once in each text: 3 of 6 tokens with label 1.
    let scores = classifier.scores(of: [0, 0, 0])
    #expect(abs(scores[1] - log(0.75 * 4 / 12)) < 1e-13)
    #expect(abs(scores[0] - log(0.25 * 2 / 9)) < 1e-13)
  }

  @Test func equalScoresAndLabelsWithoutTexts() {
    let classifier = NaiveBayes(tokens: [[0], [1]], labels: [2, 1], labelCount: 4, vocabularySize: 2)
    #expect(classifier.label(of: []) == 1)
    #expect(classifier.label(of: [0]) == 2)
    #expect(classifier.scores(of: [0])[0] == -.infinity)
    #expect(classifier.scores(of: [0])[3] == -.infinity)
  }

  @Test func misuseStops() async {
    await #expect(processExitsWith: .failure) {
      _ = NaiveBayes(tokens: [[0]], labels: [2], labelCount: 2, vocabularySize: 2)
    }
  }

  /// Socher et al. (2013), table 1: naive Bayes has 81.8 % of the sentences of two classes right.
  @Test(.needsData) func stanfordSentimentTreebank() throws {
    func read(_ part: String) throws -> [(words: [Substring], label: Int)] {
      try LabelledTexts(contentsOf: DataSets.path("sentiment/sst/stsa.binary.\(part)"), labels: .required)
        .items
        .map { ($0.text.split(separator: " "), Int($0.label!)!) }
    }
    let training = try read("train")
    var numbers: [Substring: Int32] = [:]
    for text in training {
      for word in text.words where numbers[word] == nil { numbers[word] = Int32(numbers.count) }
    }
    let classifier = NaiveBayes(
      tokens: training.map { $0.words.map { numbers[$0]! } }, labels: training.map(\.label), labelCount: 2,
      vocabularySize: numbers.count)
    let test = try read("test")
    let correct = test.count { text in
      classifier.label(of: text.words.map { numbers[$0] ?? -1 }) == text.label
    }
    #expect(test.count == 1821)
    #expect(abs(Double(correct) / 1821 - 0.818) < 0.0005, "\(correct) of 1821")
  }
}
