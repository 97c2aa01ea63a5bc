/// The negative binomial distribution of counts 0, 1, 2, … with a mean μ and a variance μ + α μ²: a Poisson distribution whose rate is gamma distributed
/// with the shape 1/α and the mean μ. (Of 1/α successes with the probability 1 / (1 + α μ) it counts the failures before.)
public struct NegativeBinomial: ProbabilityDistribution {
  public let mean: Double
  /// α > 0; near 0 it is Poisson's distribution.
  public let shape: Double

  /// The distribution with a mean μ > 0 and a shape α > 0.
  public init(mean: Double, shape: Double) {
    require(!(mean <= 0) && !(shape <= 0), "NegativeBinomial: the mean \(mean), the shape \(shape)")
    self.mean = mean
    self.shape = shape
  }

  public var variance: Double { mean + shape * mean * mean }

  /// −∞ for what is no count.
  public func logProbability(_ x: Double) -> Double {
    guard x >= 0 && x < .infinity && x.rounded() == x else { return x.isNaN ? x : -.infinity }
    return Self.logProbability(x, mean: mean, shape: shape).value
  }

  public func cumulative(_ x: Double) -> Double {
    x < 0 ? 0 : tails(x.rounded(.down)).lower
  }

  public func quantile(_ probability: Double) -> Double {
    require(probability > 0 && probability < 1, "NegativeBinomial.quantile: the probability \(probability)")
    func isEnough(_ x: Double) -> Bool {
      let (lower, upper) = tails(x)
      return probability <= 0.5 ? lower >= probability : upper <= 1 - probability
    }
    // A guess from mean, variance and skewness (Cornish and Fisher), then twice as far each time, then halves.
    let z = Gaussian.standard.quantile(probability)
    let deviation = variance.squareRoot()
    let skewness = (1 + 2 * shape * mean) / deviation
    let guess = mean + deviation * (z + skewness * (z * z - 1) / 6)
    var step = max(1, (0.01 * deviation).rounded())
    var low = -1.0
    var high = min(max(0, guess.rounded()), 0x1p52)
    if isEnough(high) {
      while high - step > -1 && isEnough(high - step) {
        high -= step
        step *= 2
      }
      low = max(-1, high - step)
    } else {
      repeat {
        low = high
        high += step
        step *= 2
      } while high < 0x1p53 && !isEnough(high)
    }
    while high - low > 1 {
      let middle = ((low + high) / 2).rounded(.down)
      if isEnough(middle) { high = middle } else { low = middle }
    }
    return high
  }

  /// A Poisson number of a gamma distributed rate.
  public func sample(_ random: RandomSource, stream: UInt64, position: UInt64) -> Double {
    var numbers = RandomNumbers(random, stream: stream, position: position)
    return numbers.poisson(mean * shape * numbers.gamma(1 / shape))
  }

  /// The probabilities of x or less, and of more.
  private func tails(_ x: Double) -> (lower: Double, upper: Double) {
    let r = 1 / shape
    // P(1), …: the probability that a failure follows.
    let failure = shape * mean / (1 + shape * mean)
    let logarithm = Self.logProbability(x, mean: mean, shape: shape).value
    if r <= 1e4 {
      return IncompleteBeta.regularized(
        r, x + 1, x: 1 / (1 + shape * mean), y: failure,
        logFactor: logarithm + FastMath.log((r + x) * failure))
    }
    // Nearly Poisson's: the continued fraction would take differences of large numbers. P(k + 1) / P(k) = (r + k) / (k + 1) · failure, and
    // the sum on the smaller side is over soon.
    let ratio = mean / (1 + shape * mean)
    var (term, sum) = (FastMath.exp(logarithm), 0.0)
    if x < mean {
      var k = x
      while term > 1e-17 * sum {
        sum += term
        term *= k / ((1 + shape * (k - 1)) * ratio)
        k -= 1
      }
      return (min(1, sum), max(0, 1 - sum))
    }
    var k = x
    term *= (1 + shape * k) * ratio / (k + 1)
    while term > 1e-17 * sum {
      sum += term
      k += 1
      term *= (1 + shape * k) * ratio / (k + 1)
    }
    return (max(0, 1 - sum), min(1, sum))
  }

  /// log p of a count y ≥ 0,
  ///
  ///     log Γ(y + r) − log Γ(r) − log Γ(y + 1) − (r + y) log(1 + α μ) + y log(α μ) with r = 1/α,
  ///
  /// and r ∂ log p / ∂r. From r = 10 on the difference of the first two is that of Stirling's series, term by term, so that nothing is lost where r is
  /// large, up to Poisson's distribution.
  @inline(__always)
  static func logProbability(
    _ y: Double, mean: Double, shape: Double
  ) -> (value: Double, byLogShape: Double) {
    let r = 1 / shape
    let growth = FastMath.log1p(shape * mean)
    let counts = GammaFunctions.both(y + 1).logarithm
    let value: Double
    var difference: Double
    if r < 10 {
      let (above, below) = (GammaFunctions.both(r + y), GammaFunctions.both(r))
      value = above.logarithm - below.logarithm - counts - (r + y) * growth + y * FastMath.log(shape * mean)
      difference = r * (above.derivative - below.derivative)
    } else {
      let inverse = 1 / (r + y)
      let rise = FastMath.log1p(shape * y)
      let corrections = GammaFunctions.stirling(inverse) - GammaFunctions.stirling(shape)
      value = (r + y - 0.5) * rise - y + corrections - counts - (r + y) * growth + y * FastMath.log(mean)
      let series = GammaFunctions.stirlingOfDerivative(inverse) - GammaFunctions.stirlingOfDerivative(shape)
      difference = r * rise + 0.5 * y * inverse - r * series
    }
    return (value, difference - r * growth + r * (mean - y) / (r + mean))
  }
}
