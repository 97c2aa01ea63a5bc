import Foundation
import RondoCore
import RondoData
import RondoTraining

/// Trains a forecaster from files into a directory.
public struct ForecastTraining {
  /// What is asked for.
  public typealias Request = TrainingRequest<ForecastSettings>

  /// What was asked for.
  public let request: Request
  /// The size of what is trained.
  public let parameterCount: Int
  private let series: [Series]
  private let season: Int
  private let directory: ModelDirectory
  private let program: ForecastProgram
  private let trainer: Trainer<ForecastProgram>
  private let files: [FileRecord]

  /// The probabilities of the quantiles that are trained.
  static let quantiles = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]

  /// What `config.json` says of the run that a request wants resumed, if that run is complete: then there is nothing to do.
  public static func completed(_ request: Request) throws -> ForecastConfig? {
    try request.completed(ForecastConfig.self) { try records(request).map(\.sha256) }
  }

  /// Reads the data and builds the model; nothing is written yet.
  ///
  /// - Throws: `OptionError`, `FileError`, `FormatError` or `TrainingError`.
  public init(_ request: Request) throws {
    let request = try request.resolved()
    self.request = request
    let settings = request.settings
    directory = ModelDirectory(request.directory, task: ForecastConfig.task)
    try directory.requireWritable(isResuming: request.resumes)
    // What standard input holds can be read once only.
    let records = request.files.contains("-") ? [] : try Self.records(request)
    let checkpoint = try request.checkpoint(records)
    files = records.isEmpty ? request.files.map { FileRecord(path: $0, sha256: "") } : records
    series = try request.files.flatMap { try SeriesFile.read($0, layout: settings.forecast.layout) }
    season = settings.forecast.season ?? Seasonality.season(of: series.map(\.values))

    let shape = settings.forecast.shape
    var need = MemoryNeed()
    need.add(
      rows: settings.training.batch * (shape.contextSegments + shape.horizonSegments),
      width: 12 * settings.architecture.hidden.reduce(0, +) + 4 * shape.segment)
    try need.requireAvailable(hint: "Choose a smaller --batch, --context or --hidden.")
    let builder = Builder(seed: settings.training.seed)
    builder.initializerOverride = settings.architecture.initializer?.initializer
    let members = try Forecaster.members(
      builder, settings.forecast, settings.architecture, quantileCount: Self.quantiles.count)
    var memory = MemoryNeed()
    memory.add(parametersOf: builder, copies: 6)
    try memory.requireAvailable(hint: "Choose a smaller --hidden, --context or --members.")
    let parameters = builder.finish()
    parameterCount = parameters.count
    program = ForecastProgram(
      members, settings, quantiles: Self.quantiles.map(Float.init), series: series.map(\.values),
      heldOut: settings.training.validationFraction > 0 ? shape.horizon : 0)
    guard !program.isEmpty else {
      throw OptionError.conflict(
        "no series is long enough to train on: \(shape.segment + 1) values are the least, the longest of \(series.count) has "
          + "\(series.map(\.values.count).max() ?? 0)")
    }
    trainer = try Trainer(
      program, parameters: parameters, options: settings.training, plan: request.plan(checkpoint),
      files: .init(
        directory: directory.run, inputs: records.map(\.sha256), settings: JSONRecord.encode(settings),
        checkpointEvery: request.checkpointEvery), stopwatch: request.stopwatch)
    if let checkpoint { try trainer.restore(checkpoint, path: directory.run.checkpointPath) }
  }

  /// All files that a run reads, as they are now.
  private static func records(_ request: Request) throws -> [FileRecord] {
    try request.files.map { path in
      FileRecord(
        path: URL(fileURLWithPath: path).standardizedFileURL.path, sha256: try Files.checksum(path))
    }
  }

  /// What is trained on, in a few words.
  public var dataDescription: String {
    let shape = program.shape
    return
      "\(series.count) series, \(series.map(\.values.count).reduce(0, +)) values, season \(season), "
      + "\(program.members.count) members that read \(shape.context) steps and forecast \(shape.horizon)"
  }

  /// The step from which the run goes on; 0 for a new one.
  public var firstStep: Int { trainer.step }

  /// Trains, and saves the model.
  ///
  /// - Parameter onStep: called after every step
  /// - Returns: what `config.json` says
  public func run(onStep: @escaping (ProgressDisplay.Report) throws -> Void) throws -> ForecastConfig {
    trainer.onStep = onStep
    let outcome = try trainer.run()
    let settings = request.settings
    var forecast = settings.forecast
    forecast.season = season
    let isValidated = program.validationUnits > 0
    let heldOut = HeldOut(series, ends: program.ends)
    let points = try Forecaster.forecast(
      program.members, outcome.parameters, heldOut.histories, probabilities: Self.quantiles
    ).map { forecast in forecast.steps.indices.map { forecast.quantile(0.5, step: $0) } }
    var baselines: [String: ForecastScore] = [:]
    for baseline in PointBaseline.allCases {
      let forecasts = heldOut.histories.map {
        baseline.forecast($0, horizon: program.shape.horizon, season: season)
      }
      baselines[baseline.rawValue] = heldOut.score(forecasts, season: season)
    }
    let config = ForecastConfig(
      forecast: forecast, architecture: settings.architecture, training: settings.training,
      quantiles: Self.quantiles,
      data: .init(
        files: files, seriesCount: series.count,
        valueCount: series.reduce(0) { $0 + $1.values.count { !$0.isNaN } },
        validationCount: program.validationUnits),
      run: RunRecord(outcome, stepsPerEpoch: trainer.stepsPerEpoch),
      results: .init(
        parameters: outcome.parameters.count, bestStep: isValidated ? outcome.validation.bestStep : nil,
        validation: heldOut.score(points, season: season), baselines: baselines))
    try outcome.parameters.write(toSafeTensors: directory.weightsPath)
    try AtomicFile.write(ForecastCard.text(config, command: request.command), to: directory.cardPath)
    // The configuration comes last: a directory that has one is complete.
    try config.write(to: directory.configPath)
    return config
  }
}

/// The ends of series that were held out, and what came before them.
private struct HeldOut {
  let histories: [[Double]]
  let actual: [[Double]]

  init(_ series: [Series], ends: [Int]) {
    let both = zip(series, ends).filter { $0.values.count > $1 }
    histories = both.map { Array($0.values[..<$1]) }
    actual = both.map { Array($0.values[$1...]) }
  }

  func score(_ forecasts: [[Double]], season: Int) -> ForecastScore? {
    ForecastScore(forecasts, actual: actual, histories: histories, season: season)
  }
}
