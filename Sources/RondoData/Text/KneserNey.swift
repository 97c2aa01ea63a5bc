import RondoCore

/// An n-gram model with interpolated, modified Kneser–Ney smoothing: the baseline that a recurrent network has to beat.
///
/// For a context h of k symbols and a symbol w,
///
///     p(w | h) = (c(hw) − D(c(hw))) / c(h·) + γ(h) p(w | h without its first symbol),
///
/// where c counts occurrences in the longest n-grams, and in the shorter ones the different symbols seen before them; D is one of three
/// discounts (for counts of 1, 2 and more) estimated for each length, γ(h) hands on what was discounted, and below the unigrams lies the
/// uniform distribution. So every symbol of the vocabulary has a probability, and they sum to 1.
///
/// Lines do not matter: what ends one is a symbol like others, and contexts reach across it, as a recurrent network's state does.
///
/// Source: S. F. Chen and J. Goodman, *An empirical study of smoothing techniques for language modeling*, Computer Speech & Language 13
/// (1999), <https://doi.org/10.1006/csla.1999.0128>.
public struct KneserNey: Sendable {
  /// The symbols of the longest n-grams.
  public let order: Int
  /// The number of symbols of the vocabulary.
  public let vocabularySize: Int
  /// The n-grams of 1 to `order` symbols.
  private var tables: [NGramTable]
  /// What follows each context of 0 to `order` − 1 symbols.
  private var contexts: [[Context]] = []
  /// The discounts of the n-grams of 1 to `order` symbols, by count; counts from 3 share the last.
  private var discounts: [[Double]] = []

  private struct Context {
    /// The sum of the counts of all n-grams that extend it.
    var total = 0.0
    /// The sum of their discounts.
    var discounted = 0.0
  }

  /// Counts a text.
  ///
  /// - Parameters:
  ///   - tokens: Symbols from 0 to below `vocabularySize`.
  ///   - order: The symbols of the longest n-grams.
  public init(counting tokens: ArraySlice<Int32>, vocabularySize: Int, order: Int = 5) {
    require(order >= 1, "KneserNey: order \(order)")
    requireSymbols(tokens, below: vocabularySize, "KneserNey")
    self.order = order
    self.vocabularySize = vocabularySize
    tables = Array(repeating: NGramTable(), count: order)
    count(tokens)
    discounts = tables.map { KneserNey.discounts($0.counts) }
    contexts = tables.indices.map { length in
      var contexts = Array(repeating: Context(), count: length == 0 ? 1 : tables[length - 1].count)
      let extended = tables[length]
      for number in 0..<extended.count {
        let count = Int(extended.counts[number])
        contexts[extended.prefix(number)].total += Double(count)
        contexts[extended.prefix(number)].discounted += discounts[length][min(count, 3)]
      }
      return contexts
    }
  }

  private mutating func count(_ tokens: ArraySlice<Int32>) {
    // The numbers of the n-grams of 0, 1, … symbols that end at the symbol before; those that would begin before the text are missing.
    var ending = [0]
    var extended: [Int] = []
    for token in tokens {
      extended.removeAll(keepingCapacity: true)
      extended.append(0)
      for (length, prefix) in ending.enumerated() {
        let (number, isNew) = tables[length].insert(prefix, token)
        if length == order - 1 { tables[length].increment(number) }
        // A new n-gram is one more symbol seen before the n-gram that it has without its first.
        if isNew, length > 0 { tables[length - 1].increment(extended[length]) }
        extended.append(number)
      }
      if extended.count <= order {
        // The n-gram that begins the text has the beginning before it.
        tables[extended.count - 2].increment(extended[extended.count - 1])
      } else {
        extended.removeLast()
      }
      swap(&ending, &extended)
    }
  }

  /// The discounts for counts of 0, 1, 2 and more (Chen and Goodman, equation 26), from how many n-grams have the counts 1 to 4. Where
  /// a text is so small that these cannot be estimated, ½, 1 and 1½.
  private static func discounts(_ counts: [UInt32]) -> [Double] {
    var n = [0.0, 0, 0, 0, 0]
    for count in counts where count <= 4 { n[Int(count)] += 1 }
    let y = n[1] / (n[1] + 2 * n[2])
    var discounts = [0.0]
    for count in 1...3 {
      let discount = Double(count) - Double(count + 1) * y * n[count + 1] / n[count]
      guard discount > 0, discount < Double(count) else { return [0, 0.5, 1, 1.5] }
      discounts.append(discount)
    }
    return discounts
  }

  /// The contexts of 0, 1, … symbols that a text ends with, as long as they occur.
  private func contexts(after text: some Sequence<Int32>) -> [Int] {
    text.reduce(into: [0]) { contexts, token in advance(&contexts, token) }
  }

  private func advance(_ contexts: inout [Int], _ token: Int32) {
    var extended = [0]
    for (length, prefix) in contexts.enumerated() where length < order - 1 {
      guard let number = tables[length].find(prefix, token) else { break }
      extended.append(number)
    }
    contexts = extended
  }

  private func probability(_ token: Int32, _ ending: [Int]) -> Double {
    var probability = 1 / Double(vocabularySize)
    for (length, number) in ending.enumerated() {
      let context = contexts[length][number]
      // Where the text ended, nothing follows.
      guard context.total > 0 else { break }
      let count = tables[length].find(number, token).map { Int(tables[length].counts[$0]) } ?? 0
      let kept = Double(count) - discounts[length][min(count, 3)]
      probability = (kept + context.discounted * probability) / context.total
    }
    return probability
  }

  /// The probabilities of all symbols of the vocabulary after a text.
  public func probabilities(after text: [Int32]) -> [Double] {
    let ending = contexts(after: text)
    return (0..<Int32(vocabularySize)).map { probability($0, ending) }
  }

  /// The mean negative log-probability of symbols, in nats, each after those before it.
  ///
  /// - Parameter preceding: What stands before the first one and is not scored.
  public func loss(of tokens: ArraySlice<Int32>, after preceding: [Int32] = []) -> Double {
    require(!tokens.isEmpty, "KneserNey.loss: nothing to score")
    requireSymbols(tokens, below: vocabularySize, "KneserNey.loss")
    var ending = contexts(after: preceding)
    var sum = 0.0
    for token in tokens {
      sum -= PortableMath.log(probability(token, ending))
      advance(&ending, token)
    }
    return sum / Double(tokens.count)
  }
}
