import RondoCore
import RondoData

/// What a classifier says about one sequence.
public struct ClassifierPrediction: Sendable {
  /// The text, of texts.
  public var text: String?
  /// The name, of sequences of numbers.
  public var name: String?
  /// The most probable label.
  public var label: String
  /// The probability of each label, in the classifier's order.
  public var probabilities: [Double]
  /// What moved the decision, if that was asked for.
  public var explanation: Explanation?

  /// How much each part of a sequence speaks for the predicted label: its gradient times its value.
  public struct Explanation: Sendable {
    /// The words (characters, bytes) of a text, or the numbers of the steps from 1.
    public var parts: [String]
    /// For each part, how much it adds to log p of the predicted label, to first order.
    public var scores: [Double]
    /// Of sequences of numbers, the same for each feature over all steps.
    public var features: [(name: String, score: Double)]
  }
}

extension Classifier {
  /// Classifies what files hold, labelled or not.
  ///
  /// - Parameters:
  ///   - adjust: Changes how the files are read from how the training files were.
  ///   - explains: Whether to say which parts moved the decision.
  /// - Throws: `FileError`, `FormatError`, `OptionError` or `ModelError`.
  public func predict(
    _ files: [String], explains: Bool = false,
    _ adjust: (inout ClassificationOptions) -> Void = { _ in }
  ) throws -> [ClassifierPrediction] {
    var options = config.classification
    options.format = nil
    let before = options
    adjust(&options)
    // What comes down a pipe is texts, whatever the training file was, unless this command names its columns.
    let isTable = options == before ? false : nil
    // Labels do not matter here, and none is left out.
    options.labelMap = [:]
    let data = try LabelledData(
      files, options, isText: config.isText, features: config.features?.map(\.name), labels: .optional,
      phrases: false, isTable: isTable)
    let sequences = data.items.map { encoder.encode($0.content) }
    let all = try probabilities(sequences)
    return zip(data.items, zip(sequences, all)).map { item, result in
      let best = Self.best(result.1)
      var text: String?
      if case .text(let own) = item.content { text = own }
      return ClassifierPrediction(
        text: text, name: item.name, label: labels[best], probabilities: result.1,
        explanation: explains ? explanation(result.0, item, label: best) : nil)
    }
  }

  /// Gradient × input (Shrikumar et al. 2017, arXiv 1704.02685) of log p of a label.
  private func explanation(
    _ sequence: SequenceValues, _ item: LabelledData.Item, label: Int
  ) -> ClassifierPrediction.Explanation {
    guard sequence.length > 0 else { return .init(parts: [], scores: [], features: []) }
    let batch = SequenceBatch([sequence], ids: [0])
    let tape = Tape(parameters, training: false, records: true)
    let rows = tape.leaf(model.rows(tape, batch).value)
    let logits = model.logits(rows, batch.layout)
    let scale = Tensor(repeating: Float(1 / config.results.temperature), logits.shape)
    let loss = crossEntropy(logits * tape.constant(scale), [Int32(label)])
    let gradients = tape.backward(from: loss)
    let (values, slopes) = (rows.value.values, gradients[rows]!.values)
    let width = rows.value.columns
    func score(_ index: Int) -> Double {
      -Double(values[index]) * Double(slopes[index])
    }
    let scores = (0..<sequence.length).map { step in
      (0..<width).reduce(0) { $0 + score(step * width + $1) }
    }
    switch (item.content, encoder) {
    case (.text(let text), .text):
      return .init(parts: encoder.parts(of: text), scores: scores, features: [])
    case (.numbers, .numbers(let features)):
      let columns = features.enumerated().map { column, feature in
        let total = (0..<sequence.length).reduce(0) { $0 + score($1 * width + column) }
        return (name: feature.name, score: total)
      }
      return .init(parts: scores.indices.map { "\($0 + 1)" }, scores: scores, features: columns)
    default: fatalError("Classifier: sequences of another kind")
    }
  }
}
