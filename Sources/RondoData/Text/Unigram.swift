import RondoCore

/// The frequencies of symbols, whatever stands around them: the simplest baseline of a language model.
///
/// Every symbol of the vocabulary is counted once more than it occurs, so that none is impossible.
public struct Unigram: Sendable {
  /// The number of symbols of the vocabulary.
  public let vocabularySize: Int
  private var counts: [Int]
  private let total: Int

  /// Counts a text of symbols from 0 to below `vocabularySize`.
  public init(counting tokens: ArraySlice<Int32>, vocabularySize: Int) {
    self.vocabularySize = vocabularySize
    counts = Array(repeating: 1, count: vocabularySize)
    total = tokens.count + vocabularySize
    requireSymbols(tokens, below: vocabularySize, "Unigram")
    for token in tokens { counts[Int(token)] += 1 }
  }

  /// The probabilities of all symbols of the vocabulary.
  public var probabilities: [Double] { counts.map { Double($0) / Double(total) } }

  /// The mean negative log-probability of symbols, in nats.
  public func loss(of tokens: ArraySlice<Int32>) -> Double {
    require(!tokens.isEmpty, "Unigram.loss: nothing to score")
    requireSymbols(tokens, below: vocabularySize, "Unigram.loss")
    let losses = probabilities.map { -PortableMath.log($0) }
    return tokens.reduce(0) { $0 + losses[Int($1)] } / Double(tokens.count)
  }
}

/// Stops the program unless all symbols are in the vocabulary.
func requireSymbols(_ tokens: some Sequence<Int32>, below vocabularySize: Int, _ operation: String) {
  let stranger = tokens.first { !(0..<vocabularySize ~= Int($0)) }
  require(stranger == nil, "\(operation): symbol \(stranger ?? 0) for a vocabulary of \(vocabularySize)")
}
