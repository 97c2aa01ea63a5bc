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
  /// - Throws: `ModelError` if one is not finite.
  func forecasts(_ input: ForecastInput, _ places: [WindowBatch.Place]) throws -> [QuantileForecast] {
    try quantiles(input, places).map { steps in
      guard steps.joined().allSatisfy(\.isFinite) else { throw ModelError.notFinite }
      let forecast = QuantileForecast(probabilities: probabilities, steps: steps)
      return calibration?.applied(to: forecast) ?? forecast
    }
  }

  /// For each window the quantiles of each step, ascending: the means of the members'.
  func quantiles(_ input: ForecastInput, _ places: [WindowBatch.Place]) -> [[[Double]]] {
    var results: [[[Double]]] = []
    let batch = 256
    for first in stride(from: 0, to: places.count, by: batch) {
      let part = Array(places[first..<min(first + batch, places.count)])
      var sums = members[0].quantiles(parameters, input, part)
      for member in members.dropFirst() {
        let own = member.quantiles(parameters, input, part)
        for window in sums.indices {
          for step in sums[window].indices {
            for k in sums[window][step].indices { sums[window][step][k] += own[window][step][k] }
          }
        }
      }
      results += sums.map { $0.map { $0.map { $0 / Double(members.count) }.sorted() } }
    }
    return results
  }
}
