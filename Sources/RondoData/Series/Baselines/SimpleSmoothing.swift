/// Simple exponential smoothing: l_t = α y_t + (1 − α) l_{t−1}, whose last level is the forecast of every step.
///
/// α and the level before the first value minimise the sum of squared errors of the one-step forecasts: for an α the level is a linear least
/// squares problem, so that a search over α is all there is.
///
/// Hyndman, Koehler, Ord and Snyder 2008, DOI 10.1007/978-3-540-71918-2.
public struct SimpleSmoothing: Sendable {
  /// The weight of a new value, from 0.0001 to 0.9999.
  public let alpha: Double
  /// The level after the last value.
  public let level: Double

  /// Fits a series of at least one value.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "SimpleSmoothing: no values")
    let (least, most) = (0.0001, 0.9999)
    // The sum of squares may have several minima: the best of a grid, then a golden section around it.
    let grid = (0...40).map { least + (most - least) * Double($0) / 40 }
    let best = grid.min { Self.fit(values, $0).error < Self.fit(values, $1).error }!
    let step = (most - least) / 40
    var (a, b) = (max(least, best - step), min(most, best + step))
    let ratio = (5.0.squareRoot() - 1) / 2
    while b - a > 1e-6 {
      let (c, d) = (b - ratio * (b - a), a + ratio * (b - a))
      if Self.fit(values, c).error < Self.fit(values, d).error { b = d } else { a = c }
    }
    alpha = (a + b) / 2
    level = Self.fit(values, alpha).level
  }

  /// The error e_t = u_t − v_t l_0 is linear in the first level l_0.
  private static func fit(_ values: [Double], _ alpha: Double) -> (error: Double, level: Double) {
    // The level as p + q l_0.
    var (p, q) = (0.0, 1.0)
    var (uu, uv, vv) = (0.0, 0.0, 0.0)
    for y in values {
      let u = y - p
      uu += u * u
      uv += u * q
      vv += q * q
      p = alpha * y + (1 - alpha) * p
      q *= 1 - alpha
    }
    let first = uv / vv
    return (uu - uv * first, p + q * first)
  }
}
