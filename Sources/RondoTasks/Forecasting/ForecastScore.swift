import RondoData

/// How good forecasts of several series are: means over the series.
public struct ForecastScore: Sendable, Equatable, Codable {
  /// sMAPE in percent.
  public var smape: Double
  /// MASE; nil if no history says what an error of one step is.
  public var mase: Double?
  /// The number of series.
  public var seriesCount: Int

  /// The score of point forecasts; nil if there is no actual value in any series.
  ///
  /// - Parameter season: The number of steps in a season, by which errors are scaled.
  public init?(_ forecasts: [[Double]], actual: [[Double]], histories: [[Double]], season: Int) {
    var (smape, mase) = ([Double](), [Double]())
    for (forecast, (actual, history)) in zip(forecasts, zip(actual, histories)) {
      guard let error = ForecastError.smape(actual, forecast) else { continue }
      smape.append(error)
      if let scale = ForecastError.scale(history, season: season),
        let mae = ForecastError.mae(actual, forecast)
      {
        mase.append(mae / scale)
      }
    }
    guard !smape.isEmpty else { return nil }
    self.smape = smape.reduce(0, +) / Double(smape.count)
    self.mase = mase.isEmpty ? nil : mase.reduce(0, +) / Double(mase.count)
    seriesCount = smape.count
  }
}
