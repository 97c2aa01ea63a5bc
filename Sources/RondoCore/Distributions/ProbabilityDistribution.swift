/// A distribution of one number, whose parameters are known.
///
/// Its functions are the same on every system and draws are functions of seed, stream and position alone; see ``RandomSource``.
public protocol ProbabilityDistribution: Sendable {
  /// The expected number.
  var mean: Double { get }
  /// The expected square of the distance to the mean.
  var variance: Double { get }

  /// The logarithm of the density, or of the probability of a count.
  func logProbability(_ x: Double) -> Double

  /// The probability of x or less.
  func cumulative(_ x: Double) -> Double

  /// The least number that has at least a probability, between 0 and 1, of itself or less.
  func quantile(_ probability: Double) -> Double

  /// One draw.
  func sample(_ random: RandomSource, stream: UInt64, position: UInt64) -> Double
}

/// A distribution whose parameters come out of a linear layer, through functions (links) that make them valid.
protocol LinkedDistribution: ProbabilityDistribution {
  /// The numbers per target that a layer gives; two or three.
  static var parameterCount: Int { get }

  /// The distribution of what a layer gives, the last one or two of four left as 0.
  ///
  /// - Parameter scale: What the target is a multiple of.
  init(raw: SIMD4<Double>, scale: Double)

  /// −log p of a target, and its derivatives by the raw parameters.
  static func loss(_ raw: SIMD4<Double>, _ target: Double, _ scale: TargetScale) -> (
    value: Double, derivatives: SIMD4<Double>
  )
}

/// What a row's targets are multiples of.
struct TargetScale {
  let value: Double
  let logarithm: Double
  let inverseRoot: Double

  static let one = TargetScale(1)

  init(_ value: Float) {
    self.value = Double(value)
    logarithm = FastMath.log(self.value)
    inverseRoot = 1 / self.value.squareRoot()
  }
}
