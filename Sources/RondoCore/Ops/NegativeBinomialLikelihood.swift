/// The mean of −log p over counts of negative binomial distributions with the mean μ and the variance μ + α μ²:
///
///     log Γ(1/α) + log Γ(y + 1) − log Γ(y + 1/α) + (y + 1/α) log(1 + α μ) − y log(α μ)
///     with μ = s softplus(a), α = softplus(b) / √s
///
/// The counts y stay in their own unit; s is what those of a row are multiples of, such as 1 + the mean of its past. Below −300 raw parameters count
/// as −300.
///
/// Source: Salinas, Flunkert, Gasthaus and Januschowski, DeepAR, 2020, sections 3.1 and 3.3, arXiv 1704.04110.
///
/// - Parameters:
///   - raw: [rows, 2n]: the a of n targets, then their b.
///   - targets: [rows, n], not negative; NaN where there is none, which counts nothing.
///   - scales: s of each row; without it all are 1.
/// - Returns: A scalar, 0 if there are no targets.
public func negativeBinomialLikelihood(
  _ raw: Variable, _ targets: Tensor, scales: [Float]? = nil
) -> Variable {
  require(
    targets.withUnsafeBufferPointer { !$0.contains { $0 < 0 } },
    "negativeBinomialLikelihood: a target is negative")
  return LikelihoodLoss.node("negativeBinomialLikelihood", NegativeBinomial.self, raw, targets, scales)
}

extension NegativeBinomial: LinkedDistribution {
  static var parameterCount: Int { 2 }

  /// What softplus makes something above 0 of.
  private static func atLeast(_ x: Double) -> Double { max(x, -300) }

  init(raw: SIMD4<Double>, scale: Double) {
    self.init(
      mean: scale * FastMath.softplus(Self.atLeast(raw[0])).value,
      shape: FastMath.softplus(Self.atLeast(raw[1])).value / scale.squareRoot())
  }

  static func loss(
    _ raw: SIMD4<Double>, _ target: Double, _ scale: TargetScale
  ) -> (value: Double, derivatives: SIMD4<Double>) {
    let (first, firstSlope) = FastMath.softplus(atLeast(raw[0]))
    let (second, secondSlope) = FastMath.softplus(atLeast(raw[1]))
    let mu = scale.value * first
    let alpha = scale.inverseRoot * second
    let (value, byLogShape) = logProbability(target, mean: mu, shape: alpha)
    // ∂ log p / ∂ log μ = (y − μ) / (1 + α μ), and ∂ / ∂ log α = −∂ / ∂ log r.
    let byMean = (mu - target) / (1 + alpha * mu)
    return (-value, SIMD4(byMean * firstSlope / first, byLogShape * secondSlope / second, 0, 0))
  }
}

enum NegativeBinomialLikelihood: DifferentiableOperation {
  static func plain(_ raw: [Double], _ target: Double, _ scale: Double) -> Double {
    let mu = scale * LikelihoodLoss.plainSoftplus(raw[0])
    let alpha = LikelihoodLoss.plainSoftplus(raw[1]) / scale.squareRoot()
    return GammaFunctions.logGamma(1 / alpha) + GammaFunctions.logGamma(target + 1)
      - GammaFunctions.logGamma(target + 1 / alpha) + (target + 1 / alpha) * PortableMath.log(1 + alpha * mu)
      - target * PortableMath.log(alpha * mu)
  }

  static var checks: [OperationCheck] {
    let counts = OperationCheck.uniform([7, 5], stream: 2, in: 0, 30).values.map {
      max(0, ($0 - 5).rounded(.down))
    }
    return LikelihoodLoss.checks(
      "negativeBinomialLikelihood", 2, Tensor([7, 5], counts),
      { negativeBinomialLikelihood($0, $1, scales: $2) }, plain)
  }
}
