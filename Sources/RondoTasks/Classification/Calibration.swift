import RondoCore

/// Whether probabilities mean what they say, and the temperature that makes them.
///
/// Source: Guo et al., On calibration of modern neural networks, 2017, arXiv 1706.04599.
public enum Calibration {
  /// softmax(logits / temperature)
  package static func probabilities(_ logits: [Float], temperature: Double) -> [Double] {
    let scaled = logits.map { Double($0) / temperature }
    let largest = scaled.max() ?? 0
    let terms = scaled.map { PortableMath.exp($0 - largest) }
    let sum = terms.reduce(0, +)
    return terms.map { $0 / sum }
  }

  /// The mean of −log p of the true labels, in nats.
  package static func loss(_ logits: [[Float]], _ labels: [Int], temperature: Double) -> Double {
    guard !labels.isEmpty else { return 0 }
    let total = zip(logits, labels).reduce(0.0) { total, item in
      let scaled = item.0.map { Double($0) / temperature }
      let largest = scaled.max() ?? 0
      let sum = scaled.reduce(0) { $0 + PortableMath.exp($1 - largest) }
      return total + PortableMath.log(sum) + largest - scaled[item.1]
    }
    return total / Double(labels.count)
  }

  /// The temperature from 1/20 to 20 with the smallest loss, to a thousandth; 1 without data.
  ///
  /// Of n labels a share of 1 / (n + 2) counts as spread over all others, so that a few sequences that are all right do not make the model
  /// certain of everything (as in Platt, Probabilistic outputs for support vector machines, 1999).
  package static func temperature(_ logits: [[Float]], _ labels: [Int]) -> Double {
    guard let classes = logits.first?.count, classes > 1 else { return 1 }
    let doubt = 1 / Double(labels.count + 2)
    // The loss has one minimum along the temperature: golden sections of the logarithm.
    let golden = (5.0.squareRoot() - 1) / 2
    var (low, high) = (-PortableMath.log(20), PortableMath.log(20))
    func value(_ logarithm: Double) -> Double {
      let temperature = PortableMath.exp(logarithm)
      let certain = loss(logits, labels, temperature: temperature)
      // −Σ q log p = −log p of the label + doubt · (its logit − the mean of the others') / temperature
      let lead = zip(logits, labels).reduce(0.0) { sum, item in
        let own = Double(item.0[item.1])
        let others = item.0.reduce(0.0) { $0 + Double($1) } - own
        return sum + own - others / Double(classes - 1)
      }
      return certain + doubt * lead / temperature / Double(labels.count)
    }
    var (left, right) = (high - golden * (high - low), low + golden * (high - low))
    var (leftLoss, rightLoss) = (value(left), value(right))
    while high - low > 1e-3 {
      if leftLoss <= rightLoss {
        (high, right, rightLoss) = (right, left, leftLoss)
        left = high - golden * (high - low)
        leftLoss = value(left)
      } else {
        (low, left, leftLoss) = (left, right, rightLoss)
        right = low + golden * (high - low)
        rightLoss = value(right)
      }
    }
    return PortableMath.exp((low + high) / 2)
  }

  /// The expected calibration error: over 15 bins of equal width of the largest probability, the mean distance between it and the share of
  /// right answers, weighted by the bins' sizes.
  package static func expectedError(_ probabilities: [[Double]], _ labels: [Int], binCount: Int = 15)
    -> Double
  {
    var bins = Array(repeating: (count: 0, confidence: 0.0, right: 0.0), count: binCount)
    for (own, label) in zip(probabilities, labels) {
      let best = Classifier.best(own)
      let bin = min(binCount - 1, Int(own[best] * Double(binCount)))
      bins[bin].count += 1
      bins[bin].confidence += own[best]
      bins[bin].right += best == label ? 1 : 0
    }
    let distance = bins.reduce(0.0) { $0 + abs($1.confidence - $1.right) }
    return labels.isEmpty ? 0 : distance / Double(labels.count)
  }
}
