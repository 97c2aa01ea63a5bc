import RondoCore

/// A nearest-mean classifier of sequences: a baseline that knows how large their features are and how much they vary, but nothing of their
/// order.
///
/// A sequence is summarised by the mean and the standard deviation of each feature over its steps, zeros if it has none. Each of these
/// numbers is divided by its standard deviation over the training set. The label is the one whose mean summary is nearest in Euclidean
/// distance.
public struct NearestMean: Sendable {
  /// The numbers of one step.
  public let featureCount: Int
  /// What each number of a summary is divided by.
  private let deviations: [Double]
  /// The mean summaries of the labels; empty for a label that no sequence has.
  private let means: [[Double]]

  /// Summarises sequences, `[steps, features]` each, with their labels from 0 to below `labelCount`.
  public init(sequences: [[Float]], featureCount: Int, labels: [Int], labelCount: Int) {
    require(featureCount > 0 && !sequences.isEmpty, "NearestMean: no sequences or no features")
    require(
      sequences.count == labels.count, "NearestMean: \(sequences.count) sequences and \(labels.count) labels")
    self.featureCount = featureCount
    let summaries = sequences.map { NearestMean.summary($0, featureCount) }
    let all = NearestMean.moments(summaries.flatMap { $0 }, 2 * featureCount)
    // What varies by rounding only is left as it is; otherwise that noise would count as much as a feature.
    let deviations = all.deviations.enumerated().map { place, deviation in
      deviation > 1e-9 * abs(all.means[place % featureCount]) ? deviation : 1
    }
    self.deviations = deviations
    var members = [[[Double]]](repeating: [], count: labelCount)
    for (summary, label) in zip(summaries, labels) {
      require(0..<labelCount ~= label, "NearestMean: label \(label) of \(labelCount)")
      members[label].append(zip(summary, deviations).map { $0 / $1 })
    }
    means = members.map { $0.isEmpty ? [] : NearestMean.moments($0.flatMap { $0 }, 2 * featureCount).means }
  }

  /// What was found before: what summaries are divided by [2 · features] and their means [labels, 2 · features], of which those of a label
  /// that no sequence has are infinite.
  package init(deviations: Tensor, means: Tensor) {
    require(
      means.shape.count == 2 && deviations.shape == [means.shape[1]],
      "NearestMean: deviations \(deviations.shape) and means \(means.shape)")
    featureCount = means.shape[1] / 2
    self.deviations = deviations.values.map(Double.init)
    let rows = means.values.map(Double.init)
    self.means = (0..<means.shape[0]).map { label in
      let row = Array(rows[label * means.shape[1]..<(label + 1) * means.shape[1]])
      return row.allSatisfy(\.isFinite) ? row : []
    }
  }

  /// What summaries are divided by: [2 · features].
  package var deviationTable: Tensor { Tensor([deviations.count], deviations.map { Float($0) }) }
  /// The mean summaries [labels, 2 · features]; infinite for a label that no sequence has.
  package var meanTable: Tensor {
    let rows = means.flatMap { $0.isEmpty ? Array(repeating: .infinity, count: deviations.count) : $0 }
    return Tensor([means.count, deviations.count], rows.map { Float($0) })
  }

  /// The label with the nearest mean, the lower one of equals.
  public func label(of sequence: [Float]) -> Int {
    let summary = zip(NearestMean.summary(sequence, featureCount), deviations).map { $0 / $1 }
    var best = (label: 0, distance: Double.infinity)
    for (label, mean) in means.enumerated() where !mean.isEmpty {
      let distance = zip(summary, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if distance < best.distance { best = (label, distance) }
    }
    return best.label
  }

  /// The means of all features, then their standard deviations.
  private static func summary(_ sequence: [Float], _ featureCount: Int) -> [Double] {
    require(
      sequence.count % featureCount == 0,
      "NearestMean: \(sequence.count) numbers for steps of \(featureCount) features")
    let (means, deviations) = moments(sequence.map(Double.init), featureCount)
    return means + deviations
  }

  /// The means and standard deviations of the columns of `[rows, width]`; zeros if there are no rows.
  private static func moments(_ values: [Double], _ width: Int) -> (means: [Double], deviations: [Double]) {
    let zeros = [Double](repeating: 0, count: width)
    let count = Double(values.count / width)
    guard count > 0 else { return (zeros, zeros) }
    var sums = zeros
    for (place, value) in values.enumerated() { sums[place % width] += value }
    let means = sums.map { $0 / count }
    var squares = zeros
    for (place, value) in values.enumerated() {
      let difference = value - means[place % width]
      squares[place % width] += difference * difference
    }
    return (means, squares.map { ($0 / count).squareRoot() })
  }
}
