import RondoData
import RondoTraining

/// How text is cut into symbols: the `text` part of `config.json`.
public struct TextOptions: Sendable, Equatable, Codable {
  /// What counts as one symbol.
  public var level = TextLevel.character
  /// Symbols that occur less often become `<unk>`.
  public var minimumCount = 1
  /// The largest number of symbols in the vocabulary.
  public var vocabularySize: Int?

  /// The defaults.
  public init() {}

  /// Throws if a value is out of its range.
  public func validate() throws(OptionError) {
    guard minimumCount >= 1 else {
      throw .invalid(
        option: "--min-count", given: "\(minimumCount)", requirement: "a whole number of 1 or more")
    }
    if level == .byte, minimumCount > 1 || vocabularySize != nil {
      throw .conflict("--level byte has all 256 bytes: leave --min-count and --vocabulary-size out")
    }
    if let size = vocabularySize, size < level.smallestVocabulary {
      throw .invalid(
        option: "--vocabulary-size", given: "\(size)",
        requirement: "a whole number of \(level.smallestVocabulary) or more")
    }
  }
}

extension TextLevel: Codable {}

/// All that a training run of a text model can be told.
public struct TextSettings: TaskSettings {
  /// How text is cut into symbols.
  public var text = TextOptions()
  /// The network.
  public var architecture = ArchitectureOptions()
  /// How it is trained.
  public var training = TrainingOptions()

  /// The defaults.
  public init() {}

  /// Throws an `OptionError` if a value is out of its range.
  public func validate() throws {
    try text.validate()
    try architecture.validate()
    try training.validate()
  }
}
