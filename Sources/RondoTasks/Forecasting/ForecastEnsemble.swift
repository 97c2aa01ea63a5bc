import RondoCore
import RondoData
import RondoTraining

/// Networks with their weights, whose forecasts are averaged.
struct ForecastEnsemble: Sendable {
  let members: [any ForecastNetwork]
  let parameters: ParameterStore
  /// The probabilities of the quantiles, ascending.
  let probabilities: [Double]
  /// What makes the intervals as wide as they turned out to have to be.
  var calibration: IntervalCalibration?

  /// The forecasts of windows, which see nothing from their origin on.
  ///
  /// - Parameter windows: Of each place the windows that the members go on reading; nil to begin them anew.
  /// - Throws: `ModelError` if one is not finite.
  func forecasts(
    _ input: ForecastInput, _ places: [WindowBatch.Place], windows: [[StreamedWindow]?]? = nil
  ) throws -> [QuantileForecast] {
    zip(places, try rawForecasts(input, places, windows: windows)).map { place, forecast in
      finished(forecast, input, place)
    }
  }

  /// The forecasts as the networks give them.
  ///
  /// - Throws: `ModelError` if one is not finite.
  func rawForecasts(
    _ input: ForecastInput, _ places: [WindowBatch.Place], windows: [[StreamedWindow]?]? = nil
  ) throws -> [QuantileForecast] {
    try quantiles(input, places, windows: windows).map { values in
      guard values.allSatisfy(\.isFinite) else { throw ModelError.notFinite }
      return QuantileForecast(probabilities: probabilities, values: values)
    }
  }

  /// A forecast of the networks with its intervals made right: not below zero where the series never was, of counts where it has small ones.
  func finished(
    _ raw: QuantileForecast, _ input: ForecastInput, _ place: WindowBatch.Place
  ) -> QuantileForecast {
    var forecast = calibration?.applied(to: raw) ?? raw
    if forecast.values.contains(where: { $0 < 0 }), input.isNeverNegative(before: place) {
      forecast = QuantileForecast(
        probabilities: probabilities, values: forecast.values.map { max($0, 0) })
    }
    // The lower quantiles of small counts are the counts themselves: what is often zero is not above 0.05.
    if input.typical?.areSmallCounts ?? false {
      let lower = probabilities.count { $0 < 0.5 }
      let values = forecast.values.enumerated().map { index, value in
        index % probabilities.count < lower ? value.rounded(.down) : value
      }
      forecast = QuantileForecast(probabilities: probabilities, values: values)
    }
    return forecast
  }

  /// For each window the quantiles of the first step, ascending, then those of the second, …: the means of the members'.
  func quantiles(
    _ input: ForecastInput, _ places: [WindowBatch.Place], windows: [[StreamedWindow]?]? = nil
  ) -> [[Double]] {
    var results: [[Double]] = []
    let batch = 256
    for first in stride(from: 0, to: places.count, by: batch) {
      let range = first..<min(first + batch, places.count)
      let part = Array(places[range])
      func quantiles(ofMember number: Int) -> [[Double]] {
        guard let windows, let network = members[number] as? any StreamingNetwork else {
          return members[number].quantiles(parameters, input, part)
        }
        return network.quantiles(parameters, input, part, windows: windows[range].map { $0?[number] })
      }
      var sums = quantiles(ofMember: 0)
      for number in members.indices.dropFirst() {
        let own = quantiles(ofMember: number)
        for window in sums.indices {
          for index in sums[window].indices { sums[window][index] += own[window][index] }
        }
      }
      let count = probabilities.count
      for window in sums.indices {
        for first in stride(from: 0, to: sums[window].count, by: count) {
          for k in first..<first + count { sums[window][k] /= Double(members.count) }
          sums[window][first..<first + count].sort()
        }
      }
      results += sums
    }
    return results
  }
}
