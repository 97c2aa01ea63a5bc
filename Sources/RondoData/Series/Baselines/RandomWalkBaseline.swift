/// Of returns: prices stay where they are, so that every return is zero, give or take what returns were in the history.
struct RandomWalkBaseline: FittedBaseline {
  private let probabilities: [Double]
  private let quantiles: [Double]

  init(_ history: [Double], probabilities: [Double]) {
    self.probabilities = probabilities
    let sorted = history.filter { !$0.isNaN }.sorted()
    quantiles = probabilities.map { sorted.count < 2 ? 0 : empiricalQuantile($0, ofSorted: sorted) }
  }

  mutating func observe(_ value: Double) {}

  func forecast(_ horizon: Int) -> QuantileForecast {
    let points = [Double](repeating: 0, count: horizon)
    guard probabilities.count > 1 else { return QuantileForecast(points: points) }
    return QuantileForecast(
      probabilities: probabilities, values: points.flatMap { _ in quantiles }, points: points)
  }
}
