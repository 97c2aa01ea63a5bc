import Foundation
import RondoData
import RondoTraining

/// `config.json` of a text model: what it is, how it was trained, and what came of it. `--config` reads its options.
public struct TextConfig: Sendable, Equatable, Codable {
  /// The name of the file in a model's directory.
  public static let fileName = "config.json"
  static let formatVersion = 3
  static let task = "text"

  var task = TextConfig.task
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

  /// Reads and checks a file.
  ///
  /// - Throws: `FileError`, or `FormatError` for one that is damaged, of another task or of another version.
  public init(contentsOf path: String) throws {
    struct Head: Decodable {
      var task: String
      var formatVersion: Int
    }
    let bytes = try Files.read(path, limit: 1 << 24)
    let head = try JSONRecord.decode(Head.self, from: bytes, file: path)
    guard head.task == Self.task else {
      throw FormatError(
        .init(path), expected: "a model of the task \(Self.task)", found: "one of \(head.task)")
    }
    guard head.formatVersion == Self.formatVersion else {
      throw FormatError(
        .init(path), expected: "format version \(Self.formatVersion)", found: "version \(head.formatVersion)",
        hint: "Use the version of Rondo that wrote it.")
    }
    self = try JSONRecord.decode(TextConfig.self, from: bytes, file: path)
    do {
      try settings.validate()
    } catch let error as OptionError {
      throw FormatError(.init(path), expected: "options that a model can have", found: error.description)
    }
    guard vocabularyCount > 0, vocabularyCount < Int(Int32.max) else {
      throw FormatError(.init(path), expected: "the size of a vocabulary", found: "\(vocabularyCount)")
    }
  }

  func write(to path: String) throws {
    try AtomicFile.write(JSONRecord.encode(self, pretty: true) + "\n", to: path)
  }
}

/// What a model was trained on.
public struct DataRecord: Sendable, Equatable, Codable {
  /// A file as it was when it was read.
  public struct File: Sendable, Equatable, Codable {
    /// The full path; `-` for standard input.
    public var path: String
    /// The SHA-256 of its bytes, as 64 hexadecimal digits.
    public var sha256: String
  }

  /// The files, in the order in which they were read.
  public var files: [File]
  /// Symbols that were trained on, from the start of the text.
  public var trainingTokens: Int
  /// Symbols at the end that were not trained on.
  public var heldOutTokens: Int
}

/// How a run went: with the options, all that is needed to repeat it.
public struct RunRecord: Sendable, Equatable, Codable {
  /// The version of Rondo.
  public var version: String
  /// Steps that were made: `--steps` of a repetition.
  public var steps: Int
  /// Passes over the symbols that were trained on, with their fraction.
  public var epochs: Double
  /// How long it took, in tenths of a second; what came before it was resumed is included.
  public var seconds: Double
  /// Why it ended.
  public var ended: TrainingOutcome.Reason
  /// Missing if the run was resumed with another budget: then one command does not repeat it.
  public var plan: RunPlan?
  /// The largest number of threads of a loop.
  public var threads: Int
  /// The variant of the kernels, as `RONDO_ISA` has it.
  public var instructionSet: String
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
