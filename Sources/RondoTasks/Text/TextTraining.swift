import Foundation
import RondoCore
import RondoData
import RondoTraining

/// Trains a text model from files into a directory.
public struct TextTraining {
  /// What is asked for.
  public struct Request: Sendable {
    /// The files to train on; `-` is standard input.
    public var files: [String]
    /// Where the model goes; with `resumes`, where its checkpoint is.
    public var directory: String
    /// All options of the run.
    public var settings: TextSettings
    /// Go on from the directory's last checkpoint, if there is one.
    public var resumes = false
    /// The run to repeat, from the `config.json` of an earlier one.
    public var repeated: RunRecord?
    /// Seconds between checkpoints.
    public var checkpointEvery = 10.0
    /// Started with the command: what it did before counts towards a time limit.
    public var stopwatch = Stopwatch()
    /// How the command was called, for the card.
    public var command: String

    /// A new run that begins now.
    public init(files: [String], directory: String, settings: TextSettings, command: String) {
      self.files = files
      self.directory = directory
      self.settings = settings
      self.command = command
    }

    /// The same with the cell's equations written out.
    fileprivate func resolved() throws -> Request {
      var copy = self
      try copy.settings.validate()
      copy.settings.architecture.equations = try CellChoice.equationsToSave(settings.architecture)
      return copy
    }
  }

  /// What was asked for.
  public let request: Request
  /// The size of what is trained.
  public let parameterCount: Int
  private let text: TrainingText
  private let directory: TextModelDirectory
  private let program: LanguageModelProgram
  private let trainer: Trainer<LanguageModelProgram>

  /// What `config.json` says of the run that a request wants resumed, if that run is complete: then there is nothing to do.
  public static func completed(_ request: Request) throws -> TextConfig? {
    let directory = TextModelDirectory(path: request.directory)
    let request = try request.resolved()
    guard request.resumes, !request.files.contains("-"),
      FileManager.default.fileExists(atPath: directory.configPath),
      let checkpoint = try directory.run.loadCheckpoint()
    else { return nil }
    let config = try TextConfig(contentsOf: directory.configPath)
    guard config.settings == request.settings, config.run.steps == checkpoint.record.step else { return nil }
    let inputs = try request.files.map { try TextSource($0).checksum() }
    return inputs == checkpoint.record.inputs ? config : nil
  }

  /// The settings of the run that a directory's checkpoint belongs to, if there is one.
  public static func savedSettings(directory: String) throws -> TextSettings? {
    guard let checkpoint = try TextModelDirectory(path: directory).run.loadCheckpoint() else { return nil }
    return try settings(of: checkpoint, directory: directory)
  }

  /// Reads the text and builds the model; nothing is written yet.
  ///
  /// - Throws: `OptionError`, `FileError`, `FormatError` or `TrainingError`.
  public init(_ request: Request) throws {
    let request = try request.resolved()
    self.request = request
    let settings = request.settings
    directory = TextModelDirectory(path: request.directory)
    try directory.requireWritable(isResuming: request.resumes)
    if request.resumes, request.files.contains("-") {
      throw OptionError.conflict("standard input cannot be resumed: it cannot be read again. Give files.")
    }
    let (sources, files) = try TrainingText.open(request.files)
    let checkpoint = request.resumes ? try directory.run.loadCheckpoint() : nil
    if let checkpoint {
      try Self.requireSameRun(checkpoint, request, files)
      try Self.requireSomethingLeft(checkpoint, request)
    }

    text = try TrainingText(sources, files: files, settings: settings)
    var need = MemoryNeed()
    // Of every layer its gates, states, outputs and their gradients.
    need.add(
      rows: min(settings.training.batch * settings.training.length, text.tokens.count),
      width: 12 * settings.architecture.hidden * settings.architecture.layers)
    try need.requireAvailable(hint: "Choose a smaller --batch, --length or --hidden.")
    let (model, parameters) = try LanguageModel.make(
      settings.architecture, vocabularyCount: text.vocabulary.count, seed: settings.training.seed)
    parameterCount = parameters.count
    program = try LanguageModelProgram(model, text, settings.training)
    if settings.training.validationFraction > 0, text.heldOut.isEmpty {
      throw OptionError.conflict(
        "--validation-fraction \(settings.training.validationFraction) of \(text.tokens.count) symbols holds out none: "
          + "give a larger one, or 0")
    }
    let runFiles = Trainer<LanguageModelProgram>.RunFiles(
      directory: directory.run, inputs: files.map(\.sha256), settings: JSONRecord.encode(settings),
      checkpointEvery: request.checkpointEvery)
    trainer = try Trainer(
      program, parameters: parameters, options: settings.training, plan: Self.plan(request, checkpoint),
      files: runFiles, stopwatch: request.stopwatch)
    if let checkpoint { try trainer.restore(checkpoint, path: directory.run.checkpointPath) }
  }

  /// What is trained on, in a few words.
  public var textDescription: String {
    let unit = settings.text.level.unitName
    var description =
      "\(text.training.count) \(unit)s (\(text.vocabulary.count) different), \(text.heldOut.count) held out"
    let streams = program.training.batchSize
    if streams < settings.training.batch {
      description +=
        "; the text is so short that it is read in \(streams) streams, not \(settings.training.batch)"
    }
    return description
  }

