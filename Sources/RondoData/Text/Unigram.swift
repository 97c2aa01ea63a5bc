import RondoCore

/// The frequencies of symbols, whatever stands around them: the simplest baseline of a language model.
///
/// Every symbol of the vocabulary is counted once more than it occurs, so that none is impossible.
public struct Unigram: Sendable {
  public let vocabularySize: Int
  private var counts: [Int]
  private let total: Int

  /// Counts a text of symbols from 0 to below `vocabularySize`.
  public init(counting tokens: ArraySlice<Int32>, vocabularySize: Int) {
    self.vocabularySize = vocabularySize
    counts = Array(repeating: 1, count: vocabularySize)
    total = tokens.count + vocabularySize
    for token in tokens {
      precondition(0..<vocabularySize ~= Int(token), "Unigram: symbol \(token) of \(vocabularySize)")
      counts[Int(token)] += 1
    }
  }

  /// The probabilities of all symbols of the vocabulary.
  public var probabilities: [Double] { counts.map { Double($0) / Double(total) } }

  /// The mean negative log-probability of symbols, in nats.
  public func loss(of tokens: ArraySlice<Int32>) -> Double {
    precondition(!tokens.isEmpty, "Unigram.loss: nothing to score")
    let losses = probabilities.map { -PortableMath.log($0) }
    return tokens.reduce(0) { $0 + losses[Int($1)] } / Double(tokens.count)
  }
}
