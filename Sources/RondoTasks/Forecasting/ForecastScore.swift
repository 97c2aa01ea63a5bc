import RondoData

/// How good forecasts of several windows of series are.
public struct ForecastScore: Sendable, Equatable, Codable {
  /// sMAPE in percent: the mean over the windows.
  public var smape: Double
  /// MASE: the mean over the windows; nil if no history says what an error of one step is.
  public var mase: Double?
  /// The root of the mean squared error of all values.
  public var rmse: Double
  /// The mean absolute error of all values.
  public var mae: Double
  /// The weighted quantile loss of the deciles: twice the sum of all quantile losses over the sum of all sizes, the mean over the deciles;
  /// nil for forecasts without quantiles and for zeros.
  public var wql: Double?
  /// The share of values within the interval of 80 %; nil for forecasts without quantiles.
  public var coverage80: Double?
  /// The share of values within the interval of 95 %.
  public var coverage95: Double?
  /// The mean width of the interval of 80 %.
  public var width80: Double?
  /// The mean width of the interval of 95 %.
  public var width95: Double?
  /// The number of windows with an actual value.
  public var windows: Int
}

/// Adds up how good forecasts are, window by window.
struct ForecastScoring {
  private static let deciles = (1...9).map { Double($0) / 10 }

  private let season: Int
  private var (smape, mase) = ([Double](), [Double]())
  private var (squares, sizes, absolutes) = (0.0, 0.0, 0.0)
  private var count = 0
  private var losses = 0.0
  private var inside = (0, 0)
  private var widths = (0.0, 0.0)
  private var hasQuantiles = true

  /// - Parameter season: The number of steps in a season, by which errors are scaled.
  init(season: Int) {
    self.season = season
  }

  /// Adds a window. Values that are missing do not count.
  ///
  /// - Parameter history: All values before the window.
  mutating func add(_ points: [Double], _ forecast: QuantileForecast?, actual: [Double], history: [Double]) {
    guard let error = ForecastError.smape(actual, points) else { return }
    smape.append(error)
    if let scale = ForecastError.scale(history, season: season) {
      mase.append(ForecastError.mae(actual, points)! / scale)
    }
    for (step, (value, point)) in zip(actual, points).enumerated() where !value.isNaN {
      count += 1
      squares += (value - point) * (value - point)
      absolutes += abs(value - point)
      sizes += abs(value)
      guard let forecast else { continue }
      for decile in Self.deciles {
        let e = value - forecast.quantile(decile, step: step)
        losses += 2 * max(decile * e, (decile - 1) * e)
      }
      let (low, high) = (forecast.quantile(0.1, step: step), forecast.quantile(0.9, step: step))
      let (least, most) = (forecast.quantile(0.025, step: step), forecast.quantile(0.975, step: step))
      if low <= value, value <= high { inside.0 += 1 }
      if least <= value, value <= most { inside.1 += 1 }
      widths.0 += high - low
      widths.1 += most - least
    }
    hasQuantiles = hasQuantiles && forecast != nil
  }

  /// The score so far; nil if there was no actual value.
  var score: ForecastScore? {
    guard count > 0 else { return nil }
    func mean(_ sum: Double) -> Double { sum / Double(count) }
    func quantile(_ value: Double) -> Double? { hasQuantiles ? value : nil }
    return ForecastScore(
      smape: smape.reduce(0, +) / Double(smape.count),
      mase: mase.isEmpty ? nil : mase.reduce(0, +) / Double(mase.count), rmse: mean(squares).squareRoot(),
      mae: mean(absolutes), wql: sizes > 0 ? quantile(losses / Double(Self.deciles.count) / sizes) : nil,
      coverage80: quantile(mean(Double(inside.0))), coverage95: quantile(mean(Double(inside.1))),
      width80: quantile(mean(widths.0)), width95: quantile(mean(widths.1)), windows: smape.count)
  }
}
