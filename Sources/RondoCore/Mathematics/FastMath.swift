/// Elementary functions in Double that are fast, for what is computed for every element of a batch: additions, multiplications, divisions and roots
/// alone, so that they round alike everywhere, as those of `PortableMath`.
///
/// The reductions and polynomials are those of Sun's fdlibm (1993); errors are below two units in the last place.
package enum FastMath {
  private static let ln2High = 6.931_471_803_691_238_164_90e-01
  private static let ln2Low = 1.908_214_929_270_587_700_02e-10
  /// Added and taken away again, it rounds a number of less than 2⁵¹ to the nearest integer.
  private static let rounding = 0x1.8p52

  /// The natural logarithm; −∞ of 0, NaN of negative numbers.
  package static func log(_ x: Double) -> Double {
    guard x >= .leastNormalMagnitude && x < .infinity else {
      if x > 0 && x < .infinity { return log(x * 0x1p54) - 54 * PortableMath.ln2 }
      return x == 0 ? -.infinity : x == .infinity ? x : .nan
    }
    // x = 2ᵏ (1 + f) with √½ ≤ 1 + f < √2.
    let bits = x.bitPattern &+ (0x3FF0_0000_0000_0000 - 0x3FE6_A09E_0000_0000)
    let k = Double(Int64(bits >> 52) - 1023)
    let f = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF &+ 0x3FE6_A09E_0000_0000) - 1
    return reducedLog(f, k)
  }

  /// log(1 + f) + k log 2 for √½ − 1 ≤ f ≤ √2 − 1.
  @inline(__always)
  private static func reducedLog(_ f: Double, _ k: Double) -> Double {
    let half = 0.5 * f * f
    let s = f / (2 + f)
    let z = s * s
    let w = z * z
    let even =
      w
      * (3.999_999_999_940_941_908e-01 + w
        * (2.222_219_843_214_978_396e-01 + w * 1.531_383_769_920_937_332e-01))
    let high = 1.818_357_216_161_805_012e-01 + w * 1.479_819_860_511_658_591e-01
    let odd = z * (6.666_666_666_666_735_130e-01 + w * (2.857_142_874_366_239_149e-01 + w * high))
    return s * (half + even + odd) + k * ln2Low - half + f + k * ln2High
  }

  /// log(1 + x) for x > −1.
  package static func log1p(_ x: Double) -> Double {
    if abs(x) < 0x1p-54 { return x }
    if !(x < 0x1p60) { return log(x) }
    let u = 1 + x
    // What the sum lost.
    let lost = x >= 1 ? 1 - (u - x) : x - (u - 1)
    return log(u) + lost / u
  }

  /// eˣ; 0 below −708.
  package static func exp(_ x: Double) -> Double {
    guard abs(x) <= 708 else {
      if x < 0 || x.isNaN { return x < 0 ? 0 : x }
      if x > 709.782_712_893_384 { return .infinity }
      let root = exp(0.5 * x)
      return root * root
    }
    let (scale, p) = parts(x)
    return scale * (1 + p)
  }

  /// eˣ − 1.
  package static func expm1(_ x: Double) -> Double {
    guard abs(x) <= 708 else { return exp(x) - 1 }
    let (scale, p) = parts(x)
    return scale * p + (scale - 1)
  }

  /// eˣ = scale (1 + p) with scale a power of 2 and |p| < ½, for |x| ≤ 708.
  @inline(__always)
  private static func parts(_ x: Double) -> (scale: Double, p: Double) {
    let shifted = x * 1.442_695_040_888_963_387 + rounding
    let k = shifted - rounding
    let high = x - k * ln2High
    let low = k * ln2Low
    let r = high - low
    let z = r * r
    let last =
      6.613_756_321_437_934_361_17e-05 + z
      * (-1.653_390_220_546_525_153_90e-06 + z * 4.138_136_797_057_238_460_39e-08)
    let c = r - z * (1.666_666_666_666_660_190_37e-01 + z * (-2.777_777_777_701_559_338_42e-03 + z * last))
    // The integer stands in the last bits of the sum.
    let scale = Double(bitPattern: (shifted.bitPattern &+ 1023) << 52)
    return (scale, (r * c / (2 - c) - low) + high)
  }

  /// log(1 + eˣ) and its derivative, the logistic function.
  @inline(__always)
  package static func softplus(_ x: Double) -> (value: Double, derivative: Double) {
    let e = exp(-abs(x))
    let inverse = 1 / (1 + e)
    // The logarithm without the sum of 1 and e, which would lose what is small.
    let isLarge = e > 0.414_2
    let logarithm = reducedLog(isLarge ? 0.5 * (e - 1) : e, isLarge ? 1 : 0)
    return ((x > 0 ? x : 0) + logarithm, x >= 0 ? inverse : e * inverse)
  }

  /// cos(2π · turns) for |turns| < 2⁴⁹.
  package static func cosine(turns: Double) -> Double {
    let shifted = 4 * turns + rounding
    let x = (turns - (shifted - rounding) * 0.25) * 6.283_185_307_179_586_476_9
    let z = x * x
    var result: Double
    let quarter = shifted.bitPattern & 3
    if quarter & 1 == 0 {
      let last =
        -2.755_731_435_139_066_330_35e-07 + z
        * (2.087_572_321_298_174_827_90e-09 - z * 1.135_964_755_778_819_482_65e-11)
      let middle = -1.388_888_888_887_410_957_49e-03 + z * (2.480_158_728_947_672_941_78e-05 + z * last)
      result = 1 - 0.5 * z + z * z * (4.166_666_666_666_660_190_37e-02 + z * middle)
    } else {
      let last =
        2.755_731_370_707_006_767_89e-06 + z
        * (-2.505_076_025_340_686_341_95e-08 + z * 1.589_690_995_211_550_102_21e-10)
      let middle = 8.333_333_333_322_489_461_24e-03 + z * (-1.984_126_982_985_794_931_34e-04 + z * last)
      result = -(x + x * z * (-1.666_666_666_666_663_243_48e-01 + z * middle))
    }
    if quarter & 2 != 0 { result = -result }
    return result
  }
}
