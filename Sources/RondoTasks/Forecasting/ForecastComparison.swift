import RondoCore
import RondoData
import Synchronization

/// How good a forecaster is, beside what anybody would try first.
public struct ForecastComparison: Sendable, Equatable, Codable {
  /// The forecaster's score.
  public var model: ForecastScore
  /// The baselines' scores, by name.
  public var baselines: [String: ForecastScore]

  /// The mean of sMAPE and MASE, each as a share of Naive2's: the overall weighted average of the M4 competition.
  public var owa: Double? {
    guard let naive2 = baselines[PointBaseline.naive2.rawValue], let mase = model.mase,
      let other = naive2.mase, other > 0, naive2.smape > 0
    else { return nil }
    return (model.smape / naive2.smape + mase / other) / 2
  }

  /// Compares forecasts of windows with what came.
  ///
  /// - Parameter forecasts: Of each place.
  /// - Returns: Nil if no value came.
  package init?(
    _ series: [[Double]], _ places: [WindowBatch.Place], _ forecasts: [QuantileForecast], horizon: Int,
    season: Int
  ) {
    // Baselines take longer than adding up, and each window by itself.
    let windows = zip(places, forecasts).map { place, forecast in
      let values = series[place.series]
      return Window(
        history: Array(values[..<place.origin]),
        actual: Array(values[place.origin..<min(values.count, place.origin + horizon)]), forecast: forecast)
    }
    let others = Self.forecasts(windows, horizon: horizon, season: season)
    var own = ForecastScoring(season: season)
    var scores = PointBaseline.allCases.map { _ in ForecastScoring(season: season) }
    for (window, others) in zip(windows, others) {
      own.add(window.forecast.medians, window.forecast, actual: window.actual, history: window.history)
      for (index, other) in others.enumerated() {
        scores[index].add(other.points, other.quantiles, actual: window.actual, history: window.history)
      }
    }
    guard let score = own.score else { return nil }
    model = score
    baselines = [:]
    for (baseline, scoring) in zip(PointBaseline.allCases, scores) {
      baselines[baseline.rawValue] = scoring.score
    }
  }

  private struct Window: Sendable {
    let history: [Double]
    let actual: [Double]
    let forecast: QuantileForecast
  }

  private struct BaselineForecast: Sendable {
    let points: [Double]
    let quantiles: QuantileForecast?
  }

  /// For each window the forecasts of all baselines.
  private static func forecasts(_ windows: [Window], horizon: Int, season: Int) -> [[BaselineForecast]] {
    let results = Mutex([[BaselineForecast]](repeating: [], count: windows.count))
    Parallel.rows(windows.count, minimumPerPart: 8) { range in
      for index in range {
        let own = PointBaseline.allCases.map { forecast($0, windows[index], horizon, season) }
        results.withLock { $0[index] = own }
      }
    }
    return results.withLock { $0 }
  }

  private static func forecast(
    _ baseline: PointBaseline, _ window: Window, _ horizon: Int, _ season: Int
  ) -> BaselineForecast {
    let probabilities = window.forecast.probabilities
    if baseline == .ets, case let values = Series.filled(window.history), !values.isEmpty {
      let model = ExponentialSmoothing(choosingFor: values, period: season).forecast(horizon)
      let steps = zip(model.values, model.deviations).map { value, deviation in
        probabilities.map { value + NormalDistribution.quantile($0) * deviation }
      }
      return BaselineForecast(
        points: model.values, quantiles: QuantileForecast(probabilities: probabilities, steps: steps))
    }
    let points = baseline.forecast(window.history, horizon: horizon, season: season)
    let quantiles =
      baseline == .seasonalNaive
      ? QuantileForecast(around: points, window.history, season: season, probabilities: probabilities) : nil
    return BaselineForecast(points: points, quantiles: quantiles)
  }
}

extension QuantileForecast {
  /// The medians of the steps.
  public var medians: [Double] { steps.indices.map { quantile(0.5, step: $0) } }

  /// A seasonal naive forecast with quantiles: its errors as they were in the history, the same number of seasons ahead.
  ///
  /// A history with fewer than two such errors has no width.
  package init(around points: [Double], _ history: [Double], season: Int, probabilities: [Double]) {
    var errors: [Double] = []
    var steps: [[Double]] = []
    for (step, point) in points.enumerated() {
      if step % season == 0 {
        let lag = (step / season + 1) * season
        errors = zip(history.dropFirst(lag), history).map { $0 - $1 }.filter { !$0.isNaN }.sorted()
      }
      steps.append(probabilities.map { point + (errors.count < 2 ? 0 : Self.quantile($0, of: errors)) })
    }
    self.init(probabilities: probabilities, steps: steps)
  }

  /// The quantile of sorted values, on the line between the two nearest.
  private static func quantile(_ probability: Double, of sorted: [Double]) -> Double {
    let place = probability * Double(sorted.count - 1)
    let index = min(Int(place), sorted.count - 2)
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }
}
