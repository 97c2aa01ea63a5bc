/// Exponential smoothing with the trend and the season that suit a series best, and with normally distributed errors.
struct ETSBaseline: FittedBaseline {
  private var model: ExponentialSmoothing
  private var last: Double
  private let probabilities: [Double]
  private let distances: [Double]

  init(_ values: [Double], season: Int, probabilities: [Double]) {
    model = ExponentialSmoothing(choosingFor: values, period: season)
    last = values[values.count - 1]
    self.probabilities = probabilities
    distances = probabilities.map(NormalDistribution.quantile)
  }

  mutating func observe(_ value: Double) {
    if !value.isNaN { last = value }
    model.observe(last)
  }

  func forecast(_ horizon: Int) -> QuantileForecast {
    let (points, deviations) = model.forecast(horizon)
    return QuantileForecast(
      probabilities: probabilities,
      values: zip(points, deviations).flatMap { point, deviation in distances.map { point + $0 * deviation } }
    )
  }
}
