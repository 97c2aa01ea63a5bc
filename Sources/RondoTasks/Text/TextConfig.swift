import RondoData
import RondoTraining

/// `config.json` of a text model: what it is, how it was trained, and what came of it. `--config` reads its options.
public struct TextConfig: ModelConfig {
  public static let task = "text"
  public static let formatVersion = 4

  var task: String = TextConfig.task
  var formatVersion = TextConfig.formatVersion
  /// How text was cut into symbols.
  public var text: TextOptions
  /// The network.
  public var architecture: ArchitectureOptions
  /// How it was trained.
  public var training: TrainingOptions
  /// The number of symbols, which gives the model its shapes.
  public var vocabularyCount: Int
  /// SHA-256 of `vocabulary.json`: another vocabulary of the same size would give other texts.
  public var vocabularyChecksum: String
  /// What it was trained on.
  public var data: DataRecord
  /// How the run went.
  public var run: RunRecord
  /// What was measured at its end.
  public var results: ResultRecord

  /// The configuration of a model after its run.
  public init(
    settings: TextSettings, vocabulary: Vocabulary, data: DataRecord, run: RunRecord, results: ResultRecord
  ) {
    text = settings.text
    architecture = settings.architecture
    training = settings.training
    vocabularyCount = vocabulary.count
    vocabularyChecksum = vocabulary.checksum
    self.data = data
    self.run = run
    self.results = results
  }

  /// The options of a run that makes the same model.
  public var settings: TextSettings {
    var settings = TextSettings()
    settings.text = text
    settings.architecture = architecture
    settings.training = training
    return settings
  }

  public func check(file: String) throws {
    guard vocabularyCount > 0, vocabularyCount < Int(Int32.max) else {
      throw FormatError(.init(file), expected: "the size of a vocabulary", found: "\(vocabularyCount)")
    }
  }
}

/// What a model was trained on.
public struct DataRecord: Sendable, Equatable, Codable {
  /// The files, in the order in which they were read.
  public var files: [FileRecord]
  /// Symbols that were trained on, from the start of the text.
  public var trainingTokens: Int
  /// Symbols at the end that were not trained on.
  public var heldOutTokens: Int
}

/// What was measured when a run ended.
public struct ResultRecord: Sendable, Equatable, Codable {
  /// The number of weights, in all parameters.
  public var parameters: Int
  /// The smallest validation loss, in nats per symbol; nil if nothing was held out. A validation may end
  /// before the held-out part does.
  public var heldOutLoss: Double?
  /// The step after which it was found: the model has that step's weights.
  public var bestStep: Int?
  /// The symbols of the held-out part that a validation scores, in as many streams as are trained side by side: all of it if there is time.
  public var scoredTokens: Int?
  /// Nats per symbol of a unigram model on the same symbols.
  public var unigramLoss: Double?
}
