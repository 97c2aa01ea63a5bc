import RondoCore
import RondoData
import RondoTraining

/// What a classifier has to beat: models that are counted from what it was trained on.
///
/// The most frequent label, and naive Bayes for symbols or the nearest mean for numbers. They are kept beside the weights, so an evaluation
/// needs nothing but the model's directory.
struct ClassifierBaselines {
  /// The most frequent label.
  let majority: Int
  private let counted: Counted

  private enum Counted {
    case naiveBayes(NaiveBayes)
    case nearestMean(NearestMean)
  }

  /// Counts.
  init(_ sequences: [SequenceValues], _ targets: [Int32], labelCount: Int, _ input: SequenceClassifier.Input)
  {
    let labels = targets.map(Int.init)
    majority = Classifier.best(labelCounts(targets, labelCount: labelCount))
    switch input {
    case .symbols(let count):
      let symbols = sequences.map { sequence -> [Int32] in
        guard case .symbols(let symbols) = sequence else { return [] }
        return symbols
      }
      counted = .naiveBayes(
        NaiveBayes(tokens: symbols, labels: labels, labelCount: labelCount, vocabularySize: count))
    case .numbers(let width):
      let numbers = sequences.map { sequence -> [Float] in
        guard case .numbers(let numbers, _) = sequence else { return [] }
        return numbers
      }
      counted = .nearestMean(
        NearestMean(sequences: numbers, featureCount: width, labels: labels, labelCount: labelCount))
    }
  }

  /// Writes what was counted beside the weights.
  ///
  /// - Throws: `FileError`.
  func write(to directory: ModelDirectory) throws {
    let tables: [(String, Tensor)] =
      switch counted {
      case .naiveBayes(let model):
        [
          ("naive_bayes.log_priors", model.priorTable),
          ("naive_bayes.log_likelihoods", model.likelihoodTable),
        ]
      case .nearestMean(let model):
        [("nearest_mean.deviations", model.deviationTable), ("nearest_mean.means", model.meanTable)]
      }
    try SafeTensors.write(tables.map { (name: $0.0, tensor: $0.1) }, to: directory.baselinesPath)
  }

  /// Reads what `write` has written.
  ///
  /// - Throws: `FileError`, or `FormatError` for a file that does not fit the configuration.
  init(_ directory: ModelDirectory, _ config: ClassificationConfig) throws {
    majority = Classifier.best(config.data.labelCounts)
    let file = try SafeTensors(contentsOf: directory.baselinesPath)
    func table(_ name: String, _ shape: [Int]) throws -> Tensor {
      guard file[name]?.shape == shape else {
        throw FormatError(
          .init(file.name), expected: "a tensor \(name) of shape \(shape), as config.json says",
          found: file[name].map { "shape \($0.shape)" } ?? "none")
      }
      let tensor = try file.tensor(name)
      // Infinities stand for labels that nothing was counted of.
      guard !tensor.values.contains(where: \.isNaN) else {
        throw FormatError(.init(file.name), expected: "numbers in tensor \(name)", found: "NaN")
      }
      return tensor
    }
    let labels = config.labels.count
    if let features = config.features {
      let width = 2 * features.count
      counted = .nearestMean(
        NearestMean(
          deviations: try table("nearest_mean.deviations", [width]),
          means: try table("nearest_mean.means", [labels, width])))
    } else {
      counted = .naiveBayes(
        NaiveBayes(
          priors: try table("naive_bayes.log_priors", [labels]),
          likelihoods: try table("naive_bayes.log_likelihoods", [labels, config.vocabularyCount ?? 0])))
    }
  }

  /// The labels that each baseline gives, by its name.
  func predictions(_ sequences: [SequenceValues]) -> [(name: String, labels: [Int])] {
    let counted = sequences.map { sequence -> Int in
      switch (self.counted, sequence) {
      case (.naiveBayes(let model), .symbols(let symbols)): model.label(of: symbols)
      case (.nearestMean(let model), .numbers(let numbers, _)): model.label(of: numbers)
      default: fatalError("ClassifierBaselines: sequences of another kind")
      }
    }
    let name =
      switch self.counted {
      case .naiveBayes: "naive_bayes"
      case .nearestMean: "nearest_mean"
      }
    return [("majority", sequences.map { _ in majority }), (name, counted)]
  }
}
