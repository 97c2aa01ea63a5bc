/// The values that an axis goes over, and round numbers on it.
package struct ValueAxis: Equatable {
  /// The least value.
  package let lower: Double
  /// The greatest value.
  package let upper: Double
  /// Round numbers between them, ascending.
  package let ticks: [Double]
  /// The texts of the ticks.
  package let labels: [String]

  /// Differences below this share of the size are none.
  private static let least = 1e-9
  /// Values beyond are drawn as if they were here.
  private static let most = 1e300

  /// An axis over values; those that are not finite do not count.
  ///
  /// - Parameters:
  ///   - count: How many times the distance of two ticks the range is, more or less.
  ///   - padding: What is added on each side, as a share of the values' range; an axis never crosses zero for it.
  package init(_ values: some Sequence<Double>, count: Int = 4, padding: Double = 0.05) {
    var (lower, upper) = (Double.infinity, -Double.infinity)
    for value in values where value.isFinite {
      lower = min(lower, value)
      upper = max(upper, value)
    }
    self.init(lower: lower, upper: upper, count: count, padding: padding)
  }

  /// An axis over a range; from 0 to 1 if the bounds are not finite.
  package init(lower: Double, upper: Double, count: Int = 4, padding: Double = 0.05) {
    guard lower.isFinite, upper.isFinite, lower <= upper else {
      self.init(exactly: 0, 1, count: count)
      return
    }
    let (low, high) = (Self.bounded(lower), Self.bounded(upper))
    let size = max(abs(low), abs(high))
    guard high - low > Self.least * size, high - low > 1e-290 else {
      // A constant lies in the middle of an axis.
      let around = size > 1e-290 ? 0.1 * size : 1
      self.init(exactly: low - around, high + around, count: count)
      return
    }
    let pad = padding * (high - low)
    // Zero is worth showing if it is near.
    let isNearZero = low > 0 && low < 0.25 * high
    let bottom = low >= 0 ? (isNearZero ? 0 : max(0, low - pad)) : low - pad
    self.init(exactly: bottom, high <= 0 ? min(0, high + pad) : high + pad, count: count)
  }

  private init(exactly lower: Double, _ upper: Double, count: Int) {
    (self.lower, self.upper) = (lower, upper)
    let rough = (upper - lower) / Double(max(1, count))
    var exponent = NumberText.exponent(rough)
    // The nearest of 1, 2, 5 and 10 times a power of ten, as ratios go.
    let share = rough / Self.power(exponent)
    var multiple =
      share < 2.0.squareRoot() ? 1.0 : share < 10.0.squareRoot() ? 2 : share < 50.0.squareRoot() ? 5 : 10
    if multiple == 10 { (multiple, exponent) = (1, exponent + 1) }
    // What is a multiple of a power, or a quotient by one, is exact.
    func tick(_ index: Double) -> Double {
      exponent < 0 ? index * multiple / Self.power(-exponent) : index * multiple * Self.power(exponent)
    }
    let step = tick(1)
    let (first, last) = ((lower / step - 1e-9).rounded(.up), (upper / step + 1e-9).rounded(.down))
    ticks = first <= last ? stride(from: first, through: last, by: 1).map { tick($0 == 0 ? 0 : $0) } : []
    labels = Self.labels(ticks, stepExponent: exponent)
  }

  private static func bounded(_ value: Double) -> Double { max(-most, min(value, most)) }

  private static func power(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<abs(exponent) { power *= 10 }
    return exponent < 0 ? 1 / power : power
  }

  /// All ticks alike: with one suffix, or with one power of ten, and with as many decimals as tell them apart.
  private static func labels(_ ticks: [Double], stepExponent: Int) -> [String] {
    let exponent = NumberText.exponent(ticks.map(abs).max() ?? 0)
    if exponent >= 15 || exponent < -3 {
      return ticks.map { tick in
        tick == 0
          ? "0"
          : NumberText.scientific(
            tick, decimals: max(0, NumberText.exponent(tick * (1 + 1e-12)) - stepExponent))
      }
    }
    let suffix = NumberText.Suffix.all.first { exponent >= ($0.exponent == 3 ? 4 : $0.exponent) }
    let decimals = max(0, (suffix?.exponent ?? 0) - stepExponent)
    return ticks.map { tick in
      tick == 0
        ? "0"
        : NumberText.grouped(tick / (suffix?.factor ?? 1), decimals: decimals) + (suffix?.text ?? "")
    }
  }

  /// Where a value lies: 0 at the lower end, 1 at the upper one.
  package func position(_ value: Double) -> Double {
    let share = (value - lower) / (upper - lower)
    // Infinite differences of huge values.
    return share.isFinite ? min(max(share, 0), 1) : (value > lower ? 1 : 0)
  }
}
