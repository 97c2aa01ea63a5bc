/// The forecasts that anybody would try first.
///
/// Gaps in a series count as the value before them; a series without any value goes on with zeros.
public enum ForecastBaseline: String, CaseIterable, Sendable {
  /// The last value again and again.
  case naive
  /// The last season again and again.
  case seasonalNaive = "seasonal-naive"
  /// On along the line from the first value to the last.
  case drift
  /// The last value of the series without its season, times the season, where the series has one (M4's Naive2).
  case naive2
  /// The mean of the line of least squares and of simple exponential smoothing of the series with its distance to that line doubled, season
  /// taken out before and put back afterwards.
  case theta
  /// Exponential smoothing, with the trend and the season that suit the series best.
  case ets
  /// Of returns: zero, and what returns were before.
  case randomWalk = "random-walk"

  /// The baseline fitted to a history.
  ///
  /// - Parameters:
  ///   - history: The values, the oldest first; NaN where one is missing.
  ///   - season: The number of steps in a season, 1 for none.
  ///   - horizon: The steps that will be forecast at most.
  ///   - probabilities: The quantiles that will be wanted, ascending; baselines that have none give points.
  public func fitted(
    _ history: [Double], season: Int, horizon: Int, probabilities: [Double]
  ) -> any FittedBaseline {
    precondition(
      horizon >= 0 && season > 0, "ForecastBaseline: a horizon of \(horizon), a season of \(season)")
    let values = Series.filled(history)
    guard !values.isEmpty else { return NaiveBaseline([0], season: 1, horizon: 0, probabilities: [0.5]) }
    switch self {
    case .naive:
      return NaiveBaseline(history, season: 1, horizon: horizon, probabilities: probabilities)
    case .seasonalNaive:
      return NaiveBaseline(history, season: season, horizon: horizon, probabilities: probabilities)
    case .drift: return DriftBaseline(values)
    case .naive2: return Deseasonalized(values, season: season) { NaiveBaseline($0) }
    case .theta: return Deseasonalized(values, season: season, ThetaBaseline.init)
    case .randomWalk: return RandomWalkBaseline(history, probabilities: probabilities)
    case .ets: return ETSBaseline(values, season: season, probabilities: probabilities)
    }
  }

  /// The values of the next steps of a history.
  public func forecast(_ history: [Double], horizon: Int, season: Int) -> [Double] {
    fitted(history, season: season, horizon: horizon, probabilities: [0.5]).forecast(horizon).points
  }
}

/// A baseline that was fitted to a history, and goes on with what comes without being fitted anew.
public protocol FittedBaseline: Sendable {
  /// Takes the next value; NaN if it is missing, which counts as the value before.
  mutating func observe(_ value: Double)

  /// The next steps.
  func forecast(_ horizon: Int) -> QuantileForecast
}

/// A baseline of a series whose season is divided out before and multiplied back afterwards, if the series has one.
struct Deseasonalized<Baseline: FittedBaseline>: FittedBaseline {
  private var baseline: Baseline
  private let factors: [Double]
  private var count: Int
  private var last: Double

  init(_ values: [Double], season: Int, _ fit: ([Double]) -> Baseline) {
    let found =
      Seasonality.isSeasonal(values, season: season) ? Seasonality.factors(values, season: season) : nil
    let factors = found ?? [1]
    baseline = fit(values.enumerated().map { $1 / factors[$0 % factors.count] })
    (self.factors, count, last) = (factors, values.count, values[values.count - 1])
  }

  mutating func observe(_ value: Double) {
    if !value.isNaN { last = value }
    baseline.observe(last / factors[count % factors.count])
    count += 1
  }

  func forecast(_ horizon: Int) -> QuantileForecast {
    let points = baseline.forecast(horizon).medians
    return QuantileForecast(points: points.enumerated().map { $1 * factors[(count + $0) % factors.count] })
  }
}

extension [ForecastBaseline] {
  /// Those that suit levels, or returns of prices.
  public static func suited(toReturns: Bool) -> [ForecastBaseline] {
    toReturns ? [.randomWalk, .ets] : ForecastBaseline.allCases.filter { $0 != .randomWalk }
  }
}
