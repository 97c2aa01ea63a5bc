import RondoCore
import RondoData
import RondoTraining

/// Trains a text model from files into a directory.
public struct TextTraining {
  /// What is asked for.
  public typealias Request = TrainingRequest<TextSettings>

  /// What was asked for.
  public let request: Request
  /// The size of what is trained.
  public let parameterCount: Int
  private let text: TrainingText
  private let directory: ModelDirectory
  private let program: LanguageModelProgram
  private let trainer: Trainer<LanguageModelProgram>

  /// What `config.json` says of the run that a request wants resumed, if that run is complete: then there is nothing to do.
  public static func completed(_ request: Request) throws -> TextConfig? {
    try request.completed(TextConfig.self) { try request.inputs.map { try TextSource($0).checksum() } }
  }

  /// Reads the text and builds the model; nothing is written yet.
  ///
  /// - Throws: `OptionError`, `FileError`, `FormatError` or `TrainingError`.
  public init(_ request: Request) throws {
    let request = try request.resolved()
    self.request = request
    let settings = request.settings
    directory = ModelDirectory(request.directory, task: TextConfig.task)
    try directory.requireWritable(isResuming: request.resumes)
    let (sources, files) = try TrainingText.open(request.inputs)
    let checkpoint = try request.checkpoint(files)

    text = try TrainingText(
      Array(sources.prefix(request.files.count)), files: files, settings: settings,
      heldOutSources: Array(sources.dropFirst(request.files.count)))
    var need = MemoryNeed()
    // Of every layer its gates, states, outputs and their gradients.
    need.add(
      rows: min(settings.training.batch * settings.training.length, text.tokens.count),
      width: 12 * settings.architecture.hidden.reduce(0, +))
    try need.requireAvailable(hint: "Choose a smaller --batch, --length or --hidden.")
    let (model, parameters) = try LanguageModel.make(
      settings.architecture, vocabularyCount: text.vocabulary.count, seed: settings.training.seed)
    parameterCount = parameters.count
    program = try LanguageModelProgram(model, text, settings.training)
    if settings.training.validation == nil, settings.training.validationFraction > 0, text.heldOut.isEmpty {
      throw OptionError.conflict(
        "--validation-fraction \(settings.training.validationFraction) of \(text.tokens.count) symbols holds out none: "
          + "give a larger one, or 0")
    }
    let runFiles = Trainer<LanguageModelProgram>.RunFiles(
      directory: directory.run, inputs: files.map(\.sha256), settings: JSONRecord.encode(settings),
      checkpointEvery: request.checkpointEvery)
    trainer = try Trainer(
      program, parameters: parameters, options: settings.training, plan: request.plan(checkpoint),
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
    TextModel(model: program.model, parameters: trainer.candidate, codec: TextCodec(text.vocabulary))
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
      run: RunRecord(outcome, stepsPerEpoch: trainer.stepsPerEpoch),
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
}

extension TrainingRequest<TextSettings> {
  /// What is read: to train on, and after it to validate by.
  var inputs: [String] { files + (settings.training.validation.map { [$0] } ?? []) }
}
