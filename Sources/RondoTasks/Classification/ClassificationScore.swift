import RondoCore

/// How well predicted labels agree with the true ones.
public struct ClassificationScore: Sendable, Equatable, Codable {
  /// The number of sequences.
  public var count: Int
  /// The share whose most probable label is the true one.
  public var accuracy: Double
  /// The mean of the labels' F1, where F1 = 2 · precision · recall / (precision + recall), over the labels that occur or are predicted.
  public var macroF1: Double
  /// How often each label (row) was taken for each (column).
  public var confusion: [[Int]]

  /// The score of predicted labels.
  public init(predicted: [Int], actual: [Int], labelCount: Int) {
    require(
      predicted.count == actual.count,
      "ClassificationScore: \(predicted.count) predictions for \(actual.count) sequences")
    var confusion = Array(repeating: Array(repeating: 0, count: labelCount), count: labelCount)
    for (predicted, actual) in zip(predicted, actual) { confusion[actual][predicted] += 1 }
    count = actual.count
    self.confusion = confusion
    let right = (0..<labelCount).reduce(0) { $0 + confusion[$1][$1] }
    accuracy = count == 0 ? 0 : Double(right) / Double(count)
    let known = (0..<labelCount).map { LabelScore(confusion, label: $0) }.filter {
      $0.count + $0.predictedCount > 0
    }
    macroF1 = known.isEmpty ? 0 : known.reduce(0) { $0 + $1.f1 } / Double(known.count)
  }

  /// The scores of the labels one by one.
  public var labels: [LabelScore] { confusion.indices.map { LabelScore(confusion, label: $0) } }

  /// The score of one label against all others.
  public struct LabelScore: Sendable, Equatable {
    /// Sequences with this label.
    public let count: Int
    /// Sequences that were given it.
    public let predictedCount: Int
    /// The share of those given it that have it; 0 if none was.
    public let precision: Double
    /// The share of those that have it that were given it; 0 if there is none.
    public let recall: Double
    /// 2 · precision · recall / (precision + recall)
    public let f1: Double

    init(_ confusion: [[Int]], label: Int) {
      let right = confusion[label][label]
      count = confusion[label].reduce(0, +)
      predictedCount = confusion.reduce(0) { $0 + $1[label] }
      precision = predictedCount == 0 ? 0 : Double(right) / Double(predictedCount)
      recall = count == 0 ? 0 : Double(right) / Double(count)
      f1 = count + predictedCount == 0 ? 0 : 2 * Double(right) / Double(count + predictedCount)
    }
  }
}
