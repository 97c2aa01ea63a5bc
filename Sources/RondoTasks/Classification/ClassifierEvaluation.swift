import RondoCore
import RondoData

/// How a classifier does on a labelled file, beside the baselines.
public struct ClassifierEvaluation: Sendable {
  /// The score of the model.
  public var score: ClassificationScore
  /// The mean of −log p of the true labels, in nats.
  public var loss: Double
  /// The expected calibration error over 15 bins.
  public var calibrationError: Double
  /// The same without the temperature.
  public var uncalibratedError: Double
  /// The scores of the baselines, by name.
  public var baselines: [(name: String, score: ClassificationScore)]
  /// The labels in the order of the confusion matrix.
  public var labels: [String]
}

extension Classifier {
  /// Scores labelled files.
  ///
  /// - Parameters:
  ///   - directory: Of the model, where its baselines are.
  ///   - adjust: Changes how the files are read from how the training files were.
  /// - Throws: `FileError`, `FormatError`, `OptionError` or `ModelError`.
  public static func evaluate(
    _ directory: String, _ files: [String], adjust: (inout ClassificationOptions) -> Void = { _ in },
    onProgress: ((Int, Int) -> Void)? = nil
  ) throws -> ClassifierEvaluation {
    let classifier = try load(directory)
    let config = classifier.config
    let baselines = try ClassifierBaselines(
      ModelDirectory(directory, task: ClassificationConfig.task), config)
    var options = config.classification
    adjust(&options)
    let isMapped = options.labelMap == config.classification.labelMap
    let data = try LabelledData(
      files, options, isText: config.isText, features: config.features?.map(\.name), labels: .required,
      known: isMapped ? config.labels : nil, phrases: false)
    let targets = try data.targets(config.labels).map(Int.init)
    let sequences = data.items.map { classifier.encoder.encode($0.content) }
    let logits = try logits(
      classifier.model, classifier.parameters, sequences, onProgress: onProgress)
    let temperature = config.results.temperature
    func error(_ temperature: Double) -> Double {
      Calibration.expectedError(
        logits.map { Calibration.probabilities($0, temperature: temperature) }, targets)
    }
    func score(_ predicted: [Int]) -> ClassificationScore {
      ClassificationScore(predicted: predicted, actual: targets, labelCount: config.labels.count)
    }
    return ClassifierEvaluation(
      score: score(logits.map { best($0) }),
      loss: Calibration.loss(logits, targets, temperature: temperature), calibrationError: error(temperature),
      uncalibratedError: error(1),
      baselines: baselines.predictions(sequences).map { ($0.name, score($0.labels)) }, labels: config.labels)
  }
}
