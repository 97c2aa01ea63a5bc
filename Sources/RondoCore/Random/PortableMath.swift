/// Elementary functions in Double from additions, multiplications and divisions alone, which round alike
/// everywhere: C libraries differ in the last bits. For what must be equal on every system (initial weights,
/// schedules); accurate to about 10⁻¹⁵, not fast.
public enum PortableMath {
  static let ln2 = 0.693_147_180_559_945_309_4

  /// The natural logarithm of a positive, finite number: x = m · 2ᵉ with m near 1, log m = 2 atanh((m − 1) /
  /// (m + 1)).
  public static func log(_ x: Double) -> Double {
    require(x > 0 && x.isFinite, "PortableMath.log: \(x) is not positive and finite")
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.414_213_562_373_095 {
      mantissa /= 2
      exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var series = 0.0
    for n in stride(from: 23, through: 1, by: -2) { series = series * square + 1 / Double(n) }
    return exponent * ln2 + 2 * s * series
  }

  /// eˣ = 2ⁿ · eʳ with |r| ≤ ½ log 2.
  public static func exp(_ x: Double) -> Double {
    if x > 709.8 { return .infinity }
    if x < -745.2 { return 0 }
    if x.isNaN { return x }
    let n = (x / ln2).rounded()
    // log 2 in two parts, the first with few bits, so that n · high is exact.
    let r = (x - n * 0.693_147_180_369_123_816_5) - n * 1.908_214_929_270_587_700_0e-10
    var series = 1.0
    for k in stride(from: 15, through: 1, by: -1) { series = 1 + series * r / Double(k) }
    return scale(series, by: Int(n))
  }

  /// base^exponent for a positive base.
  public static func power(_ base: Double, _ exponent: Double) -> Double {
    exp(exponent * log(base))
  }

  /// The cosine of an angle given in turns: cos(2π · turns).
  public static func cosine(turns: Double) -> Double {
    let fraction = turns - turns.rounded(.down)
    let quarter = (fraction * 4).rounded()
    let angle = (fraction - quarter / 4) * 6.283_185_307_179_586_476_9
    let square = angle * angle
    var cosine = 1.0
    for k in stride(from: 18, through: 2, by: -2) { cosine = 1 - cosine * square / Double(k * (k - 1)) }
    var sine = 1.0
    for k in stride(from: 19, through: 3, by: -2) { sine = 1 - sine * square / Double(k * (k - 1)) }
    switch Int(quarter) & 3 {
    case 0: return cosine
    case 1: return -sine * angle
    case 2: return -cosine
    default: return sine * angle
    }
  }

  /// x · 2ⁿ in two steps, each of which is a normal number's power.
  private static func scale(_ x: Double, by n: Int) -> Double {
    let half = n / 2
    return x * Double(sign: .plus, exponent: half, significand: 1)
      * Double(sign: .plus, exponent: n - half, significand: 1)
  }
}
