import Foundation
import RondoCore
import RondoData

/// What forecasts of returns say of a price, beside what anybody would try first: of its level a random walk, of its volatility weighted squares
/// and a GARCH(1,1).
public struct PriceComparison: Sendable, Equatable {
  /// The series.
  public var name: String
  /// Steps after which the levels are compared.
  public var horizon: Int
  /// The mean absolute error of the price after that many steps, by the medians of the returns before it.
  public var levelError: Double
  /// The same of a random walk: the price stays.
  public var randomWalkError: Double
  /// QLIKE of the variance of the next step's return, the lower the better.
  public var qlike: Double
  /// QLIKE of exponentially weighted squares (λ = 0.94).
  public var ewmaQLIKE: Double
  /// QLIKE of a GARCH(1,1), fitted to what is before the first window.
  public var garchQLIKE: Double
  /// The steps whose variance was forecast.
  public var steps: Int

  /// - Parameters:
  ///   - prices: From one step before the first return on.
  ///   - levels: Forecasts of windows of the returns.
  ///   - variances: For each return from `first` on the variance that was forecast of it.
  ///   - first: The first return that is tested.
  /// - Returns: Nil if nothing can be compared.
  init?(
    _ returns: Series, prices: [Double], levels: [(origin: Int, forecast: QuantileForecast)],
    variances: [Double], first: Int, horizon: Int
  ) {
    name = returns.name
    self.horizon = horizon
    var errors: (own: Double, walk: Double, count: Int) = (0, 0, 0)
    for (origin, forecast) in levels where origin + horizon < prices.count {
      // The price with the index of a return is the one before it.
      guard let now = prices[...origin].last(where: { !$0.isNaN }), !prices[origin + horizon].isNaN else {
        continue
      }
      let change = forecast.points.prefix(horizon).reduce(0, +)
      errors.own += abs(prices[origin + horizon] - now * PortableMath.exp(change))
      errors.walk += abs(prices[origin + horizon] - now)
      errors.count += 1
    }
    let values = returns.values
    guard values[..<first].contains(where: { !$0.isNaN && $0 != 0 }), errors.walk > 0 else { return nil }
    let squares = values[first...].map { $0 * $0 }
    // Both begin with what is before the first window.
    let start = EWMAVariance.start(values[..<first].map { $0 * $0 }, decay: 0.94)
    let ewma = EWMAVariance().variances(values, start: start)[first..<values.count].map {
      max($0, .leastNormalMagnitude)
    }
    let garch = GARCH(Array(values[..<first])).variances(values)[first..<values.count].map {
      max($0, .leastNormalMagnitude)
    }
    guard errors.count > 0,
      let qlike = VarianceError.qlike(squares: squares, variances: variances),
      let ewmaQLIKE = VarianceError.qlike(squares: squares, variances: ewma),
      let garchQLIKE = VarianceError.qlike(squares: squares, variances: garch)
    else { return nil }
    (levelError, randomWalkError) = (errors.own / Double(errors.count), errors.walk / Double(errors.count))
    (self.qlike, self.ewmaQLIKE, self.garchQLIKE) = (qlike, ewmaQLIKE, garchQLIKE)
    steps = squares.count { $0 > 0 }
  }

  /// What there is to say of several prices together: whether the random walk is beaten, and the volatility.
  public static func verdict(_ prices: [PriceComparison]) -> [String] {
    guard let first = prices.first else { return [] }
    // Prices are of different sizes, so that shares are averaged.
    let ratio = prices.reduce(0) { $0 + $1.levelError / $1.randomWalkError } / Double(prices.count)
    func mean(_ path: KeyPath<PriceComparison, Double>) -> Double {
      prices.reduce(0) { $0 + $1[keyPath: path] } / Double(prices.count)
    }
    let (own, ewma, garch) = (mean(\.qlike), mean(\.ewmaQLIKE), mean(\.garchQLIKE))
    let percent = String(format: "%.2f %%", 100 * abs(ratio - 1))
    let level =
      ratio < 0.99
      ? "it beats the random walk by \(percent)"
      : ratio < 1.01
        ? "it does not beat the random walk (\(percent) \(ratio < 1 ? "smaller" : "larger"), which is nothing)"
        : "the random walk is better by \(percent)"
    let best = min(ewma, garch)
    let volatility =
      own < best
      ? "better than both" : own < max(ewma, garch) ? "between the two" : "worse than both"
    return [
      "Of the price after \(first.horizon) steps \(level).",
      String(
        format:
          "Of the next step's volatility its QLIKE is %.3f, beside %.3f of weighted squares (λ = 0.94) and %.3f of a GARCH(1,1): ",
        own, ewma, garch) + volatility + ".",
    ]
  }
}
