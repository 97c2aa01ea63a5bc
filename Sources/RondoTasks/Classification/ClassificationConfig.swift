import RondoCore
import RondoData
import RondoTraining

/// `config.json` of a classifier.
public struct ClassificationConfig: ModelConfig {
  public static let task = "classify"
  public static let formatVersion = 1

  var task: String = ClassificationConfig.task
  var formatVersion = ClassificationConfig.formatVersion
  /// What is classified and how.
  public var classification: ClassificationOptions
  /// How text is cut into symbols.
  public var text: TextOptions
  /// The network.
  public var architecture: ArchitectureOptions
  /// How it was trained.
  public var training: TrainingOptions
  /// The labels in the order of the network's outputs.
  public var labels: [String]
  /// The columns of numbers; nil if texts are classified.
  var features: [SequenceEncoder.Feature]?
  /// The number of symbols; nil if numbers are classified.
  public var vocabularyCount: Int?
  /// SHA-256 of `vocabulary.json`.
  public var vocabularyChecksum: String?
  /// What the model was trained on.
  public var data: Data
  /// How the run went.
  public var run: RunRecord
  /// What was measured at its end.
  public var results: Results

  /// What a classifier was trained on.
  public struct Data: Sendable, Equatable, Codable {
    /// The files, in the order in which they were read: to train on, to validate by, word vectors.
    public var files: [FileRecord]
    /// The number of sequences that were trained on.
    public var trainingCount: Int
    /// How many of them have each label.
    public var labelCounts: [Int]
    /// The number of sequences that the weights were chosen by.
    public var validationCount: Int
  }

  /// What was measured when a run ended.
  public struct Results: Sendable, Equatable, Codable {
    /// The number of weights, in all parameters.
    public var parameters: Int
    /// The step whose weights the model has; nil if nothing was held out.
    public var bestStep: Int?
    /// What the logits are divided by, so that probabilities mean what they say; 1 if nothing was held out.
    public var temperature: Double
    /// The mean of −log p on what was held out, in nats, at temperature 1.
    public var validationLoss: Double?
    /// The score on what was held out.
    public var validation: ClassificationScore?
  }

  public var settings: ClassificationSettings {
    var settings = ClassificationSettings()
    settings.classification = classification
    settings.text = text
    settings.architecture = architecture
    settings.training = training
    return settings
  }

  /// Whether texts are classified, rather than numbers.
  public var isText: Bool { features == nil }

  public func check(file: String) throws {
    func require(_ condition: Bool, _ expected: String, _ found: Any) throws(FormatError) {
      guard condition else { throw FormatError(.init(file), expected: expected, found: "\(found)") }
    }
    try require(
      labels.count >= 2 && Set(labels).count == labels.count, "at least two labels, each once", labels.count)
    try require(
      results.temperature > 0 && results.temperature.isFinite, "a temperature above 0", results.temperature)
    try require(
      data.labelCounts.count == labels.count, "a count for each of \(labels.count) labels",
      data.labelCounts.count)
    if let features {
      try require(!features.isEmpty, "at least one feature", "none")
      for feature in features {
        try require(
          feature.mean.isFinite && feature.deviation > 0 && feature.deviation.isFinite,
          "a finite mean and a deviation above 0 of feature \(quoted(feature.name))",
          "\(feature.mean) and \(feature.deviation)")
      }
    } else {
      let count = vocabularyCount ?? 0
      try require(count > 0 && count < Int(Int32.max), "features or the size of a vocabulary", count)
    }
  }
}
