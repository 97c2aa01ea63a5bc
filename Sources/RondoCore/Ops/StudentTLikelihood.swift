/// The mean of −log p over targets of Student's t distributions:
///
///     log(σ √(ν π) Γ(ν/2) / Γ((ν + 1)/2)) + ½ (ν + 1) log(1 + z² / ν) with z = (target − μ) / σ, μ = s a,
///     σ = s (softplus(b) + 10⁻⁴), ν = 2.01 + softplus(c)
///
/// Source: the links are those of DeepAR's normal distribution, Salinas et al. 2020, arXiv 1704.04110; the distribution: Lange, Little and Taylor,
/// Robust statistical modeling using the t distribution, 1989, DOI 10.2307/2290063.
///
/// - Parameters:
///   - raw: [rows, 3n]: the a of n targets, then their b, then their c.
///   - targets: [rows, n]; NaN where there is none, which counts nothing.
///   - scales: s of each row; without it all are 1.
/// - Returns: A scalar, 0 if there are no targets.
public func studentTLikelihood(_ raw: Variable, _ targets: Tensor, scales: [Float]? = nil) -> Variable {
  LikelihoodLoss.node("studentTLikelihood", StudentT.self, raw, targets, scales)
}

extension StudentT: LinkedDistribution {
  static var parameterCount: Int { 3 }

  init(raw: SIMD4<Double>, scale: Double) {
    self.init(
      location: scale * raw[0],
      scale: scale * (FastMath.softplus(raw[1]).value + LikelihoodKind.deviationFloor),
      degreesOfFreedom: FastMath.softplus(raw[2]).value + LikelihoodKind.degreesFloor)
  }

  static func loss(
    _ raw: SIMD4<Double>, _ target: Double, _ scale: TargetScale
  ) -> (value: Double, derivatives: SIMD4<Double>) {
    let (softplus, slope) = FastMath.softplus(raw[1])
    let (freedom, freedomSlope) = FastMath.softplus(raw[2])
    let sigma = softplus + LikelihoodKind.deviationFloor
    let nu = freedom + LikelihoodKind.degreesFloor
    let inverse = 1 / sigma
    let z = (target / scale.value - raw[0]) * inverse
    let square = z * z
    let growth = FastMath.log1p(square / nu)
    // Γ((ν + 1)/2) / Γ(ν/2) is √(ν/2) times the exponential of this.
    let step = GammaFunctions.halfStep(0.5 * nu)
    let value =
      FastMath.log(sigma) + scale.logarithm + GammaFunctions.halfLogTwoPi - step.value
      + 0.5 * (nu + 1) * growth
    // (ν + 1) / (ν + z²)
    let weight = (nu + 1) / (nu + square)
    let byNu = 0.5 * (growth - step.derivative - square * weight / nu)
    return (
      value,
      SIMD4(-weight * z * inverse, (1 - weight * square) * inverse * slope, byNu * freedomSlope, 0)
    )
  }
}

enum StudentTLikelihood: DifferentiableOperation {
  static func plain(_ raw: [Double], _ target: Double, _ scale: Double) -> Double {
    let sigma = scale * (LikelihoodLoss.plainSoftplus(raw[1]) + 1e-4)
    let nu = LikelihoodLoss.plainSoftplus(raw[2]) + 2.01
    let z = (target - scale * raw[0]) / sigma
    return PortableMath.log(sigma) + PortableMath.log(nu * .pi) / 2 + GammaFunctions.logGamma(nu / 2)
      - GammaFunctions.logGamma((nu + 1) / 2) + (nu + 1) / 2 * PortableMath.log(1 + z * z / nu)
  }

  static var checks: [OperationCheck] {
    LikelihoodLoss.checks(
      "studentTLikelihood", 3, OperationCheck.uniform([7, 5], stream: 2, in: -4, 4),
      { studentTLikelihood($0, $1, scales: $2) }, plain)
  }
}
