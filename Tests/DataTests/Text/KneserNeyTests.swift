import Foundation
import RondoData
import RondoTestSupport
import Testing

@Suite struct KneserNeyTests {
  /// A text of `count` symbols below `vocabularySize`, the small ones more frequent.
  private func text(_ count: Int, vocabularySize: Int, seed: UInt64) -> [Int32] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let x = Double(state >> 33) / 0x1p31
      return Int32(x * x * Double(vocabularySize))
    }
  }

  /// The formula written down once more, with dictionaries of whole n-grams and a loop over the text for every count.
  private func plainProbability(
    _ symbol: Int32, after context: [Int32], in text: [Int32], order: Int, size: Int
  ) -> Double {
    func counts(_ length: Int) -> [[Int32]: Int] {
      var occurrences: [[Int32]: Int] = [:]
      var predecessors: [[Int32]: Set<Int32>] = [:]
      for begin in 0...(text.count - length) {
        let gram = Array(text[begin..<begin + length])
        occurrences[gram, default: 0] += 1
        predecessors[gram, default: []].insert(begin == 0 ? -1 : text[begin - 1])
      }
      return length == order ? occurrences : predecessors.mapValues(\.count)
    }
    var probability = 1 / Double(size)
    for length in 1...order {
      let history = Array(context.suffix(length - 1))
      guard history.count == length - 1 else { break }
      let all = counts(length)
      func n(_ count: Int) -> Double { Double(all.values.count { $0 == count }) }
      let y = n(1) / (n(1) + 2 * n(2))
      var discounts = [0, 1 - 2 * y * n(2) / n(1), 2 - 3 * y * n(3) / n(2), 3 - 4 * y * n(4) / n(3)]
      if !(1...3).allSatisfy({ discounts[$0] > 0 && discounts[$0] < Double($0) }) {
        discounts = [0, 0.5, 1, 1.5]
      }
      let following = all.filter { Array($0.key.dropLast()) == history }
      guard !following.isEmpty else { break }
      let total = Double(following.values.reduce(0, +))
      let discounted = following.values.reduce(0.0) { $0 + discounts[min($1, 3)] }
      let count = following[history + [symbol]] ?? 0
      probability = (Double(count) - discounts[min(count, 3)] + discounted * probability) / total
    }
    return probability
  }

  @Test(arguments: [1, 2, 3, 5])
  func agreesWithThePlainFormula(order: Int) {
    let size = 7
    let text = text(400, vocabularySize: size - 1, seed: 3)
    let model = KneserNey(counting: text[...], vocabularySize: size, order: order)
    let contexts: [[Int32]] = [
      [], [0], [6], [1, 0], [0, 0, 0, 0], Array(text[100..<110]), Array(text.suffix(4)),
    ]
    for context in contexts {
      let probabilities = model.probabilities(after: context)
      for symbol in 0..<Int32(size) {
        let expected = plainProbability(symbol, after: context, in: text, order: order, size: size)
        #expect(abs(probabilities[Int(symbol)] - expected) < 1e-14, "\(symbol) after \(context)")
      }
    }
  }

  /// After every context, seen or not, the vocabulary's probabilities sum to 1 and none is 0.
  @Test(arguments: [1, 2, 4, 10, 1000, 20_000])
  func probabilitiesSumToOne(count: Int) {
    let size = 50
    let text = text(count, vocabularySize: size - 5, seed: 1)
    let model = KneserNey(counting: text[...], vocabularySize: size)
    for context in [
      [], [49], [49, 0], [0], [1, 0], [0, 0, 0, 0], Array(text.suffix(6)), Array(text.prefix(3)),
    ] as [[Int32]] {
      let probabilities = model.probabilities(after: context)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
      #expect(probabilities.allSatisfy { $0 > 0 })
    }
  }

  @Test func lossIsTheMeanOfLogarithms() {
    let text = text(2000, vocabularySize: 20, seed: 5)
    let model = KneserNey(counting: text[..<1500], vocabularySize: 20, order: 3)
    var sum = 0.0
    for place in 1500..<1600 {
      sum -= Foundation.log(model.probabilities(after: Array(text[..<place]))[Int(text[place])])
    }
    #expect(abs(model.loss(of: text[1500..<1600], after: Array(text[..<1500])) - sum / 100) < 1e-12)
  }

  /// A repeated text is known by heart; a slice of it is scored as the slice.
  @Test func learnsWhatRepeats() {
    let text = (0..<3000).map { Int32($0 % 10) }
    let model = KneserNey(counting: text[...], vocabularySize: 10)
    #expect(model.loss(of: text[50..<100], after: Array(text[40..<50])) < 0.01)
    let unigram = Unigram(counting: text[...], vocabularySize: 10)
    #expect(abs(unigram.loss(of: text[50..<100]) - Foundation.log(10.0)) < 1e-12)
  }

  @Test func unigramsOfSymbolsNeverSeen() {
    let unigram = Unigram(counting: [0, 0, 1], vocabularySize: 3)
    #expect(unigram.probabilities == [0.5, 2.0 / 6, 1.0 / 6])
    let expected = (Foundation.log(6.0) + Foundation.log(2.0)) / 2
    #expect(abs(unigram.loss(of: [2, 0]) - expected) < 1e-15)
  }

  /// The 5-gram of the literature has a test perplexity of 141.2 (T. Mikolov and G. Zweig, 2012); contexts that reach across lines and
  /// the three discounts may move it a little.
  @Test(.needsData)
  func pennTreebank() throws {
    func source(_ part: String) throws -> TextSource {
      try TextSource(DataSets.path("language-modelling/ptb/ptb.\(part).txt"))
    }
    let vocabulary = try Vocabulary(.word, of: [source("train")])
    #expect(vocabulary.count == 10_000)
    let codec = TextCodec(vocabulary)
    let train = try codec.encode([source("train")])
    let test = try codec.encode([source("test")])
    #expect(train.tokens.count == 929_589)
    #expect(test.tokens.count == 82_430)
    let endOfLine = try #require(vocabulary.endOfLine)
    let model = KneserNey(counting: train.tokens[...], vocabularySize: vocabulary.count)
    let perplexity = Foundation.exp(model.loss(of: test.tokens[...], after: [endOfLine]))
    #expect(abs(perplexity - 141.2) < 1)
    let context = Array(test.tokens[100..<104])
    #expect(abs(model.probabilities(after: context).reduce(0, +) - 1) < 1e-9)
  }
}
