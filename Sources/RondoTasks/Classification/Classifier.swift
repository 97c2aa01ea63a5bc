import RondoCore
import RondoData
import RondoTraining

/// A classifier ready to be used: the network, its weights, and what turns files into what it reads.
public struct Classifier: Sendable {
  /// What `config.json` says.
  public let config: ClassificationConfig
  /// The weights.
  public let parameters: ParameterStore
  let model: SequenceClassifier
  let encoder: SequenceEncoder

  /// The labels in the order of the probabilities.
  public var labels: [String] { config.labels }

  /// Loads a classifier from its directory.
  ///
  /// - Throws: `FileError` or `FormatError`: nothing that a damaged or hostile file can say does more.
  public static func load(_ path: String) throws -> Classifier {
    let directory = ModelDirectory(path, task: ClassificationConfig.task)
    try directory.requireModel()
    let config = try ClassificationConfig(contentsOf: directory.configPath)
    let encoder: SequenceEncoder
    if let features = config.features {
      encoder = .numbers(features)
    } else {
      let vocabulary = try directory.vocabulary(
        count: config.vocabularyCount ?? 0, level: config.text.level,
        checksum: config.vocabularyChecksum ?? "")
      encoder = .text(TextCodec(vocabulary), lowercase: config.classification.lowercase)
    }
    let (model, parameters) = try directory.model {
      try SequenceClassifier(
        $0, config.architecture, pooling: config.classification.pooling, input: encoder.input,
        labelCount: config.labels.count)
    }
    return Classifier(config: config, parameters: parameters, model: model, encoder: encoder)
  }

  /// The place of the largest value, the first of several.
  static func best<Value: Comparable>(_ values: [Value]) -> Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }

  /// The logits of the labels for each sequence.
  ///
  /// - Throws: `ModelError` if one is not finite.
  static func logits(
    _ model: SequenceClassifier, _ parameters: ParameterStore, _ sequences: [SequenceValues],
    onProgress: ((Int, Int) -> Void)? = nil
  ) throws -> [[Float]] {
    let logits = ClassificationProgram.logits(model, parameters, sequences[...], onProgress: onProgress)
    guard logits.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw ModelError.notFinite }
    return logits
  }

  /// The probabilities of the labels for each sequence.
  ///
  /// - Throws: `ModelError` if one is not finite.
  func probabilities(_ sequences: [SequenceValues]) throws -> [[Double]] {
    try Self.logits(model, parameters, sequences).map {
      Calibration.probabilities($0, temperature: config.results.temperature)
    }
  }

  /// The probabilities of the labels of a text.
  ///
  /// - Throws: `ModelError` if one is not finite. Traps if the model classifies numbers.
  public func probabilities(of text: String) throws -> [Double] {
    guard config.isText else {
      fatalError("Classifier.probabilities: the model classifies numbers, not texts")
    }
    return try probabilities([encoder.encode(.text(text))])[0]
  }

  /// The probabilities of the labels of a sequence of numbers, a row for each step.
  ///
  /// - Throws: `ModelError` if one is not finite. Traps if the model classifies texts, and on rows of another width.
  public func probabilities(of rows: [[Float]]) throws -> [Double] {
    guard let features = config.features else {
      fatalError("Classifier.probabilities: the model classifies texts, not numbers")
    }
    for (step, row) in rows.enumerated() {
      require(
        row.count == features.count,
        "Classifier.probabilities: step \(step) has \(row.count) numbers, the model \(features.count) features"
      )
    }
    return try probabilities([encoder.encode(.numbers(Array(rows.joined())))])[0]
  }
}

extension SequenceEncoder {
  /// The vocabulary of texts.
  var vocabulary: Vocabulary? { if case .text(let codec, _) = self { codec.vocabulary } else { nil } }
  /// The columns of numbers.
  var features: [Feature]? { if case .numbers(let features) = self { features } else { nil } }
}
