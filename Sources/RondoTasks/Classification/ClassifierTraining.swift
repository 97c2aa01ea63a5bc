import Foundation
import RondoCore
import RondoData
import RondoTraining

/// Trains a classifier from files into a directory.
public struct ClassifierTraining {
  /// What is asked for.
  public typealias Request = TrainingRequest<ClassificationSettings>

  /// What was asked for.
  public let request: Request
  /// The size of what is trained.
  public let parameterCount: Int
  private let data: PreparedData
  private let directory: ModelDirectory
  private let program: ClassificationProgram
  private let trainer: Trainer<ClassificationProgram>
  private let files: [FileRecord]
  /// The network, its embedding as wide as the word vectors.
  private let architecture: ArchitectureOptions

  /// What `config.json` says of the run that a request wants resumed, if that run is complete: then there is nothing to do.
  public static func completed(_ request: Request) throws -> ClassificationConfig? {
    try request.completed(ClassificationConfig.self) { try records(request).map(\.sha256) }
  }

  /// Reads the data and builds the model; nothing is written yet.
  ///
  /// - Throws: `OptionError`, `FileError`, `FormatError` or `TrainingError`.
  public init(_ request: Request) throws {
    let request = try request.resolved()
    self.request = request
    let settings = request.settings
    directory = ModelDirectory(request.directory, task: ClassificationConfig.task)
    try directory.requireWritable(isResuming: request.resumes)
    // What standard input holds can be read once only.
    let records = request.files.contains("-") ? [] : try Self.records(request)
    let checkpoint = try request.checkpoint(records)
    data = try PreparedData(request)
    files = records.isEmpty ? request.files.map { FileRecord(path: $0, sha256: "") } : records

    let rows = data.training.sequences.map(\.length).max() ?? 0
    var need = MemoryNeed()
    let width =
      settings.architecture.hidden.reduce(0, +) * (settings.architecture.directions == .forward ? 1 : 2)
    need.add(rows: min(settings.training.batch, data.training.sequences.count) * rows, width: 12 * width)
    try need.requireAvailable(hint: "Choose a smaller --batch or --hidden.")
    var architecture = settings.architecture
    if let vectors = data.vectors {
      guard architecture.embedding ?? vectors.width == vectors.width else {
        throw OptionError.conflict(
          "--embedding is \(architecture.embedding!), but the vectors of \(settings.classification.vectors!) have \(vectors.width) numbers"
        )
      }
      architecture.embedding = vectors.width
    }
    self.architecture = architecture
    let builder = Builder(seed: settings.training.seed)
    builder.initializerOverride = architecture.initializer?.initializer
    let model = try SequenceClassifier(
      builder, architecture, pooling: settings.classification.pooling, input: data.encoder.input,
      labelCount: data.labels.count)
    var memory = MemoryNeed()
    memory.add(parametersOf: builder, copies: 6)
    try memory.requireAvailable(hint: "Choose a smaller --hidden, --embedding or --vocabulary-size.")
    var parameters = builder.finish()
    if let vectors = data.vectors {
      vectors.fill(&parameters, isFrozen: settings.classification.freezeVectors)
    }
    parameterCount = parameters.count
    program = ClassificationProgram(
      model, settings, training: data.training, heldOut: data.heldOut, unknown: data.unknown)
    trainer = try Trainer(
      program, parameters: parameters, options: settings.training, plan: request.plan(checkpoint),
      files: .init(
        directory: directory.run, inputs: records.map(\.sha256), settings: JSONRecord.encode(settings),
        checkpointEvery: request.checkpointEvery), stopwatch: request.stopwatch)
    if let checkpoint { try trainer.restore(checkpoint, path: directory.run.checkpointPath) }
  }

  /// All files that a run reads, as they are now.
  private static func records(_ request: Request) throws -> [FileRecord] {
    let options = request.settings.classification
    return try FileRecord.now(
      request.files + [request.settings.training.validation, options.vectors].compactMap { $0 })
  }

