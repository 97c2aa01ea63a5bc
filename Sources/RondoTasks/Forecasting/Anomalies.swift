import RondoData

/// A value that the forecast of one step found unlikely.
public struct Anomaly: Sendable, Equatable {
  /// The number of the series.
  public var series: Int
  /// The step of the value.
  public var step: Int
  /// The value.
  public var value: Double
  /// The median of what was forecast of it from what was before it.
  public var median: Double
  /// The interval that should have held it with a probability of 95 %.
  public var interval: ClosedRange<Double>
  /// How far the value is from the median, in standard deviations of a normal distribution whose quantile is the interval's end on that side.
  public var score: Double
}

extension Forecaster {
  /// Finds values that a forecast of one step from what was before them says are unlikely.
  ///
  /// Of each series the values are looked at that have at least one segment or lag before them; missing ones are left out.
  ///
  /// - Parameters:
  ///   - threshold: The least size of an anomaly's score.
  ///   - last: How many of each series' latest values are looked at; all if nil.
  /// - Returns: The anomalies in the order of the series and their steps, and how many values were looked at.
  /// - Throws: `OptionError` if a series has other covariates than the model was trained with; `ModelError` if a forecast is not finite.
  public func anomalies(
    in series: [Series], threshold: Double = 4, last: Int? = nil
  ) throws -> (found: [Anomaly], examined: Int) {
    let input = try ForecastInput(series, config.covariates)
    var places: [WindowBatch.Place] = []
    for (index, item) in input.items.enumerated() {
      guard let first = item.values.firstIndex(where: { !$0.isNaN }) else { continue }
      // A scale takes some values.
      let begin = max(first + min(config.forecast.shape.segment, 24), item.values.count - (last ?? .max / 2))
      for step in max(begin, 1)..<max(begin, 1, item.values.count) where !item.values[step].isNaN {
        places.append(.init(series: index, origin: step))
      }
    }
    var found: [Anomaly] = []
    let deviations = NormalDistribution.quantile(0.975)
    for begin in stride(from: 0, to: places.count, by: 256) {
      let some = Array(places[begin..<min(begin + 256, places.count)])
      for (place, forecast) in zip(some, try forecasts(input, some, horizon: 1)) {
        let value = input.items[place.series].values[place.origin]
        let median = forecast.quantile(0.5, step: 0)
        let (low, high) = (forecast.quantile(0.025, step: 0), forecast.quantile(0.975, step: 0))
        let width = (value > median ? high - median : median - low) / deviations
        // Where nothing was expected to change, any change is unlikely.
        let score = value == median ? 0 : width > 0 ? (value - median) / width : value > median ? 1e3 : -1e3
        guard abs(score) >= threshold else { continue }
        found.append(
          Anomaly(
            series: place.series, step: place.origin, value: value, median: median, interval: low...high,
            score: min(1e3, max(-1e3, score))))
      }
    }
    return (found, places.count)
  }
}