  private var settings: TextSettings { request.settings }

  /// The step from which the run goes on; 0 for a new one.
  public var firstStep: Int { trainer.step }

  /// The model as it is now: for samples while it is trained.
  public var currentModel: TextModel {
    TextModel(model: program.model, parameters: trainer.parameters, codec: TextCodec(text.vocabulary))
  }

  /// Trains, and saves the model.
  ///
  /// - Parameter onStep: called after every step
  /// - Returns: what `config.json` says
  public func run(onStep: @escaping (ProgressDisplay.Report) throws -> Void) throws -> TextConfig {
    trainer.onStep = onStep
    let outcome = try trainer.run()
    let validated = program.validatedTargets(atMost: trainer.validationUnitsAtMost)
    let config = TextConfig(
      settings: request.settings, vocabulary: text.vocabulary,
      data: DataRecord(
        files: text.files, trainingTokens: text.training.count, heldOutTokens: text.heldOut.count),
      run: RunRecord(
        version: RondoVersion.current, steps: outcome.steps,
        epochs: Double(outcome.steps) / Double(program.stepsPerEpoch),
        seconds: (outcome.seconds * 10).rounded() / 10, ended: outcome.reason, plan: outcome.plan,
        threads: Parallel.threadCount, instructionSet: Machine.instructionSet),
      results: ResultRecord(
        parameters: outcome.parameters.count, heldOutLoss: outcome.validation.bestLoss,
        bestStep: outcome.validation.bestLoss == nil ? nil : outcome.validation.bestStep,
        scoredTokens: outcome.validation.bestLoss == nil ? nil : validated.count,
        unigramLoss: unigramLoss(validated)))
    // The configuration comes last: a directory that has one is complete.
    try text.vocabulary.write(toDirectory: directory.path)
    try outcome.parameters.write(toSafeTensors: directory.weightsPath)
    try AtomicFile.write(TextCard.text(config, command: request.command), to: directory.cardPath)
    try config.write(to: directory.configPath)
    return config
  }

  /// The current model on the held-out part, beside the baselines; nil if nothing was held out.
  public func scoreHeldOut() throws -> TextEvaluation? {
    guard !text.heldOut.isEmpty else { return nil }
    let characters = TextCodec(text.vocabulary).characterCount(of: text.tokens[text.heldOut])
    return TextEvaluation(
      score: try currentModel.score(text.tokens, text.heldOut, characters: characters),
      baselines: TextEvaluator.baselines(
        counting: text.tokens[text.training], of: text.tokens[text.heldOut], characters: characters,
        vocabularySize: text.vocabulary.count),
      note: nil,
      unknownTokens: text.tokens[text.heldOut].count { $0 == text.vocabulary.unknown })
  }

  /// The loss of a unigram model on the symbols that validations score.
  private func unigramLoss(_ targets: [Int32]) -> Double? {
    guard !targets.isEmpty else { return nil }
    return Unigram(counting: text.tokens[text.training], vocabularySize: text.vocabulary.count)
      .loss(of: targets[...])
  }

  /// The plan of the run that is resumed or repeated, unless it is to have another length.
  private static func plan(_ request: Request, _ checkpoint: Checkpoint?) throws -> RunPlan? {
    let budget = request.settings.training.budget
    if let checkpoint {
      let saved = try settings(of: checkpoint, directory: request.directory)
      return saved.training.budget == budget ? checkpoint.record.plan : nil
    }
    if let repeated = request.repeated, case .steps(repeated.steps) = budget { return repeated.plan }
    return nil
  }

  private static func settings(of checkpoint: Checkpoint, directory: String) throws -> TextSettings {
    try JSONRecord.decode(
      TextSettings.self, from: Array(checkpoint.record.settings.utf8),
      file: TextModelDirectory(path: directory).run.checkpointPath)
  }

  /// Throws if the run is beyond the end it is to have now.
  private static func requireSomethingLeft(_ checkpoint: Checkpoint, _ request: Request) throws {
    let record = checkpoint.record
    let done: String
    switch request.settings.training.budget {
    case .steps(let steps) where record.step > steps: done = "\(record.step) steps"
    case .seconds(let seconds) where record.seconds > seconds * 1.05:
      done = "\(DurationText.short(record.seconds)) of training"
    default: return
    }
    throw OptionError.conflict(
      "the run in \(request.directory) has \(done) behind it already. To go on with it, aim at more.")
  }

  private static func requireSameRun(
    _ checkpoint: Checkpoint, _ request: Request, _ files: [DataRecord.File]
  ) throws {
    let saved = try settings(of: checkpoint, directory: request.directory)
    if let difference = try SettingsDifference.description(saved: saved, asked: request.settings) {
      throw OptionError.conflict(
        "cannot resume the run in \(request.directory): \(difference). Leave the option out, or start in another directory."
      )
    }
    guard checkpoint.record.inputs == files.map(\.sha256) else {
      throw OptionError.conflict(
        "cannot resume the run in \(request.directory): it was trained on other files, or they have changed.")
    }
  }
}