  /// What is trained on, in a few words.
  public var dataDescription: String {
    let kind =
      switch data.encoder.input {
      case .symbols(let count): "texts (\(count) different \(request.settings.text.level.unitName)s)"
      case .numbers(let width): "sequences of \(width) number\(width == 1 ? "" : "s")"
      }
    return
      "\(data.training.targets.count) \(kind), \(data.labels.count) labels, \(data.heldOut.targets.count) held out"
  }

  /// The step from which the run goes on; 0 for a new one.
  public var firstStep: Int { trainer.step }

  /// Trains, and saves the model.
  ///
  /// - Parameter onStep: called after every step
  /// - Returns: what `config.json` says
  public func run(onStep: @escaping (ProgressDisplay.Report) throws -> Void) throws -> ClassificationConfig {
    trainer.onStep = onStep
    let outcome = try trainer.run()
    let logits = try Classifier.logits(program.model, outcome.parameters, data.heldOut.sequences)
    let labels = data.heldOut.targets.map(Int.init)
    let isValidated = !labels.isEmpty
    let predicted = logits.map { Classifier.best($0) }
    let settings = request.settings
    let config = ClassificationConfig(
      classification: settings.classification, text: settings.text, architecture: architecture,
      training: settings.training, labels: data.labels, features: data.encoder.features,
      vocabularyCount: data.encoder.vocabulary?.count, vocabularyChecksum: data.encoder.vocabulary?.checksum,
      data: .init(
        files: files, trainingCount: data.training.targets.count,
        labelCounts: labelCounts(data.training.targets, labelCount: data.labels.count),
        validationCount: labels.count),
      run: RunRecord(outcome, stepsPerEpoch: trainer.stepsPerEpoch),
      results: .init(
        parameters: outcome.parameters.count, bestStep: isValidated ? outcome.validation.bestStep : nil,
        temperature: Calibration.temperature(logits, labels),
        validationLoss: isValidated ? Calibration.loss(logits, labels, temperature: 1) : nil,
        validation: isValidated
          ? ClassificationScore(predicted: predicted, actual: labels, labelCount: data.labels.count) : nil))
    try data.encoder.vocabulary?.write(toDirectory: directory.path)
    let baselines = ClassifierBaselines(
      data.training.sequences, data.training.targets, labelCount: data.labels.count, data.encoder.input)
    try baselines.write(to: directory)
    try outcome.parameters.write(toSafeTensors: directory.weightsPath)
    try AtomicFile.write(ClassifierCard.text(config, command: request.command), to: directory.cardPath)
    // The configuration comes last: a directory that has one is complete.
    try config.write(to: directory.configPath)
    return config
  }
}

/// What a run trains on and validates by, ready for the network.
struct PreparedData {
  typealias Part = (sequences: [SequenceValues], targets: [Int32])

  let labels: [String]
  let encoder: SequenceEncoder
  let training: Part
  let heldOut: Part
  let vectors: EmbeddingVectors?

  /// Reads all files of a run.
  init(_ request: TrainingRequest<ClassificationSettings>) throws {
    let settings = request.settings
    let options = settings.classification
    let isText = options.sequenceColumn == nil && Self.isText(request.files, options)
    try settings.requireUsed(isText: isText)
    let all = try LabelledData(
      request.files, options, isText: isText, labels: .required, phrases: options.phrases)
    if let unused = options.labelMap.keys.sorted().first(where: { !all.hadLabels.contains($0) }) {
      throw OptionError.conflict("--map-labels has a new label for \(quoted(unused)), which no sequence has")
    }
    let labels = try all.labelNames()
    var (training, heldOut): (LabelledData, LabelledData?)
    if let file = settings.training.validation {
      (training, heldOut) = (
        all,
        try LabelledData(
          [file], options, isText: isText, features: all.featureNames, labels: .required, phrases: false)
      )
    } else {
      let split = all.split(share: settings.training.validationFraction, seed: settings.training.seed)
      (training, heldOut) = (all.selecting(split.training), all.selecting(split.heldOut))
    }
    if settings.training.validation == nil, settings.training.validationFraction > 0,
      heldOut?.items.isEmpty ?? true
    {
      throw OptionError.conflict(
        "none of the \(all.items.count) sequences can be held out, for every label occurs once: give --validation-fraction 0, or a "
          + "--validation file")
    }
    let encoder = try SequenceEncoder(training: training, settings)
    (self.labels, self.encoder) = (labels, encoder)
    func part(_ data: LabelledData?) throws -> Part {
      guard let data else { return ([], []) }
      return (data.items.map { encoder.encode($0.content) }, try data.targets(labels))
    }
    self.training = try part(training)
    self.heldOut = try part(heldOut)
    if let path = options.vectors {
      guard let vocabulary = encoder.vocabulary, vocabulary.level == .word else {
        throw OptionError.conflict("--vectors is for texts at --level word")
      }
      vectors = try EmbeddingVectors(path, vocabulary)
    } else {
      vectors = nil
    }
  }

