/// The mean of the line of least squares and of simple exponential smoothing of the series with its distance to that line doubled (Assimakopoulos
/// and Nikolopoulos 2000, DOI 10.1016/S0169-2070(00)00066-2); not below zero where the series never was, as M4's organisers have it.
struct ThetaBaseline: FittedBaseline {
  private let (mean, slope, meanTime): (Double, Double, Double)
  private let alpha: Double
  private var level: Double
  private var count: Int
  private var isNeverNegative: Bool

  /// - Parameter values: Without a season.
  init(_ values: [Double]) {
    count = values.count
    isNeverNegative = !values.contains { $0 < 0 }
    let n = Double(values.count)
    let times = values.indices.map { Double($0 + 1) }
    let (meanTime, mean) = (times.reduce(0, +) / n, values.reduce(0, +) / n)
    let spread = times.reduce(0) { $0 + ($1 - meanTime) * ($1 - meanTime) }
    let product = zip(times, values).reduce(0) { $0 + ($1.0 - meanTime) * ($1.1 - mean) }
    let slope = spread > 0 ? product / spread : 0
    (self.mean, self.slope, self.meanTime) = (mean, slope, meanTime)
    let smoothing = SimpleSmoothing(
      zip(times, values).map { 2 * $1 - (mean + slope * ($0 - meanTime)) })
    (alpha, level) = (smoothing.alpha, smoothing.level)
  }

  private func line(_ time: Double) -> Double { mean + slope * (time - meanTime) }

  mutating func observe(_ value: Double) {
    count += 1
    isNeverNegative = isNeverNegative && value >= 0
    level += alpha * (2 * value - line(Double(count)) - level)
  }

  func forecast(_ horizon: Int) -> QuantileForecast {
    let points = (0..<horizon).map { (level + line(Double(count + $0 + 1))) / 2 }
    return QuantileForecast(points: isNeverNegative ? points.map { max(0, $0) } : points)
  }
}
