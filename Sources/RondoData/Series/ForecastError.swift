/// How far point forecasts are from what came, in the measures of the M competitions. Steps whose actual value is missing do not count.
///
/// Makridakis, Spiliotis and Assimakopoulos 2020, DOI 10.1016/j.ijforecast.2019.04.014; MASE: Hyndman and Koehler 2006,
/// DOI 10.1016/j.ijforecast.2006.03.001.
public enum ForecastError {
  /// sMAPE in percent: the mean of 200 |y − f| / (|y| + |f|), a step where both are zero counting as 0. Nil without any actual value.
  public static func smape(_ actual: some Collection<Double>, _ forecast: some Collection<Double>) -> Double?
  {
    mean(actual, forecast) { y, f in
      let size = abs(y) + abs(f)
      return size == 0 ? 0 : 200 * abs(y - f) / size
    }
  }

  /// What MASE divides by: the mean |y_t − y_{t−m}| over a history. Nil where that is not above zero.
  public static func scale(_ history: [Double], season m: Int) -> Double? {
    let values = mean(history.dropFirst(m), history.dropLast(m)) { abs($0 - $1) }
    return values.flatMap { $0 > 0 ? $0 : nil }
  }

  private static func mean(
    _ actual: some Collection<Double>, _ forecast: some Collection<Double>,
    _ error: (Double, Double) -> Double
  ) -> Double? {
    var (sum, count) = (0.0, 0)
    for (y, f) in zip(actual, forecast) where !y.isNaN && !f.isNaN {
      sum += error(y, f)
      count += 1
    }
    return count == 0 ? nil : sum / Double(count)
  }
}
