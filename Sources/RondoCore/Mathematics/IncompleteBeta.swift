/// The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22) in the way of Lentz.
enum IncompleteBeta {
  /// I_x(a, b) and 1 − I_x(a, b), each with a small relative error where it is the smaller one.
  ///
  /// - Parameters:
  ///   - y: 1 − x, which the caller may know better.
  ///   - logFactor: log(xᵃ yᵇ Γ(a + b) / (Γ(a) Γ(b))).
  static func regularized(
    _ a: Double, _ b: Double, x: Double, y: Double, logFactor: Double
  ) -> (lower: Double, upper: Double) {
    if x <= 0 { return (0, 1) }
    if y <= 0 { return (1, 0) }
    let factor = FastMath.exp(logFactor)
    if x < (a + 1) / (a + b + 2) {
      let lower = min(1, factor * fraction(a, b, x) / a)
      return (lower, 1 - lower)
    }
    let upper = min(1, factor * fraction(b, a, y) / b)
    return (1 - upper, upper)
  }

  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    func apartFromZero(_ x: Double) -> Double { abs(x) < 1e-300 ? 1e-300 : x }
    var c = 1.0
    var d = 1 / apartFromZero(1 - (a + b) * x / (a + 1))
    var result = d
    // Near the mean it takes about the root of the larger parameter.
    for step in 1...100_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a - 1 + 2 * m) * (a + 2 * m))
      d = 1 / apartFromZero(1 + even * d)
      c = apartFromZero(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 1 + 2 * m))
      d = 1 / apartFromZero(1 + odd * d)
      c = apartFromZero(1 + odd / c)
      let change = d * c
      result *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return result
  }
}
