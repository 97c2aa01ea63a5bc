/// The logarithm of the gamma function and its derivative, from additions, multiplications and divisions alone.
///
/// Arguments below 10 are moved up by Γ(x + 1) = x Γ(x); there Stirling's series is exact to the last bits:
///
///     log Γ(x) = (x − ½) log x − x + ½ log 2π + Σₖ B₂ₖ / (2k (2k − 1) x²ᵏ⁻¹)
///     ψ(x) = log x − 1 / 2x − Σₖ B₂ₖ / (2k x²ᵏ)
///
/// Abramowitz and Stegun 1964, 6.1.40 and 6.3.18.
public enum GammaFunctions {
  /// ½ log 2π
  static let halfLogTwoPi = 0.918_938_533_204_672_741_8
  /// Where the series begin to be used.
  private static let large = 10.0

  /// log Γ(x) for x > 0; the relative error is below 10⁻¹², near its zeros 1 and 2, too.
  public static func logGamma(_ x: Double) -> Double {
    require(x > 0, "GammaFunctions.logGamma: \(x) is not positive")
    if abs(x - 1) <= 0.25 { return logGammaNearOne(x - 1) }
    if abs(x - 2) <= 0.25 { return FastMath.log1p(x - 2) + logGammaNearOne(x - 2) }
    return both(x).logarithm
  }

  /// ψ(x) = d log Γ(x) / dx for x > 0; the error is below 10⁻¹² of max(|ψ|, 0.01).
  public static func digamma(_ x: Double) -> Double {
    require(x > 0, "GammaFunctions.digamma: \(x) is not positive")
    return both(x).derivative
  }

  /// log Γ(x) and ψ(x) for the price of one; the logarithm's error is relative to max(|log Γ|, 1).
  @inline(__always)
  static func both(_ x: Double) -> (logarithm: Double, derivative: Double) {
    // Γ(x) = Γ(x + n) / product; sum is the product's derivative, by x.
    var (up, product, sum) = (x, 1.0, 0.0)
    while up < large {
      sum = sum * up + product
      product *= up
      up += 1
    }
    let log = FastMath.log(up)
    let inverse = 1 / up
    var logarithm = (up - 0.5) * log - up + halfLogTwoPi + stirling(inverse)
    var derivative = log - 0.5 * inverse - stirlingOfDerivative(inverse)
    if x < large {
      logarithm -= FastMath.log(product)
      derivative -= sum / product
    }
    return (logarithm, derivative)
  }

  /// Σₖ B₂ₖ / (2k (2k − 1) x²ᵏ⁻¹) for 1/x.
  @inline(__always)
  static func stirling(_ inverse: Double) -> Double {
    let z = inverse * inverse
    let high =
      -0.001_917_526_917_526_917_527 + z * (0.006_410_256_410_256_410_256 + z * -0.029_550_653_594_771_241_83)
    let middle = -0.000_595_238_095_238_095_238_1 + z * (0.000_841_750_841_750_841_750_8 + z * high)
    let low = -0.002_777_777_777_777_777_778 + z * (0.000_793_650_793_650_793_650_8 + z * middle)
    return inverse * (0.083_333_333_333_333_333_33 + z * low)
  }

  /// Σₖ B₂ₖ / (2k x²ᵏ) for 1/x.
  @inline(__always)
  static func stirlingOfDerivative(_ inverse: Double) -> Double {
    let z = inverse * inverse
    let high =
      -0.021_092_796_092_796_092_80 + z * (0.083_333_333_333_333_333_33 + z * -0.443_259_803_921_568_627_5)
    let middle = -0.004_166_666_666_666_666_667 + z * (0.007_575_757_575_757_575_758 + z * high)
    let low = -0.008_333_333_333_333_333_333 + z * (0.003_968_253_968_253_968_254 + z * middle)
    return z * (0.083_333_333_333_333_333_33 + z * low)
  }

  /// log Γ(1 + z) = −γ z + Σₖ ζ(k) (−z)ᵏ / k for |z| ≤ ¼.
  private static func logGammaNearOne(_ z: Double) -> Double {
    var series = 0.0
    for coefficient in zetas { series = series * -z + coefficient }
    return z * (series * z - 0.577_215_664_901_532_860_61)
  }

  /// ζ(k) / k from k = 29 down to 2.
  private static let zetas = [
    0.034_482_758_684_919_300_811, 0.035_714_285_847_333_358_028, 0.037_037_037_312_989_325_549,
    0.038_461_539_034_675_185_706, 0.040_000_001_192_140_140_586, 0.041_666_669_150_341_210_469,
    0.043_478_266_053_040_259_361, 0.045_454_556_293_204_669_442, 0.047_619_070_330_142_227_991,
    0.050_000_047_698_101_693_64, 0.052_631_679_379_616_660_734, 0.055_555_767_627_403_611_102,
    0.058_823_978_658_684_582_339, 0.062_500_955_141_213_040_742, 0.066_668_705_882_420_468_033,
    0.071_432_946_295_361_336_059, 0.076_932_516_411_352_191_473, 0.083_353_840_546_109_004_025,
    0.090_954_017_145_829_042_233, 0.100_099_457_512_781_808_53, 0.111_334_265_869_564_690_49,
    0.125_509_669_524_743_042_42, 0.144_049_896_768_846_118_12, 0.169_557_176_997_408_189_95,
    0.207_385_551_028_673_985_27, 0.270_580_808_427_784_547_88, 0.400_685_634_386_531_428_47,
    0.822_467_033_424_113_218_24,
  ]

  /// log Γ(x + ½) − log Γ(x) − ½ log x and its derivative, for x > 0, without taking the difference of large numbers:
  ///
  ///     −1 / 8x + 1 / 192x³ − 1 / 640x⁵ + 17 / 14336x⁷ − …
  @inline(__always)
  static func halfStep(_ x: Double) -> (value: Double, derivative: Double) {
    // The ratio of the gamma functions at x + n is larger by Π (x + k + ½) / (x + k), whose logarithm falls by sum / denominator.
    let large = 8.0
    var (up, numerator, denominator, sum) = (x, 1.0, 1.0, 0.0)
    while up < large {
      let factor = up * (up + 0.5)
      numerator *= up + 0.5
      sum = sum * factor + 0.5 * denominator
      denominator *= factor
      up += 1
    }
    let inverse = 1 / up
    let z = inverse * inverse
    let c3 = 0.005_208_333_333_333_333_333
    let c7 = 0.001_185_825_892_857_142_857
    let c9 = -0.001_681_857_638_888_888_889
    let c11 = 0.003_834_117_542_613_636_364
    let c13 = -0.012_819_730_318_509_615_39
    var value = inverse * (-0.125 + z * (c3 + z * (-0.001_562_5 + z * (c7 + z * (c9 + z * (c11 + z * c13))))))
    let last = 9 * c9 + z * (11 * c11 + z * (13 * c13))
    var derivative = -z * (-0.125 + z * (3 * c3 + z * (-0.007_812_5 + z * (7 * c7 + z * last))))
    if x < large {
      // Π (x + k + ½) / (x + k), of which the denominator has both.
      let ratio = numerator * numerator / denominator
      value += 0.5 * FastMath.log(up / (x * ratio * ratio))
      derivative += 0.5 * (inverse - 1 / x) + sum / denominator
    }
    return (value, derivative)
  }
}
