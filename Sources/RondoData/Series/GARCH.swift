import RondoCore

/// Returns with a constant mean and a variance that goes along with their latest squares, GARCH(1,1):
///
///     r_t = μ + e_t,  h_{t+1} = ω + α e_t² + β h_t
///
/// with ω > 0, α ≥ 0, β ≥ 0 and α + β < 1, found by maximum likelihood as if e_t / √h_t were normal, which is right in the limit for others, too
/// (Bollerslev and Wooldridge 1992, DOI 10.1080/07474939208800229). The search begins where the long-run variance is that of the returns (variance
/// targeting).
///
/// Bollerslev 1986, DOI 10.1016/0304-4076(86)90063-1.
public struct GARCH: Sendable, Hashable {
  /// μ
  public let mean: Double
  /// ω
  public let omega: Double
  /// α
  public let alpha: Double
  /// β
  public let beta: Double
  /// The variance of the first return: the weighted mean of the first 75 e², weights falling by 0.94.
  public let startVariance: Double
  /// The sum of log p of the returns that it was fitted to.
  public let logLikelihood: Double

  /// α + β: the share of a variance's distance to the long run that is left after a step.
  public var persistence: Double { alpha + beta }

  /// ω / (1 − α − β), which forecasts far ahead come to.
  public var longRunVariance: Double { omega / (1 - persistence) }

  /// Fits a model.
  ///
  /// - Parameter returns: The oldest first; at least one must be there. A missing one (NaN) has the square that was expected. With fewer than 20,
  ///   or none that differ, α = β = 0.
  public init(_ returns: [Double]) {
    let there = returns.filter { !$0.isNaN }
    precondition(!there.isEmpty, "GARCH: no returns")
    let count = Double(there.count)
    let mean = there.reduce(0, +) / count
    let variance = there.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    guard there.count >= 20, variance > 0 else {
      let variance = max(variance, .leastNormalMagnitude)
      (self.mean, omega, alpha, beta, startVariance) = (mean, variance, 0, 0, variance)
      let model = Weights(mean: mean, omega: variance, alpha: 0, beta: 0)
      logLikelihood = -Self.loss(returns, model, start: variance)
      return
    }
    // In units of mean and deviation, all numbers that are sought are of the size of 1.
    let deviation = variance.squareRoot()
    let unit = returns.map { ($0 - mean) / deviation }
    let start = EWMAVariance.start(unit.map { $0 * $0 }, decay: 0.94)
    func loss(_ point: [Double]) -> Double { Self.loss(unit, Weights(point), start: start) }
    // Of a few persistences and shares of α, the most likely ones.
    var best = (point: [Double](), loss: Double.infinity)
    for persistence in [0.5, 0.9, 0.97, 0.99] {
      for share in [0.03, 0.1, 0.3] {
        let point = [Weights.logit(persistence), Weights.logit(share), 0, 0]
        let loss = loss(point)
        if loss < best.loss || best.point.isEmpty { best = (point, loss) }
      }
    }
    var point = best.point
    // The second search has a fresh simplex, where the first one's may have become flat.
    for step in [0.5, 0.1] {
      point = NelderMead.minimum(from: point, step: step, evaluations: 600, loss)
    }
    let weights = Weights(point)
    self.mean = mean + deviation * weights.mean
    omega = variance * weights.omega
    (alpha, beta) = (weights.alpha, weights.beta)
    startVariance = variance * start
    logLikelihood = -Self.loss(unit, weights, start: start) - count * FastMath.log(deviation)
  }

  /// A model whose parameters are known.
  public init(mean: Double, omega: Double, alpha: Double, beta: Double, startVariance: Double? = nil) {
    precondition(
      omega > 0 && alpha >= 0 && beta >= 0 && alpha + beta < 1,
      "GARCH: ω = \(omega), α = \(alpha), β = \(beta), not ω > 0, α ≥ 0, β ≥ 0, α + β < 1")
    (self.mean, self.omega, self.alpha, self.beta) = (mean, omega, alpha, beta)
    self.startVariance = startVariance ?? omega / (1 - alpha - beta)
    logLikelihood = .nan
  }

  /// The variance of each return as it was expected one step before, and at the end that of the next one: one more than there are returns.
  ///
  /// For a test part hand over the returns it was fitted to and those of the test: the parameters stay.
  public func variances(_ returns: [Double]) -> [Double] {
    var variance = omega + persistence * startVariance
    var result = [variance]
    for value in returns {
      let error = value - mean
      variance = omega + alpha * (value.isNaN ? variance : error * error) + beta * variance
      result.append(variance)
    }
    return result
  }

  /// The variances of the next steps after these returns: each is nearer to the long run's.
  public func forecast(after returns: [Double], _ horizon: Int) -> [Double] {
    var variance = variances(returns).last!
    return (0..<horizon).map { _ in
      defer { variance = omega + persistence * variance }
      return variance
    }
  }

  // MARK: Fitting

  private struct Weights {
    var mean: Double
    var omega: Double
    var alpha: Double
    var beta: Double

    init(mean: Double, omega: Double, alpha: Double, beta: Double) {
      (self.mean, self.omega, self.alpha, self.beta) = (mean, omega, alpha, beta)
    }

    /// Of any four numbers: those of persistence, α's share of it, the long-run variance and the mean.
    init(_ point: [Double]) {
      func logistic(_ x: Double) -> Double { 1 / (1 + FastMath.exp(-x)) }
      let persistence = 0.999_999 * logistic(point[0])
      alpha = persistence * logistic(point[1])
      beta = persistence - alpha
      // A long-run variance of e⁻²⁰ to e²⁰ times that of the returns.
      omega = FastMath.exp(min(20, max(-20, point[2]))) * (1 - persistence)
      mean = point[3]
    }

    static func logit(_ x: Double) -> Double { FastMath.log(x / (1 - x)) }
  }

  /// −log p of the returns: ½ (log 2π + log h + e² / h), summed over those that are there.
  private static func loss(_ returns: [Double], _ weights: Weights, start: Double) -> Double {
    var variance = weights.omega + (weights.alpha + weights.beta) * start
    var (sum, count, product) = (0.0, 0, 1.0)
    for value in returns {
      var square = variance
      if !value.isNaN {
        let error = value - weights.mean
        square = error * error
        sum += square / variance
        count += 1
        // One logarithm for several variances, as long as their product is a number.
        product *= variance
        if !(product > 1e-100 && product < 1e100) {
          sum += FastMath.log(product)
          product = 1
        }
      }
      variance = weights.omega + weights.alpha * square + weights.beta * variance
    }
    return 0.5 * (sum + FastMath.log(product) + Double(count) * FastMath.log(2 * .pi))
  }
}
