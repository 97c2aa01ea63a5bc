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
  /// The series as the files have them, and how those were read.
  private let rows: [Series]
  private let reading: SeriesReading
  private let frequency: Frequency?
  /// What a person should know of how the files were read, a sentence each.
  public let notes: [String]
  private let directory: ModelDirectory
  private let program: ForecastProgram
  private let trainer: Trainer<ForecastProgram>
  private let files: [FileRecord]

  /// What `config.json` says of the run that a request wants resumed, if that run is complete: then there is nothing to do.
  public static func completed(_ request: Request) throws -> ForecastConfig? {
    try request.completed(ForecastConfig.self) { try FileRecord.now(request.files).map(\.sha256) }
  }

  /// Reads the data and builds the model; nothing is written yet.
  ///
  /// - Throws: `OptionError`, `FileError`, `FormatError` or `TrainingError`.
  ///
  /// - Parameter data: The series of the request's files, if they have been read already.
  public init(_ request: Request, _ data: SeriesData? = nil) throws {
    let request = try request.resolved()
    self.request = request
    let settings = request.settings
    directory = ModelDirectory(request.directory, task: ForecastConfig.task)
    try directory.requireWritable(isResuming: request.resumes, isResumable: request.isResumable)
    // What standard input holds can be read once only.
    let records = request.files.contains("-") ? [] : try FileRecord.now(request.files)
    let checkpoint = try request.checkpoint(records)
    files = records.isEmpty ? request.files.map { FileRecord(path: $0, sha256: "") } : records
    let data = try data ?? SeriesData(request.files, settings.forecast.reading)
    (series, frequency) = (data.series, data.frequency)
    (rows, reading) = (data.rows, data.reading)
    notes = data.notes + data.notes(horizon: settings.forecast.horizon)
    let parameters: ParameterStore
    (program, parameters) = try ForecastProgram.prepared(
      settings, series, frequency: frequency, season: data.season)
    parameterCount = parameters.count
    trainer = try Trainer(
      program, parameters: parameters, options: settings.training, plan: request.plan(checkpoint),
      files: request.isResumable
        ? .init(
          directory: directory.run, inputs: records.map(\.sha256), settings: JSONRecord.encode(settings),
          checkpointEvery: request.checkpointEvery) : nil, stopwatch: request.stopwatch)
    if let checkpoint { try trainer.restore(checkpoint, path: directory.run.checkpointPath) }
  }

  /// Makes sure that a new model can be written into a directory, which is made if it is not there.
  ///
  /// - Throws: `OptionError` if there is a model or a run already, or `FileError`.
  public static func prepareDirectory(_ path: String) throws {
    try ModelDirectory(path, task: ForecastConfig.task).requireWritable(isResuming: false, isResumable: false)
    try Files.makeDirectory(path)
    try AtomicFile.requireWritable(path + "/config.json")
  }

  /// What is trained on, in a few words.
  public var dataDescription: String {
    let forecast = request.settings.forecast
    return
      "\(series.count) series, \(series.map(\.values.count).reduce(0, +)) values, season \(program.season), "
      + "\(counted(forecast.members, "member")) that read \(counted(program.context, "step")) and forecast \(forecast.horizon)"
  }

  /// The step from which the run goes on; 0 for a new one.
  public var firstStep: Int { trainer.step }

  /// Trains, and saves the model.
  ///
  /// - Parameter onStep: called after every step
  /// - Returns: The forecaster, and how good it was on what was held out to choose its weights.
  @discardableResult
  public func run(
    onStep: @escaping (ProgressDisplay.Report) throws -> Void
  ) throws -> (forecaster: Forecaster, heldOut: ForecastEvaluation) {
    trainer.onStep = onStep
    let outcome = try trainer.run()
    var (forecaster, evaluation) = try program.forecaster(
      outcome, series, frequency: frequency, files: files,
      stepsPerEpoch: trainer.stepsPerEpoch)
    forecaster.config.data.reading = reading
    let config = forecaster.config
    try Files.makeDirectory(directory.path)
    try outcome.parameters.write(toSafeTensors: directory.weightsPath)
    try ForecastStream(forecaster, rows).save(to: directory.path)
    try AtomicFile.write(ForecastCard.text(config, command: request.command), to: directory.cardPath)
    // The configuration comes last: a directory that has one is complete.
    try config.write(to: directory.configPath)
    return (forecaster, evaluation)
  }
}
