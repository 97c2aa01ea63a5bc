import RondoData

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
    var own = ForecastScoring(season: season)
    var others = PointBaseline.allCases.map { _ in ForecastScoring(season: season) }
    for (place, forecast) in zip(places, forecasts) {
      let values = series[place.series]
      let history = Array(values[..<place.origin])
      let actual = Array(values[place.origin..<min(values.count, place.origin + horizon)])
      own.add(forecast.medians, forecast, actual: actual, history: history)
      for (index, baseline) in PointBaseline.allCases.enumerated() {
        let points = baseline.forecast(history, horizon: horizon, season: season)
        let quantiles =
          baseline == .seasonalNaive
          ? QuantileForecast(
            around: points, history, season: season, probabilities: forecast.probabilities) : nil
        others[index].add(points, quantiles, actual: actual, history: history)
      }
    }
    guard let score = own.score else { return nil }
    model = score
    baselines = [:]
    for (baseline, other) in zip(PointBaseline.allCases, others) {
      baselines[baseline.rawValue] = other.score
    }
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
