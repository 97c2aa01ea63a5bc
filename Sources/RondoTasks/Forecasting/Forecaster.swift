import RondoCore
import RondoData
import RondoTraining

/// A forecaster ready to be used: an ensemble of networks and their weights.
public struct Forecaster: Sendable {
  /// What `config.json` says.
  public internal(set) var config: ForecastConfig
  /// The weights.
  public var parameters: ParameterStore { ensemble.parameters }
  let ensemble: ForecastEnsemble

  init(config: ForecastConfig, ensemble: ForecastEnsemble) {
    (self.config, self.ensemble) = (config, ensemble)
  }

  /// What a person should know of it, a sentence each.
  public var notes: [String] {
    guard config.forecast.calibrate, config.calibration == nil else { return [] }
    return [
      "too little could be held out to see how wide intervals have to be: they are as the networks say, and may be too narrow"
    ]
  }

  /// What a person should know of forecasts of series, a sentence each.
  public func notes(of series: [Series]) -> [String] {
    let context = ensemble.members[0].context
    let poor = series.filter { one in
      2 * one.values.suffix(context).count { !$0.isNaN } < min(context, 2 * max(1, config.forecast.horizon))
    }
    guard let first = poor.first else { return [] }
    let there = first.values.suffix(context).count { !$0.isNaN }
    return [
      "\(poor.count) of \(series.count) series \(poor.count == 1 ? "has" : "have") few values in the latest "
        + "\(counted(context, "step")), which are read, first \(quoted(first.name)) with \(there): the intervals may be far too narrow"
    ]
  }

  /// Trains a forecaster of series.
  ///
  /// ```swift
  /// var settings = ForecastSettings()
  /// settings.forecast.horizon = 24
  /// settings.training.budget = .seconds(60)
  /// let forecaster = try Forecaster.trained(on: series, frequency: .seconds(3600), settings)
  /// ```
  ///
  /// - Parameters:
  ///   - frequency: How far the series' steps are apart; nil if that is not known: then no calendar is read.
  ///   - onStep: Called after every step.
  /// - Throws: `OptionError` for settings out of their range, or series too short; `TrainingError` if training comes to nothing.
  public static func trained(
    on series: [Series], frequency: Frequency? = nil, _ settings: ForecastSettings,
    onStep: ((ProgressDisplay.Report) throws -> Void)? = nil
  ) throws -> Forecaster {
    let stopwatch = Stopwatch()
    try settings.validate()
    let (program, parameters) = try ForecastProgram.prepared(
      settings, series, frequency: frequency, season: nil)
    let trainer = try Trainer(
      program, parameters: parameters, options: settings.training, stopwatch: stopwatch)
    trainer.onStep = onStep
    let outcome = try trainer.run()
    return try program.forecaster(
      outcome, series, frequency: frequency, files: [], stepsPerEpoch: trainer.stepsPerEpoch
    ).0
  }

  /// Loads a forecaster from its directory.
  ///
  /// - Throws: `FileError` or `FormatError`: nothing that a damaged or hostile file can say does more.
  public static func load(_ path: String) throws -> Forecaster {
    let directory = ModelDirectory(path, task: ForecastConfig.task)
    try directory.requireModel()
    let config = try ForecastConfig(contentsOf: directory.configPath)
    let (members, parameters) = try directory.model { builder in
      try config.forecast.model.members(
        builder, config.forecast, config.architecture, config.covariates,
        season: config.season,
        probabilities: config.quantiles,
        seed: config.training.seed)
    }
    return Forecaster(
      config: config,
      ensemble: ForecastEnsemble(
        members: members, parameters: parameters, probabilities: config.quantiles,
        calibration: config.calibration))
  }

  /// The files of a forecaster's directory.
  public static func files(of path: String) -> [String] {
    let directory = ModelDirectory(path, task: ForecastConfig.task)
    return [
      directory.configPath, directory.weightsPath, directory.historyPath, directory.statePath,
      directory.cardPath,
    ]
  }

