/// The variance of returns r with the mean zero as an exponentially weighted mean of their squares, without anything to fit:
///
///     h_{t+1} = λ h_t + (1 − λ) r_t²
///
/// J. P. Morgan and Reuters, RiskMetrics technical document, 4th edition, 1996: λ = 0.94 for daily returns.
public struct EWMAVariance: Sendable, Hashable {
  /// λ, the weight of the past, between 0 and 1.
  public let decay: Double

  /// A model of this weight.
  public init(decay: Double = 0.94) {
    precondition(decay > 0 && decay < 1, "EWMAVariance: the decay \(decay) is not between 0 and 1")
    self.decay = decay
  }

  /// The variance of each return as it was expected one step before, and at the end that of the next one: one more than there are returns.
  ///
  /// - Parameters:
  ///   - returns: The oldest first. A missing one (NaN) leaves the variance as it is.
  ///   - start: The first variance; without it the weighted mean of the first 75 squares, the first one weighing most, in which case the first
  ///     variances are no forecasts.
  public func variances(_ returns: [Double], start: Double? = nil) -> [Double] {
    var variance = start ?? Self.start(returns.map { $0 * $0 }, decay: decay)
    var result = [variance]
    for value in returns {
      if !value.isNaN { variance = decay * variance + (1 - decay) * value * value }
      result.append(variance)
    }
    return result
  }

  /// The weighted mean of the first 75 squares that are there, each weighing `decay` of the one before; 0 if there are none.
  package static func start(_ squares: [Double], decay: Double) -> Double {
    var (sum, weights, weight) = (0.0, 0.0, 1.0)
    for square in squares.lazy.filter({ !$0.isNaN }).prefix(75) {
      sum += weight * square
      weights += weight
      weight *= decay
    }
    return weights > 0 ? sum / weights : 0
  }
}
