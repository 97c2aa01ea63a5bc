/// As many random numbers as are needed, as a function of seed, stream and position: those of a source whose seed these three give.
struct RandomNumbers {
  private let source: RandomSource
  private var next: UInt64 = 0

  init(_ random: RandomSource, stream: UInt64, position: UInt64) {
    source = RandomSource(seed: random.bits(stream: stream, position: position))
  }

  private mutating func words() -> (UInt64, UInt64) {
    defer { next += 1 }
    return source.words(stream: 0, position: next)
  }

  /// A gamma distributed number of scale 1, by the method of Marsaglia and Tsang (2000, DOI 10.1145/358407.358414).
  mutating func gamma(_ shape: Double) -> Double {
    guard shape < 1 else { return gammaFromOne(shape) }
    // With less than one: g of shape + 1 times U^(1/shape).
    let uniform = RandomSource.positiveUnit(words().0)
    return gammaFromOne(shape + 1) * FastMath.exp(FastMath.log(uniform) / shape)
  }

  private mutating func gammaFromOne(_ shape: Double) -> Double {
    let d = shape - 1 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
      // Of the first word the first 32 bits accept, the others and the second word make a normal number.
      let (first, second) = words()
      let uniform = (Double(first >> 32) + 0.5) * 0x1p-32
      let radius = (-2 * FastMath.log(RandomSource.positiveUnit(second))).squareRoot()
      let x = radius * FastMath.cosine(turns: Double(first & 0xFFFF_FFFF) * 0x1p-32)
      let root = 1 + c * x
      if root <= 0 { continue }
      let v = root * root * root
      if uniform < 1 - 0.0331 * x * x * x * x { return d * v }
      if FastMath.log(uniform) < 0.5 * x * x + d * (1 - v + FastMath.log(v)) { return d * v }
    }
  }

  /// A Poisson distributed number: by inversion for small rates, by Hörmann's transformed rejection (PTRS, 1993, DOI 10.1016/0167-6687(93)90997-4)
  /// from 10 on, as a rounded normal number where its skewness is below 10⁻⁵.
  mutating func poisson(_ rate: Double) -> Double {
    if rate.isNaN || rate == .infinity { return rate }
    if rate < 10 {
      let uniform = RandomSource.unit(words().0)
      var (count, term) = (0.0, FastMath.exp(-rate))
      var sum = term
      while uniform >= sum && count < 200 {
        count += 1
        term *= rate / count
        sum += term
      }
      return count
    }
    let root = rate.squareRoot()
    if rate > 1e10 {
      let (first, second) = words()
      let radius = (-2 * FastMath.log(RandomSource.positiveUnit(first))).squareRoot()
      return (rate + root * radius * FastMath.cosine(turns: RandomSource.unit(second))).rounded()
    }
    let b = 0.931 + 2.53 * root
    let a = -0.059 + 0.02483 * b
    let inverse = 1.1239 + 1.1328 / (b - 3.4)
    let region = 0.9277 - 3.6224 / (b - 2)
    let logarithm = FastMath.log(rate)
    while true {
      let (first, second) = words()
      let u = RandomSource.unit(first) - 0.5
      let v = RandomSource.positiveUnit(second)
      let distance = 0.5 - abs(u)
      let count = ((2 * a / distance + b) * u + rate + 0.43).rounded(.down)
      if distance >= 0.07 && v <= region { return count }
      if count < 0 || distance < 0.013 && v > distance { continue }
      let bound = count * logarithm - rate - GammaFunctions.both(count + 1).logarithm
      if FastMath.log(v * inverse / (a / (distance * distance) + b)) <= bound { return count }
    }
  }
}
