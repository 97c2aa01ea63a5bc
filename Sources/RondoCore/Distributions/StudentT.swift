/// Student's t distribution, moved and scaled.
public struct StudentT: ProbabilityDistribution {
  /// The middle.
  public let location: Double
  /// What deviations from the middle are multiples of, above 0.
  public let scale: Double
  /// ν ≥ 1: the fewer, the heavier the tails.
  public let degreesOfFreedom: Double

  /// The distribution of location + scale · t with t of Student's distribution.
  public init(location: Double, scale: Double, degreesOfFreedom: Double) {
    require(!(scale <= 0), "StudentT: the scale \(scale)")
    require(!(degreesOfFreedom < 1), "StudentT: \(degreesOfFreedom) degrees of freedom")
    self.location = location
    self.scale = scale
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The location; NaN for one degree of freedom.
  public var mean: Double { degreesOfFreedom > 1 ? location : .nan }

  /// scale² ν / (ν − 2); infinite for two degrees of freedom or fewer.
  public var variance: Double {
    degreesOfFreedom > 2 ? scale * scale * degreesOfFreedom / (degreesOfFreedom - 2) : .infinity
  }

  public func logProbability(_ x: Double) -> Double {
    let z = (x - location) / scale
    return logDensity(z) - FastMath.log(scale)
  }

  public func cumulative(_ x: Double) -> Double {
    let z = (x - location) / scale
    return z < 0 ? tail(-z) : 1 - tail(z)
  }

  /// The expansion of Hill (algorithm 396, 1970, DOI 10.1145/355598.355600) and steps of Halley's method.
  public func quantile(_ probability: Double) -> Double {
    require(probability > 0 && probability < 1, "StudentT.quantile: the probability \(probability)")
    let p = min(probability, 1 - probability)
    var z = p == 0.5 ? 0 : approximateQuantile(p)
    let n = degreesOfFreedom
    for _ in 0..<20 where z > 0 {
      let error = (tail(z) - p) / FastMath.exp(logDensity(z))
      guard error.isFinite else { break }
      let step = error / (1 - 0.5 * error * z * (n + 1) / (z * z + n))
      // Half of the way to the middle at most.
      let next = max(0.5 * z, z + step)
      let isClose = abs(next - z) <= 1e-14 * z
      z = next
      if isClose { break }
    }
    return location + scale * (probability < 0.5 ? -z : z)
  }

  /// Bailey's form of the method of Box and Muller: √(ν (U^(−2/ν) − 1)) cos 2πV with U and V uniform (1994, DOI 10.2307/2153537).
  public func sample(_ random: RandomSource, stream: UInt64, position: UInt64) -> Double {
    let (first, second) = random.words(stream: stream, position: position)
    let n = degreesOfFreedom
    let square = n * FastMath.expm1(-2 / n * FastMath.log(RandomSource.positiveUnit(first)))
    return location + scale * square.squareRoot() * FastMath.cosine(turns: RandomSource.unit(second))
  }

  /// log Γ((ν + 1) / 2) − log Γ(ν / 2) − ½ log πν − ½ (ν + 1) log(1 + z² / ν)
  private func logDensity(_ z: Double) -> Double {
    let n = degreesOfFreedom
    return GammaFunctions.halfStep(0.5 * n).value - GammaFunctions.halfLogTwoPi
      - 0.5 * (n + 1) * FastMath.log1p(z / n * z)
  }

  /// The probability of more than z ≥ 0 scales above the middle: ½ I_{ν / (ν + z²)}(ν/2, ½).
  private func tail(_ z: Double) -> Double {
    let n = degreesOfFreedom
    // There the distributions differ by less than the continued fraction could find.
    if n > 1e9 { return Gaussian.tail(z) }
    let square = z / n * z
    if square == 0 { return 0.5 }
    let x = 1 / (1 + square)
    let y = square < .infinity ? square * x : 1
    // log(Γ((ν + 1) / 2) / (Γ(ν / 2) Γ(½))) with Γ(½) = √π
    let logBeta = GammaFunctions.halfStep(0.5 * n).value + 0.5 * FastMath.log(0.5 * n / .pi)
    let logFactor = logBeta - 0.5 * n * FastMath.log1p(square) + 0.5 * FastMath.log(y)
    return 0.5 * IncompleteBeta.regularized(0.5 * n, 0.5, x: x, y: y, logFactor: logFactor).lower
  }

  /// The z with `tail(z)` ≈ p < ½.
  private func approximateQuantile(_ p: Double) -> Double {
    let n = degreesOfFreedom
    if n > 1e9 { return -Gaussian.standard.quantile(p) }
    let a = 1 / (n - 0.5)
    let b = 48 / (a * a)
    var c = ((20_700 * a / b - 98) * a - 16) * a + 96.36
    let d = ((94.5 / (b + c) - 3) / b + 1) * (0.5 * a * .pi).squareRoot() * n
    var y = FastMath.exp(2 / n * FastMath.log(2 * d * p))
    if y > 0.05 + a {
      let x = Gaussian.standard.quantile(p)
      let square = x * x
      if n < 5 { c += 0.3 * (n - 4.5) * (x + 0.6) }
      c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b
      let inner = (((0.4 * square + 6.3) * square + 36) * square + 94.5) / c
      y = ((inner - square - 3) / b + 1) * x
      y = FastMath.expm1(a * y * y)
    } else {
      let inner = 1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)
      y = (inner * y - 1) * (n + 1) / (n + 2) + 1 / y
    }
    return (n * max(y, 0)).squareRoot()
  }
}
