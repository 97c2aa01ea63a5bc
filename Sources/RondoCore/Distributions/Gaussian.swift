/// The normal distribution.
public struct Gaussian: ProbabilityDistribution {
  public let mean: Double
  /// The root of the variance, above 0.
  public let deviation: Double

  /// The distribution with this mean and deviation.
  public init(mean: Double, deviation: Double) {
    require(!(deviation <= 0), "Gaussian: the deviation \(deviation)")
    self.mean = mean
    self.deviation = deviation
  }

  /// The one with mean 0 and variance 1.
  public static let standard = Gaussian(mean: 0, deviation: 1)

  public var variance: Double { deviation * deviation }

  public func logProbability(_ x: Double) -> Double {
    let z = (x - mean) / deviation
    return -0.5 * z * z - FastMath.log(deviation) - GammaFunctions.halfLogTwoPi
  }

  public func cumulative(_ x: Double) -> Double {
    let z = (x - mean) / deviation
    return z < 0 ? Self.tail(-z) : 1 - Self.tail(z)
  }

  /// Wichura's rational approximation of seven digits (algorithm AS 241, 1988, DOI 10.2307/2347330) and a step of Halley's method.
  public func quantile(_ probability: Double) -> Double {
    require(probability > 0 && probability < 1, "Gaussian.quantile: the probability \(probability)")
    let p = min(probability, 1 - probability)
    let x = Self.approximateQuantile(p)
    let error = (Self.tail(x) - p) / Self.density(x)
    let size = x + error / (1 - 0.5 * x * error)
    return mean + deviation * (probability < 0.5 ? -size : size)
  }

  /// The method of Box and Muller (1958, DOI 10.1214/aoms/1177706645).
  public func sample(_ random: RandomSource, stream: UInt64, position: UInt64) -> Double {
    let (first, second) = random.words(stream: stream, position: position)
    let radius = (-2 * FastMath.log(RandomSource.positiveUnit(first))).squareRoot()
    return mean + deviation * radius * FastMath.cosine(turns: RandomSource.unit(second))
  }

  private static func density(_ z: Double) -> Double {
    0.398_942_280_401_432_677_9 * FastMath.exp(-0.5 * z * z)
  }

  /// The probability of more than z ≥ 0: below 3 by the series of its distance from ½, above by Laplace's continued fraction.
  static func tail(_ z: Double) -> Double {
    if z < 3 {
      var (term, sum, k) = (z, z, 1.0)
      while term > 1e-17 * sum {
        k += 2
        term *= z * z / k
        sum += term
      }
      return 0.5 - density(z) * sum
    }
    var fraction = z
    for k in stride(from: 80.0, to: 0, by: -1) { fraction = z + k / fraction }
    return density(z) / fraction
  }

  /// The z with `tail(z)` ≈ p ≤ ½.
  private static func approximateQuantile(_ p: Double) -> Double {
    let q = 0.5 - p
    if q <= 0.425 {
      let r = 0.180_625 - q * q
      return q * (((59.109_374_720 * r + 159.291_132_02) * r + 50.434_271_938) * r + 3.387_132_717_9)
        / (((67.187_563_600 * r + 78.757_757_664) * r + 17.895_169_469) * r + 1)
    }
    let root = (-FastMath.log(p)).squareRoot()
    if root <= 5 {
      let r = root - 1.6
      return (((0.170_238_211_03 * r + 1.306_728_481_6) * r + 2.756_815_390_0) * r + 1.423_437_277_7)
        / ((0.120_211_329_75 * r + 0.737_001_642_50) * r + 1)
    }
    let r = root - 5
    return (((0.017_337_203_997 * r + 0.428_682_943_37) * r + 3.081_226_386_0) * r + 6.657_905_115_0)
      / ((0.012_258_202_635 * r + 0.241_978_942_25) * r + 1)
  }
}
