import RondoCore
import RondoData
import RondoTraining

/// A forecaster ready to be used: an ensemble of networks and their weights.
public struct Forecaster: Sendable {
  /// What `config.json` says.
  public let config: ForecastConfig
  /// The weights.
  public let parameters: ParameterStore
  let members: [SegmentNetwork]

  /// Loads a forecaster from its directory.
  ///
  /// - Throws: `FileError` or `FormatError`: nothing that a damaged or hostile file can say does more.
  public static func load(_ path: String) throws -> Forecaster {
    let directory = ModelDirectory(path, task: ForecastConfig.task)
    try directory.requireModel()
    let config = try ForecastConfig(contentsOf: directory.configPath)
    let (members, parameters) = try directory.model { builder in
      try Self.members(builder, config.forecast, config.architecture, quantileCount: config.quantiles.count)
    }
    return Forecaster(config: config, parameters: parameters, members: members)
  }

  /// The networks of an ensemble, named `member0`, `member1`, ….
  static func members(
    _ builder: Builder, _ options: ForecastOptions, _ architecture: ArchitectureOptions, quantileCount: Int
  ) throws -> [SegmentNetwork] {
    let kinds = WindowScale.Kind.allCases
    return try (0..<options.members).map {
      try SegmentNetwork(
        builder / "member\($0)", architecture, options.shape, kinds[$0 % kinds.count],
        quantileCount: quantileCount)
    }
  }

  /// The forecast of each series' next steps, as many as the model was trained for.
  ///
  /// - Throws: `ModelError` if one is not finite.
  public func forecast(_ series: [[Double]]) throws -> [QuantileForecast] {
    try Self.forecast(members, parameters, series, probabilities: config.quantiles)
  }

  /// Compares forecasts of the last windows of series with what came, each made of what is before its window.
  ///
  /// That the model has not been trained on the windows is the caller's to know.
  ///
  /// - Returns: Nil if no value is in any window.
  /// - Throws: `ModelError` if a forecast is not finite.
  public func evaluate(_ series: [[Double]], windows: Int, stride: Int? = nil) throws -> ForecastComparison? {
    let horizon = config.forecast.horizon
    let places = WindowBatch.Place.last(windows, of: series, horizon: horizon, stride: stride ?? horizon)
    let forecasts = try Self.forecast(
      members, parameters, series, places, probabilities: config.quantiles)
    return ForecastComparison(series, places, forecasts, horizon: horizon, season: config.season)
  }

  static func forecast(
    _ members: [SegmentNetwork], _ parameters: ParameterStore, _ series: [[Double]], probabilities: [Double]
  ) throws -> [QuantileForecast] {
    try forecast(
      members, parameters, series, series.enumerated().map { .init(series: $0, origin: $1.count) },
      probabilities: probabilities)
  }

  /// The forecasts of windows, which see nothing from their origin on.
  static func forecast(
    _ members: [SegmentNetwork], _ parameters: ParameterStore, _ series: [[Double]],
    _ places: [WindowBatch.Place], probabilities: [Double]
  ) throws -> [QuantileForecast] {
    try quantiles(members, parameters, series, places).map { steps in
      guard steps.joined().allSatisfy(\.isFinite) else { throw ModelError.notFinite }
      return QuantileForecast(probabilities: probabilities, steps: steps)
    }
  }

  /// For each window the quantiles of each step, ascending: the means of the members'.
  static func quantiles(
    _ members: [SegmentNetwork], _ parameters: ParameterStore, _ series: [[Double]],
    _ places: [WindowBatch.Place]
  ) -> [[[Double]]] {
    let (shape, count) = (members[0].shape, members[0].quantileCount)
    let ends = series.map(\.count)
    var results: [[[Double]]] = []
    let batch = 256
    for first in stride(from: 0, to: places.count, by: batch) {
      let part = Array(places[first..<min(first + batch, places.count)])
      var sums = part.map { _ in
        Array(repeating: Array(repeating: 0.0, count: count), count: shape.horizon)
      }
      for member in members {
        let windows = WindowBatch(series, ends: ends, part, shape, member.scale)
        let values = member.quantiles(Tape(parameters, training: false), windows).value.values
        for (window, scale) in windows.scales.enumerated() {
          for step in 0..<shape.horizon {
            let row = window * shape.horizonSegments + step / shape.segment
            for k in 0..<count {
              let column = k * shape.segment + step % shape.segment
              let value = Double(values[row * count * shape.segment + column])
              sums[window][step][k] += scale.unscaled(value) / Double(members.count)
            }
          }
        }
      }
      results += sums.map { $0.map { $0.sorted() } }
    }
    return results
  }
}
