/// What may come in the next steps of a series: quantiles of each.
public struct QuantileForecast: Sendable, Equatable {
  /// The probabilities of the quantiles, ascending; ½ alone for a forecast that says nothing of what else may come.
  public let probabilities: [Double]
  /// The quantiles, ascending, those of the first step first [steps · probabilities].
  public let values: [Double]

  private let centres: [Double]?

  /// - Parameters:
  ///   - values: The quantiles of the first step, then those of the second, ….
  ///   - points: What is forecast of each step if it must be one number; the medians if nil.
  public init(probabilities: [Double], values: [Double], points: [Double]? = nil) {
    centres = points
    precondition(
      !probabilities.isEmpty && values.count % probabilities.count == 0,
      "QuantileForecast: \(values.count) values of \(probabilities.count) quantiles")
    (self.probabilities, self.values) = (probabilities, values)
  }

  /// - Parameter steps: For each step the quantiles.
  public init(probabilities: [Double], steps: [[Double]]) {
    self.init(probabilities: probabilities, values: steps.flatMap { $0 })
  }

  /// A forecast of values without what else may come.
  public init(points: [Double]) { self.init(probabilities: [0.5], values: points) }

  /// The number of steps.
  public var stepCount: Int { values.count / probabilities.count }

  /// Whether there is more than a median.
  public var hasQuantiles: Bool { probabilities.count > 1 }

  /// The quantiles of a step, ascending.
  public subscript(step: Int) -> ArraySlice<Double> {
    values[step * probabilities.count..<(step + 1) * probabilities.count]
  }

  /// For each step the quantiles, ascending.
  public var steps: [[Double]] { (0..<stepCount).map { Array(self[$0]) } }

  /// The medians of the steps.
  public var medians: [Double] { (0..<stepCount).map { quantile(0.5, step: $0) } }

  /// What is forecast of each step if it must be one number: the median, unless what made the forecast says another.
  public var points: [Double] { centres ?? medians }

  /// The value that a step stays below with this probability: between two quantiles along the line that joins them, beyond the outermost ones
  /// along the next line inwards.
  public func quantile(_ probability: Double, step: Int) -> Double {
    let count = probabilities.count
    let first = step * count
    guard count > 1 else { return values[first] }
    var upper = 1
    while upper < count - 1, probabilities[upper] < probability { upper += 1 }
    if probabilities[upper] == probability { return values[first + upper] }
    let (p, q) = (probabilities[upper - 1], probabilities[upper])
    let (a, b) = (values[first + upper - 1], values[first + upper])
    return a + (b - a) * (probability - p) / (q - p)
  }

  /// The mean of a step's distribution whose quantiles lie on lines between these, what is beyond the outermost ones being as they are; where
  /// what made the forecast says what one number it is, that number.
  public func mean(step: Int) -> Double {
    if let centres { return centres[step] }
    let values = self[step]
    var (sum, weight) = (0.0, 0.0)
    for (index, value) in values.enumerated() {
      let below = index == 0 ? 0 : (probabilities[index - 1] + probabilities[index]) / 2
      let above = index == values.count - 1 ? 1 : (probabilities[index] + probabilities[index + 1]) / 2
      sum += value * (above - below)
      weight += above - below
    }
    return sum / weight
  }

  /// The variance of a step's distribution whose quantiles lie on lines between these, what is beyond the outermost ones being as they are.
  public func variance(step: Int) -> Double {
    let values = Array(self[step])
    var (sum, squares) = (0.0, 0.0)
    func add(_ weight: Double, _ a: Double, _ b: Double) {
      sum += weight * (a + b) / 2
      squares += weight * (a * a + a * b + b * b) / 3
    }
    add(probabilities[0], values[0], values[0])
    for k in values.indices.dropLast() {
      add(probabilities[k + 1] - probabilities[k], values[k], values[k + 1])
    }
    add(1 - probabilities[values.count - 1], values[values.count - 1], values[values.count - 1])
    return max(0, squares - sum * sum)
  }
}
