import RondoCore
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
  /// Of each series the values are looked at that have two seasons before them, or what the network reads if that is less; missing ones are left
  /// out. A value that is found counts as missing for those after it, so that it does not make them unlikely in its turn; but if the two that were
  /// looked at before it were found, too, it is the series that has changed, and it counts.
  ///
  /// - Parameters:
  ///   - threshold: The least size of an anomaly's score.
  ///   - last: How many of each series' latest values are looked at; all if nil.
  /// - Returns: The anomalies in the order of the series and their steps, and how many values were looked at.
  /// - Throws: `OptionError` if a series has other covariates than the model was trained with; `ModelError` if a forecast is not finite.
  public func anomalies(
    in series: [Series], threshold: Double = 4, last: Int? = nil
  ) throws -> (found: [Anomaly], examined: Int) {
    var masked = series
    let places: [[WindowBatch.Place]] = series.enumerated().map { index, one in
      steps(of: one, number: index, last: last)
    }
    let examined = places.reduce(0) { $0 + $1.count }
    var found = series.map { _ in [Anomaly]() }
    // Of each series how many places have been looked at, and which of them were found.
    var looked = series.map { _ in 0 }
    var numbers = series.map { _ in [Int]() }
    var forecasts = series.map { _ in [Int: QuantileForecast]() }
    var open = places.flatMap { $0 }
    while !open.isEmpty {
      let input = try ForecastInput(masked, config.covariates)
      for begin in stride(from: 0, to: open.count, by: 256) {
        let some = Array(open[begin..<min(begin + 256, open.count)])
        for (place, forecast) in zip(some, try self.forecasts(input, some, horizon: 1)) {
          forecasts[place.series][place.origin] = forecast
        }
      }
      open = []
      // Of each series up to the next value that changes what is forecast of those after it.
      for index in series.indices {
        for place in places[index][looked[index]...] {
          let number = looked[index]
          looked[index] += 1
          guard
            let anomaly = Anomaly(
              place, series[index].values[place.origin], forecasts[index][place.origin]!),
            abs(anomaly.score) >= threshold
          else { continue }
          found[index].append(anomaly)
          let hasChanged = numbers[index].suffix(2) == [number - 2, number - 1]
          numbers[index].append(number)
          if hasChanged { continue }
          masked[index].values[place.origin] = .nan
          let reached = place.origin + ensemble.reach
          open += places[index][looked[index]...].prefix { $0.origin <= reached }
          break
        }
      }
    }
    return (found.flatMap { $0 }, examined)
  }

  /// The steps of a series that are looked at.
  private func steps(of series: Series, number: Int, last: Int?) -> [WindowBatch.Place] {
    let values = series.values
    guard let first = values.firstIndex(where: { !$0.isNaN }) else { return [] }
    // A scale takes some values.
    let few = min(
      ensemble.members[0].context, 2 * max(min(config.forecast.shape.segment, 24), config.season))
    let begin = max(1, first + few, values.count - (last ?? values.count))
    return (min(begin, values.count)..<values.count).filter { !values[$0].isNaN }.map {
      .init(series: number, origin: $0)
    }
  }
}

extension Anomaly {
  /// How unlikely a value was; nil if it is what was expected.
  fileprivate init?(_ place: WindowBatch.Place, _ value: Double, _ forecast: QuantileForecast) {
    let median = forecast.quantile(0.5, step: 0)
    guard value != median else { return nil }
    let (low, high) = (forecast.quantile(0.025, step: 0), forecast.quantile(0.975, step: 0))
    let width = (value > median ? high - median : median - low) / Gaussian.standard.quantile(0.975)
    // Where nothing was expected to change, any change is unlikely.
    let score = width > 0 ? (value - median) / width : value > median ? 1e3 : -1e3
    self.init(
      series: place.series, step: place.origin, value: value, median: median, interval: low...high,
      score: min(1e3, max(-1e3, score)))
  }
}