  /// The forecast of each series' next steps, as many as the model was trained for.
  ///
  /// - Parameter horizon: The steps that are wanted, if not all: covariates need be known no further.
  /// - Throws: `OptionError` if a series has other covariates than the model was trained with, or they end before the horizon; `ModelError` if a
  ///   forecast is not finite.
  public func forecast(_ series: [Series], horizon: Int? = nil) throws -> [QuantileForecast] {
    try forecast(series, after: nil, windows: nil, horizon: horizon)
  }

  /// The forecast of the next steps of series that may be the latest part of longer ones.
  ///
  /// - Parameters:
  ///   - earlier: The steps of each series before its first value; none if nil.
  ///   - windows: Of each series the windows that the members go on reading; nil to begin them anew.
  package func forecast(
    _ series: [Series], after earlier: [EarlierSteps]?, windows: [[StreamedWindow]?]?, horizon: Int?
  ) throws -> [QuantileForecast] {
    let horizon = horizon ?? config.forecast.horizon
    try Self.requireKnown(series, horizon: horizon, names: config.forecast.reading.known)
    return try forecasts(
      ForecastInput(series, config.covariates, earlier: earlier),
      series.enumerated().map { .init(series: $0, origin: $1.values.count) }, windows: windows,
      horizon: horizon)
  }

  /// Throws if what is known ahead ends before a forecast does.
  ///
  /// - Parameter names: The columns of what is known ahead, if they have names.
  public static func requireKnown(_ series: [Series], horizon: Int, names: [String]) throws(OptionError) {
    for one in series {
      for (index, known) in one.covariates.known.enumerated() {
        let ahead = (known.lastIndex { !$0.isNaN } ?? -1) + 1 - one.values.count
        guard ahead < horizon else { continue }
        throw .conflict(
          "\(index < names.count ? "column \(quoted(names[index]))" : "what is known ahead") of series \(quoted(one.name)) ends "
            + (ahead < 0 ? "\(-ahead) steps before" : ahead == 0 ? "with" : "\(ahead) steps after")
            + " its last value, and a forecast of \(horizon) steps needs it to the end: add rows with the columns of --known, the "
            + "target empty, or choose a smaller --horizon")
      }
    }
  }

  /// The forecasts of windows, of as many steps as are wanted.
  func forecasts(
    _ input: ForecastInput, _ places: [WindowBatch.Place], windows: [[StreamedWindow]?]? = nil, horizon: Int
  ) throws -> [QuantileForecast] {
    try ensemble.forecasts(input, places, windows: windows).map { forecast in
      QuantileForecast(
        probabilities: forecast.probabilities,
        values: Array(forecast.values.prefix(horizon * forecast.probabilities.count)))
    }
  }

  /// The forecast of the next steps of series without names, times and covariates.
  ///
  /// - Throws: as for series.
  public func forecast(_ values: [[Double]]) throws -> [QuantileForecast] {
    try forecast(values.enumerated().map { Series(name: "\($0 + 1)", values: $1) })
  }

  /// Compares forecasts of the last windows of series with what came, each made of what is before its window.
  ///
  /// That the model has not been trained on the windows is the caller's to know.
  ///
  /// - Throws: `OptionError` if a series has other covariates than the model was trained with, or no series is long enough; `ModelError` if a
  ///   forecast is not finite.
  public func evaluate(_ series: [Series], _ windows: ForecastWindows) throws -> ForecastEvaluation {
    let horizon = config.forecast.horizon
    let input = try ForecastInput(series, config.covariates)
    var evaluation = ForecastEvaluation(
      series, horizon: horizon, season: config.season,
      baselines: .suited(toReturns: config.forecast.reading.returns))
    // The first window has something to be forecast from.
    let places = try windows.requiredPlaces(
      series.map(\.values.count), horizon: horizon, history: max(horizon, 2 * config.season))
    let first = Dictionary(places.map { ($0.series, $0.origin) }, uniquingKeysWith: min)
    try evaluation.add(
      places, trained: series.indices.map { first[$0] ?? 0 }, probabilities: config.quantiles
    ) { try ensemble.forecasts(input, $0) }
    return evaluation
  }
}
