import RondoCore

/// Exponential smoothing with the trend and the season that suit a series best, and with normally distributed errors.
///
/// A season that multiplies means nothing where values are not positive: once there is one, the best model without such a season goes on.
struct ETSBaseline: FittedBaseline {
  private var model: ExponentialSmoothing
  /// What goes on in its place; nil if it needs no other.
  private var ofAnySign: ExponentialSmoothing?
  private var last: Double
  private let probabilities: [Double]
  private let distances: [Double]

  init(_ values: [Double], season: Int, probabilities: [Double]) {
    let chosen = ExponentialSmoothing.chosen(for: values, period: season)
    model = chosen.best.isSound ? chosen.best : chosen.ofAnySign
    if model.season == .multiplicative { ofAnySign = chosen.ofAnySign }
    last = values[values.count - 1]
    self.probabilities = probabilities
    distances = probabilities.map(Gaussian.standard.quantile)
  }

  mutating func observe(_ value: Double) {
    if !value.isNaN { last = value }
    model.observe(last)
    guard ofAnySign != nil else { return }
    ofAnySign!.observe(last)
    if last <= 0 || !model.isSound { (model, ofAnySign) = (ofAnySign!, nil) }
  }

  func forecast(_ horizon: Int) -> QuantileForecast {
    let (points, deviations) = model.forecast(horizon)
    return QuantileForecast(
      probabilities: probabilities,
      values: zip(points, deviations).flatMap { point, deviation in distances.map { point + $0 * deviation } }
    )
  }
}
