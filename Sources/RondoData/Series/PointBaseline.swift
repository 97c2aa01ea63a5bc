/// The forecasts that anybody would try first.
///
/// Gaps in a series count as the value before them; a series without any value goes on with zeros.
public enum PointBaseline: String, CaseIterable, Sendable {
  /// The last value again and again.
  case naive
  /// The last season again and again.
  case seasonalNaive = "seasonal-naive"
  /// On along the line from the first value to the last.
  case drift
  /// The last value of the series without its season, times the season, where the series has one (M4's Naive2).
  case naive2
  /// The mean of the line of least squares and of simple exponential smoothing of the series with its distance to that line doubled, season
  /// taken out before and put back afterwards (Assimakopoulos and Nikolopoulos 2000, DOI 10.1016/S0169-2070(00)00066-2); not below zero, as
  /// M4's organisers have it.
  case theta
  /// Exponential smoothing, with the trend and the season that suit the series best.
  case ets

  /// The values of the next steps.
  ///
  /// - Parameters:
  ///   - values: The history, the oldest first; NaN where a value is missing.
  ///   - season: The number of steps in a season, 1 for none.
  public func forecast(_ values: [Double], horizon: Int, season: Int) -> [Double] {
    precondition(horizon >= 0 && season > 0, "PointBaseline: a horizon of \(horizon), a season of \(season)")
    let values = Series.filled(values)
    guard let last = values.last else { return [Double](repeating: 0, count: horizon) }
    let n = values.count
    switch self {
    case .naive: return [Double](repeating: last, count: horizon)
    case .seasonalNaive:
      let m = min(season, n)
      return (0..<horizon).map { values[n - m + $0 % m] }
    case .drift:
      let slope = n > 1 ? (last - values[0]) / Double(n - 1) : 0
      return (0..<horizon).map { last + slope * Double($0 + 1) }
    case .naive2:
      return Self.withoutSeason(values, horizon, season) { [Double](repeating: $0.last!, count: $1) }
    case .theta: return Self.withoutSeason(values, horizon, season, Self.theta)
    case .ets: return ExponentialSmoothing(choosingFor: values, period: season).forecast(horizon).values
    }
  }

  private static func withoutSeason(
    _ values: [Double], _ horizon: Int, _ season: Int, _ forecast: ([Double], Int) -> [Double]
  ) -> [Double] {
    guard Seasonality.isSeasonal(values, season: season),
      let factors = Seasonality.factors(values, season: season)
    else { return forecast(values, horizon) }
    let adjusted = values.enumerated().map { $1 / factors[$0 % season] }
    return forecast(adjusted, horizon).enumerated().map { $1 * factors[(values.count + $0) % season] }
  }

  private static func theta(_ values: [Double], _ horizon: Int) -> [Double] {
    let n = Double(values.count)
    let times = values.indices.map { Double($0 + 1) }
    let (meanTime, mean) = (times.reduce(0, +) / n, values.reduce(0, +) / n)
    let spread = times.reduce(0) { $0 + ($1 - meanTime) * ($1 - meanTime) }
    let product = zip(times, values).reduce(0) { $0 + ($1.0 - meanTime) * ($1.1 - mean) }
    let slope = spread > 0 ? product / spread : 0
    func line(_ time: Double) -> Double { mean + slope * (time - meanTime) }
    let doubled = zip(times, values).map { 2 * $1 - line($0) }
    let level = SimpleSmoothing(doubled).level
    return (0..<horizon).map { max(0, (level + line(n + Double($0 + 1))) / 2) }
  }
}
