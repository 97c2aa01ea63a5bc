/// Whether a series has a season, and what it is, as the organisers of the M4 competition decide it for their benchmarks.
///
/// Makridakis, Spiliotis and Assimakopoulos 2020, DOI 10.1016/j.ijforecast.2019.04.014.
public enum Seasonality {
  /// Whether the autocorrelation at the season's lag differs from zero, at the 90 % level: |r_m| > 1.645 √((1 + 2 Σ_{k<m} r_k²) / n).
  ///
  /// Series of less than three seasons count as not seasonal.
  public static func isSeasonal(_ values: [Double], season m: Int) -> Bool {
    Autocorrelation(values).isSeasonal(m)
  }

  /// Seasons that series have: of quarters, weekdays, months, hours and their multiples, weeks and days of a year.
  private static let usual = [4, 5, 7, 12, 13, 24, 48, 52, 96, 168, 288, 336, 365]

  /// The season that most of several series have in common; if they have none, that of the calendar, or 1.
  ///
  /// A candidate is a usual season at which the changes of more than half of the series that are long enough have a significant
  /// autocorrelation, larger than one step before and after. Of the candidates it is the shortest whose mean autocorrelation is at least
  /// four fifths of the largest. Of weeks three or four years are too few for that; there a year counts that the values themselves, without
  /// their trend, clearly follow.
  ///
  /// - Parameter frequency: Says what the season is where none is found.
  public static func season(of series: [[Double]], frequency: Frequency? = nil) -> Int {
    // A few hundred series, and of each its latest values, are enough to tell.
    let stride = Swift.max(1, series.count / 200)
    let latest = Swift.stride(from: 0, to: series.count, by: stride).map { index in
      Series.filled(Array(series[index].suffix(2000)))
    }
    let changes = latest.map { values in Autocorrelation(zip(values.dropFirst(), values).map { $0 - $1 }) }
    let levels = frequency == .seconds(604_800) ? latest.map { Autocorrelation(withoutTrend($0)) } : []
    var candidates: [(season: Int, correlation: Double)] = []
    for m in frequency.map(\.seasons) ?? usual {
      let long = changes.indices.filter { changes[$0].count >= 3 * m }
      var (sum, count) = (0.0, 0)
      for index in long {
        let values = changes[index]
        // A season of many steps is no whole number of them, and changes slowly: its peak is beside it and flat.
        let isLong = m > 30 && frequency != nil
        let own = isLong ? (m - m / 50...m + m / 50).map(values.at).max()! : values.at(m)
        let isFollowed = levels.indices.contains(index) && levels[index].clearlyFollows(m)
        guard own > 0, isLong || own > values.at(m - 1) && own > values.at(m + 1),
          isFollowed || values.isSeasonal(m)
        else { continue }
        sum += own
        count += 1
      }
      if 2 * count > long.count { candidates.append((m, sum / Double(count))) }
    }
    guard let largest = candidates.map(\.correlation).max() else { return frequency?.season ?? 1 }
    return candidates.first { $0.correlation >= 0.8 * largest }!.season
  }

  /// What is left of values without the line that fits them best.
  private static func withoutTrend(_ values: [Double]) -> [Double] {
    let centre = Double(values.count - 1) / 2
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    var (product, square) = (0.0, 0.0)
    for (step, value) in values.enumerated() {
      product += (Double(step) - centre) * (value - mean)
      square += (Double(step) - centre) * (Double(step) - centre)
    }
    let slope = square > 0 ? product / square : 0
    return values.enumerated().map { $1 - mean - slope * (Double($0) - centre) }
  }

  /// The factor of each place in the season by classical multiplicative decomposition: the mean ratio to a centred moving average, their mean 1.
  ///
  /// - Returns: `season` factors, the first one that of `values[0]`; nil where a moving average is not positive.
  public static func factors(_ values: [Double], season m: Int) -> [Double]? {
    let n = values.count
    guard m > 1, n >= 2 * m else { return nil }
    var sums = [Double](repeating: 0, count: m)
    var counts = [Double](repeating: 0, count: m)
    let half = m / 2
    for t in half..<(n - half) {
      // An even season's average has half a value at each end.
      var average = 0.0
      for offset in -half...half {
        let isEnd = m % 2 == 0 && abs(offset) == half
        average += (isEnd ? 0.5 : 1) * values[t + offset]
      }
      average /= Double(m)
      guard average > 0 else { return nil }
      sums[t % m] += values[t] / average
      counts[t % m] += 1
    }
    let means = zip(sums, counts).map { $0 / $1 }
    let overall = means.reduce(0, +) / Double(m)
    guard means.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
    return means.map { $0 / overall }
  }
}

/// The autocorrelation of a series, by its lag.
private struct Autocorrelation {
  private let deviations: [Double]
  private let variance: Double

  init(_ values: [Double]) {
    let mean = values.reduce(0, +) / Double(values.count)
    deviations = values.map { $0 - mean }
    variance = deviations.reduce(0) { $0 + $1 * $1 }
  }

  var count: Int { deviations.count }

  /// Zero for a series that does not change.
  func at(_ lag: Int) -> Double {
    guard variance > 0 else { return 0 }
    return zip(deviations.dropFirst(lag), deviations).reduce(0) { $0 + $1.0 * $1.1 } / variance
  }

  /// Whether values are much like those of a season before, and much less like those of half a season before.
  func clearlyFollows(_ m: Int) -> Bool {
    guard count >= 3 * m else { return false }
    // As if there were as many pairs as values.
    func correlation(_ lag: Int) -> Double { at(lag) * Double(count) / Double(count - lag) }
    let whole = correlation(m)
    return whole > 0.6 && whole - correlation(m / 2) > 0.5
  }

  /// See `Seasonality.isSeasonal`.
  func isSeasonal(_ m: Int) -> Bool {
    guard m > 1, count >= 3 * m, variance > 0 else { return false }
    let before = (1..<m).map(at).reduce(0) { $0 + $1 * $1 }
    let limit = 1.645 * ((1 + 2 * before) / Double(count)).squareRoot()
    return abs(at(m)) > limit
  }
}
