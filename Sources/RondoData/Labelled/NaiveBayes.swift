import RondoCore

/// A multinomial naive Bayes classifier of texts: a baseline that counts tokens and knows nothing of their order.
///
/// The label of tokens t₁ … tₙ is the c with the largest
///
///     log P(c) + Σᵢ log P(tᵢ | c),   P(c) = texts with label c / texts,   P(t | c) = (count of t with c + 1) / (tokens with c + vocabulary)
///
/// (Laplace's smoothing). The binary variant counts a token once in each text, however often it occurs there.
///
/// Source: McCallum, Nigam, "A Comparison of Event Models for Naive Bayes Text Classification", AAAI-98 workshop; for the binary variant Wang,
/// Manning, "Baselines and Bigrams", ACL 2012, <https://aclanthology.org/P12-2018>.
public struct NaiveBayes: Sendable {
  /// The number of labels.
  public let labelCount: Int
  /// The number of tokens that are known.
  public let vocabularySize: Int
  /// Whether a token counts once in each text.
  public let isBinary: Bool
  /// The logarithms of P(c).
  private let priors: [Double]
  /// The logarithms of P(t | c), `[labels, vocabulary]`.
  private let likelihoods: [Double]

  /// Counts texts, each an array of tokens from 0 to below `vocabularySize`, and their labels from 0 to below `labelCount`. Other tokens are
  /// unknown and do not count.
  public init(
    tokens: [[Int32]], labels: [Int], labelCount: Int, vocabularySize: Int, isBinary: Bool = false
  ) {
    require(!tokens.isEmpty, "NaiveBayes: no texts to count")
    require(tokens.count == labels.count, "NaiveBayes: \(tokens.count) texts and \(labels.count) labels")
    self.labelCount = labelCount
    self.vocabularySize = vocabularySize
    self.isBinary = isBinary
    var textCounts = [Int](repeating: 0, count: labelCount)
    var tokenCounts = [Int](repeating: 0, count: labelCount)
    var counts = [Int](repeating: 0, count: labelCount * vocabularySize)
    for (text, label) in zip(tokens, labels) {
      require(0..<labelCount ~= label, "NaiveBayes: label \(label) of \(labelCount)")
      textCounts[label] += 1
      for token in NaiveBayes.counted(text, below: vocabularySize, isBinary) {
        counts[label * vocabularySize + token] += 1
        tokenCounts[label] += 1
      }
    }
    // A label that no text has is never the answer.
    priors = textCounts.map {
      $0 == 0 ? -.infinity : PortableMath.log(Double($0)) - PortableMath.log(Double(tokens.count))
    }
    likelihoods = counts.enumerated().map { place, count in
      PortableMath.log(Double(count + 1))
        - PortableMath.log(Double(tokenCounts[place / vocabularySize] + vocabularySize))
    }
  }

  /// What was counted before: the logarithms of P(c) [labels] and of P(t | c) [labels, vocabulary].
  package init(priors: Tensor, likelihoods: Tensor) {
    require(
      likelihoods.shape.count == 2 && priors.shape == [likelihoods.shape[0]],
      "NaiveBayes: priors \(priors.shape) and likelihoods \(likelihoods.shape)")
    (labelCount, vocabularySize, isBinary) = (likelihoods.shape[0], likelihoods.shape[1], false)
    self.priors = priors.values.map(Double.init)
    self.likelihoods = likelihoods.values.map(Double.init)
  }

  /// The logarithms of P(c): [labels].
  package var priorTable: Tensor { Tensor([labelCount], priors.map { Float($0) }) }
  /// The logarithms of P(t | c): [labels, vocabulary].
  package var likelihoodTable: Tensor { Tensor([labelCount, vocabularySize], likelihoods.map { Float($0) }) }

  /// The logarithms of P(c, t₁ … tₙ) for all labels c; unknown tokens are left out.
  public func scores(of tokens: [Int32]) -> [Double] {
    let known = NaiveBayes.counted(tokens, below: vocabularySize, isBinary)
    return (0..<labelCount).map { (label: Int) -> Double in
      var score = priors[label]
      for token in known { score += likelihoods[label * vocabularySize + token] }
      return score
    }
  }

  /// The most probable label, the lower one of equals.
  public func label(of tokens: [Int32]) -> Int {
    let scores = scores(of: tokens)
    return scores.firstIndex(of: scores.max()!)!
  }

  /// The tokens that count, in their order.
  private static func counted(_ tokens: [Int32], below vocabularySize: Int, _ isBinary: Bool) -> [Int] {
    let known = tokens.map(Int.init).filter { 0..<vocabularySize ~= $0 }
    guard isBinary else { return known }
    var seen: Set<Int> = []
    return known.filter { seen.insert($0).inserted }
  }
}
