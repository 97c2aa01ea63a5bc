/// On along the line from the first value to the last.
struct DriftBaseline: FittedBaseline {
  private let first: Double
  private var last: Double
  private var count: Int

  init(_ values: [Double]) { (first, last, count) = (values[0], values[values.count - 1], values.count) }

  mutating func observe(_ value: Double) {
    if !value.isNaN { last = value }
    count += 1
  }

  func forecast(_ horizon: Int) -> QuantileForecast {
    let slope = count > 1 ? (last - first) / Double(count - 1) : 0
    return QuantileForecast(points: (0..<horizon).map { last + slope * Double($0 + 1) })
  }
}
