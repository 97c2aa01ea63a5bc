/// The last season again and again, or with a season of one step the last value; with the errors that this had in the history it was fitted to,
/// the same number of seasons ahead.
struct NaiveBaseline: FittedBaseline {
  /// The latest season, the step that comes next first.
  private var latest: [Double]
  private var next = 0
  private let season: Int
  private let probabilities: [Double]
  /// For each number of seasons ahead what is added for each quantile.
  private let errors: [[Double]]

  /// Points alone.
  init(_ values: [Double]) { self.init(values, season: 1, horizon: 0, probabilities: [0.5]) }

  init(_ history: [Double], season: Int, horizon: Int, probabilities: [Double]) {
    let values = Series.filled(history)
    latest = Array(values.suffix(season))
    (self.probabilities, self.season) = (probabilities, season)
    guard probabilities.count > 1 else {
      errors = []
      return
    }
    errors = stride(from: 0, to: horizon, by: season).map { step in
      let errors = zip(history.dropFirst(step + season), history).map { $0 - $1 }.filter { !$0.isNaN }
        .sorted()
      // Fewer than two errors say nothing of how far off a forecast may be.
      return probabilities.map { errors.count < 2 ? 0 : empiricalQuantile($0, ofSorted: errors) }
    }
  }

  mutating func observe(_ value: Double) {
    let value = value.isNaN ? latest[(next + latest.count - 1) % latest.count] : value
    guard latest.count == season else {
      // The history was shorter than a season.
      latest.append(value)
      return
    }
    latest[next] = value
    next = (next + 1) % latest.count
  }

  func forecast(_ horizon: Int) -> QuantileForecast {
    let points = (0..<horizon).map { latest[(next + $0) % latest.count] }
    guard !errors.isEmpty else { return QuantileForecast(points: points) }
    return QuantileForecast(
      probabilities: probabilities,
      values: points.enumerated().flatMap { step, point in
        errors[min(step / season, errors.count - 1)].map { point + $0 }
      }, points: points)
  }
}
