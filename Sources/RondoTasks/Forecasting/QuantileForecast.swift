/// What may come in the next steps of a series: quantiles of each.
public struct QuantileForecast: Sendable, Equatable {
  /// The probabilities of the quantiles, ascending.
  public let probabilities: [Double]
  /// For each step the quantiles, ascending.
  public let steps: [[Double]]

  package init(probabilities: [Double], steps: [[Double]]) {
    (self.probabilities, self.steps) = (probabilities, steps)
  }

  /// The value that a step stays below with this probability: between two quantiles along the line that joins them, beyond the outermost ones
  /// along the next line inwards.
  public func quantile(_ probability: Double, step: Int) -> Double {
    let values = steps[step]
    guard values.count > 1 else { return values[0] }
    let upper = min(
      max(probabilities.firstIndex { $0 >= probability } ?? values.count - 1, 1), values.count - 1)
    let (p, q) = (probabilities[upper - 1], probabilities[upper])
    return values[upper - 1] + (values[upper] - values[upper - 1]) * (probability - p) / (q - p)
  }

  /// The mean of a step's distribution whose quantiles lie on lines between these, what is beyond the outermost ones being as they are.
  public func mean(step: Int) -> Double {
    let values = steps[step]
    var (sum, weight) = (0.0, 0.0)
    for index in values.indices {
      let below = index == 0 ? 0 : (probabilities[index - 1] + probabilities[index]) / 2
      let above = index == values.count - 1 ? 1 : (probabilities[index] + probabilities[index + 1]) / 2
      sum += values[index] * (above - below)
      weight += above - below
    }
    return sum / weight
  }
}