  /// Whether files hold texts, by the options or else by the first file's name.
  private static func isText(_ files: [String], _ options: ClassificationOptions) -> Bool {
    if options.textColumn != nil { return true }
    let format =
      options.format
      ?? LabelledFormat(path: files.first ?? "", bytes: [], hasColumns: false, plain: .labelledLines)
    switch format {
    case .ts, .npy, .npz: return false
    default: return true
    }
  }

  /// The symbol that unknown words become.
  var unknown: Int32? { encoder.vocabulary?.unknown }
}

extension ClassificationSettings {
  /// Throws if something was asked for that has no meaning for texts, or for numbers.
  fileprivate func requireUsed(isText: Bool) throws(OptionError) {
    let (own, standard) = (classification, ClassificationSettings())
    if isText, text.level == .byte, !own.lowercase {
      throw .conflict("--no-lowercase has nothing to act on at --level byte")
    }
    let unused: [(option: String, isGiven: Bool)] =
      isText
      ? [("--noise", own.noise != nil)]
      : [
        ("--word-dropout", own.wordDropout > 0), ("--phrases", own.phrases),
        ("--no-lowercase", !own.lowercase),
        ("--vectors", own.vectors != nil), ("--embedding", architecture.embedding != nil),
        ("--level, --min-count or --vocabulary-size", text != standard.text),
      ]
    guard let option = unused.first(where: \.isGiven)?.option else { return }
    throw .conflict(
      "\(option) is for \(isText ? "sequences of numbers, and these are texts" : "texts, and these are sequences of numbers")"
    )
  }
}

/// Word vectors from a file, for the words of a vocabulary that have one.
struct EmbeddingVectors {
  /// The numbers of a vector.
  let width: Int
  private let rows: [(symbol: Int, vector: [Float])]

  init(_ path: String, _ vocabulary: Vocabulary) throws {
    let words = (0..<vocabulary.count).map {
      String(decoding: vocabulary.spelling(of: Int32($0)), as: UTF8.self)
    }
    let file = try WordVectors(contentsOf: path, words: words)
    width = file.width
    rows = words.enumerated().compactMap { symbol, word in file[word].map { (symbol, Array($0)) } }
    guard !rows.isEmpty else {
      throw FormatError(
        .init(path), expected: "vectors of words that occur in the texts", found: "none of them",
        hint: "Is it the same language, and the same case? --no-lowercase keeps capitals.")
    }
  }

  func fill(_ parameters: inout ParameterStore, isFrozen: Bool) {
    let info = parameters.info(parameters.parameter(named: "embedding.weight")!)
    parameters.withUnsafeMutableValues { values in
      // What has no vector would keep a random one for ever.
      if isFrozen { for index in info.range { values[index] = 0 } }
      for (symbol, vector) in rows {
        let start = info.range.lowerBound + symbol * width
        for (column, value) in vector.enumerated() { values[start + column] = value }
      }
    }
    if isFrozen { parameters.setFrozen(true) { $0.name == "embedding.weight" } }
  }
}
