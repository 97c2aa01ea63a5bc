import RondoData

/// Makes the intervals of forecasts as wide as they had to be where it could be seen, in windows that were held out.
///
/// For a quantile q_p beside the median m, the distances (y − m) / (q_p − m) of the values y that came are ranked; the factor f_p is the one below
/// which the share p of them lies (above ½; below it the share 1 − p), and the quantile becomes m + f_p (q_p − m). That is split conformal
/// prediction with a normalised score for each side (Romano, Patterson and Candès 2019, arXiv 1905.03222; Lei et al. 2018, DOI
/// 10.1080/01621459.2017.1307116). The median stays.
public struct IntervalCalibration: Sendable, Equatable, Codable {
  /// The factor of each quantile's distance to the median; 1 for the median itself.
  public var factors: [Double]
  /// The number of values they follow from.
  public var count: Int

  /// The least number of values that say anything of the outermost quantiles.
  static let leastCount = 100

  /// The distances of what came, as shares of what was forecast.
  package struct Scores: Sendable {
    fileprivate let probabilities: [Double]
    fileprivate var scores: [[Double]]
    fileprivate var count = 0

    /// None yet.
    package init(_ probabilities: [Double]) {
      self.probabilities = probabilities
      scores = probabilities.map { _ in [] }
    }

    /// Adds a window. Values that are missing do not count.
    package mutating func add(_ forecast: QuantileForecast, actual: ArraySlice<Double>) {
      for (step, value) in actual.prefix(forecast.stepCount).enumerated() where !value.isNaN {
        let median = forecast.quantile(0.5, step: step)
        count += 1
        for (k, bound) in forecast[step].enumerated() where bound != median {
          scores[k].append((value - median) / (bound - median))
        }
      }
    }
  }

  /// The factors that would have made forecasts right.
  ///
  /// - Returns: Nil if too few values came.
  package init?(_ scores: Scores) {
    guard scores.count >= Self.leastCount else { return nil }
    count = scores.count
    factors = zip(scores.probabilities, scores.scores).map { probability, scores in
      guard probability != 0.5, scores.count >= Self.leastCount else { return 1 }
      let share = max(probability, 1 - probability)
      // Of n + 1 equally likely ranks of the next value.
      let rank = Int((share * Double(scores.count + 1)).rounded(.up))
      return max(0, scores.sorted()[min(rank, scores.count) - 1])
    }
  }

  /// A forecast with its intervals made right.
  package func applied(to forecast: QuantileForecast) -> QuantileForecast {
    let values = (0..<forecast.stepCount).flatMap { step in
      let median = forecast.quantile(0.5, step: step)
      return zip(forecast[step], factors).map { median + $1 * ($0 - median) }.sorted()
    }
    return QuantileForecast(probabilities: forecast.probabilities, values: values)
  }
}
