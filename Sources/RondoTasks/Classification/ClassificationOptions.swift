import RondoData
import RondoTraining

/// What is classified and how: the `classification` part of `config.json`.
public struct ClassificationOptions: Sendable, Equatable, Codable {
  /// The column of the texts; then it is texts that are classified.
  public var textColumn: String?
  /// The column of the sequences' names; then it is sequences of numbers that are classified.
  public var sequenceColumn: String?
  /// The column of the labels.
  public var labelColumn: String?
  /// The format of the files, if their names do not tell.
  public var format: LabelledFormat?
  /// Whether all phrases of sentiment trees are trained on, or sentences alone.
  public var phrases = false
  /// New labels for old ones; an empty one leaves the sequence out.
  public var labelMap: [String: String] = [:]
  /// How the rows of a sequence become one.
  public var pooling = SequencePooling.mean
  /// Whether words are read in lower case.
  public var lowercase = true
  /// The share of symbols that become `<unk>` while training, so that the model learns what to make of unknown ones.
  public var wordDropout = 0.0
  /// The deviation of the noise that is added to numbers while training, in deviations of each feature; nil is 0.5.
  public var noise: Double?
  /// How the classes are weighted in the loss.
  public var classWeights = ClassWeighting.none
  /// A file of word vectors that the embedding begins with.
  public var vectors: String?
  /// Whether the vectors stay as they are.
  public var freezeVectors = false

  /// The defaults.
  public init() {}

  /// Throws if a value is out of its range.
  public func validate() throws(OptionError) {
    func share(_ value: Double, _ option: String) throws(OptionError) {
      guard value >= 0, value < 1 else {
        throw .invalid(option: option, given: "\(value)", requirement: "0 or more and less than 1")
      }
    }
    try share(wordDropout, "--word-dropout")
    if let noise, !(noise >= 0 && noise.isFinite) {
      throw .invalid(option: "--noise", given: "\(noise)", requirement: "a number of 0 or more")
    }
    if textColumn != nil, sequenceColumn != nil {
      throw .conflict(
        "give --text-column to classify texts or --sequence-column to classify sequences of numbers, not both"
      )
    }
    if let labelColumn, labelColumn == textColumn ?? sequenceColumn {
      throw .conflict(
        "--label-column is \(labelColumn), and so is \(textColumn == nil ? "--sequence-column" : "--text-column")"
      )
    }
    if freezeVectors, vectors == nil { throw .conflict("--freeze-vectors needs --vectors") }
  }
}

/// How the rows of a sequence become the one that is classified.
public enum SequencePooling: String, Sendable, Codable, CaseIterable {
  /// Where each direction ends: the last row, and the first of the reverse direction.
  case last
  /// The mean of all rows.
  case mean
  /// The largest value of each column.
  case max
  /// The rows weighted by a softmax of learned scores.
  case attention
}

/// How much the loss of a class counts.
public enum ClassWeighting: String, Sendable, Codable, CaseIterable {
  /// Every sequence counts the same.
  case none
  /// Every class counts the same, however rare it is.
  case balanced
}

extension LabelledFormat: Codable {}

/// All that a training run of a classifier can be told.
public struct ClassificationSettings: TaskSettings {
  /// What is classified and how.
  public var classification = ClassificationOptions()
  /// How text is cut into symbols.
  public var text = TextOptions()
  /// The network.
  public var architecture = ArchitectureOptions()
  /// How it is trained.
  public var training = TrainingOptions()

  /// The defaults.
  public init() {
    text.level = .word
    architecture.cell = "gru"
    architecture.hidden = [128]
    architecture.directions = .both
    architecture.dropout = 0.3
    training.validationFraction = 0.1
    // Few sequences decide which weights are the best: averages of weights differ less by chance.
    training.average = 0.99
    training.labelSmoothing = 0.1
    training.budget = .epochs(30)
  }

  /// Throws an `OptionError` if a value is out of its range.
  public func validate() throws {
    try classification.validate()
    try text.validate()
    try architecture.validate()
    if architecture.tie { throw OptionError.conflict("--tie is for language models") }
    try training.validate()
  }
}
