/// The mean of −log p over targets of normal distributions:
///
///     ½ z² + log σ + ½ log 2π with z = (target − μ) / σ, μ = s a, σ = s (softplus(b) + 10⁻⁴)
///
/// Source: Salinas, Flunkert, Gasthaus and Januschowski, DeepAR, 2020, section 3.1, arXiv 1704.04110.
///
/// - Parameters:
///   - raw: [rows, 2n]: the a of n targets, then their b.
///   - targets: [rows, n]; NaN where there is none, which counts nothing.
///   - scales: s of each row; without it all are 1.
/// - Returns: A scalar, 0 if there are no targets.
public func gaussianLikelihood(_ raw: Variable, _ targets: Tensor, scales: [Float]? = nil) -> Variable {
  LikelihoodLoss.node("gaussianLikelihood", Gaussian.self, raw, targets, scales)
}

extension Gaussian: LinkedDistribution {
  static var parameterCount: Int { 2 }

  init(raw: SIMD4<Double>, scale: Double) {
    let deviation = FastMath.softplus(raw[1]).value + LikelihoodKind.deviationFloor
    self.init(mean: scale * raw[0], deviation: scale * deviation)
  }

  static func loss(
    _ raw: SIMD4<Double>, _ target: Double, _ scale: TargetScale
  ) -> (value: Double, derivatives: SIMD4<Double>) {
    let (softplus, slope) = FastMath.softplus(raw[1])
    let deviation = softplus + LikelihoodKind.deviationFloor
    let inverse = 1 / deviation
    let z = (target / scale.value - raw[0]) * inverse
    let value = 0.5 * z * z + FastMath.log(deviation) + scale.logarithm + GammaFunctions.halfLogTwoPi
    return (value, SIMD4(-z * inverse, (1 - z * z) * inverse * slope, 0, 0))
  }
}

enum GaussianLikelihood: DifferentiableOperation {
  static func plain(_ raw: [Double], _ target: Double, _ scale: Double) -> Double {
    let deviation = scale * (LikelihoodLoss.plainSoftplus(raw[1]) + 1e-4)
    let distance = target - scale * raw[0]
    return PortableMath.log(2 * .pi * deviation * deviation) / 2
      + distance * distance / (2 * deviation * deviation)
  }

  static var checks: [OperationCheck] {
    LikelihoodLoss.checks(
      "gaussianLikelihood", 2, OperationCheck.uniform([7, 5], stream: 2, in: -4, 4),
      { gaussianLikelihood($0, $1, scales: $2) }, plain)
  }
}
