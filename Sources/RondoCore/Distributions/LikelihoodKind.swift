/// The families of distributions that a forecaster can end in: a linear layer gives `parameterCount` numbers for each target, links make
/// parameters of them, and training minimises −log p of what came (Salinas, Flunkert, Gasthaus and Januschowski, DeepAR, 2020, arXiv 1704.04110).
///
/// With raw parameters a, b, c, softplus(x) = log(1 + eˣ) and the scale s of a row, which multiplies its targets:
///
/// | family | parameters |
/// |---|---|
/// | Gaussian | mean s a, deviation s (softplus(b) + 10⁻⁴) |
/// | Student's t | location s a, scale s (softplus(b) + 10⁻⁴), degrees of freedom 2.01 + softplus(c) |
/// | negative binomial | mean μ = s softplus(a), shape α = softplus(b) / √s, so that the variance is μ + α μ² |
///
/// Raw parameters are [rows, parameterCount · n] for n targets of a row: the n first parameters, then the n second ones, …, as `quantileLoss` has
/// its quantiles.
public enum LikelihoodKind: String, CaseIterable, Codable, Sendable {
  case gaussian
  case studentT = "student-t"
  case negativeBinomial = "negative-binomial"

  /// What deviations do not fall below, so that a series that does not change has a density.
  static let deviationFloor = 1e-4
  /// What degrees of freedom do not fall below, so that there is a variance.
  static let degreesFloor = 2.01

  /// The raw parameters of a target: 2 or 3.
  public var parameterCount: Int { family.parameterCount }

  /// Whether targets are counts: whole numbers that are not negative.
  public var isOfCounts: Bool { self == .negativeBinomial }

  private var family: any LinkedDistribution.Type {
    switch self {
    case .gaussian: Gaussian.self
    case .studentT: StudentT.self
    case .negativeBinomial: NegativeBinomial.self
    }
  }

  /// The mean of −log p over targets: ``gaussianLikelihood(_:_:scales:)``, ``studentTLikelihood(_:_:scales:)`` or
  /// ``negativeBinomialLikelihood(_:_:scales:)``.
  public func loss(_ raw: Variable, _ targets: Tensor, scales: [Float]? = nil) -> Variable {
    switch self {
    case .gaussian: gaussianLikelihood(raw, targets, scales: scales)
    case .studentT: studentTLikelihood(raw, targets, scales: scales)
    case .negativeBinomial: negativeBinomialLikelihood(raw, targets, scales: scales)
    }
  }

  /// The distribution of one target.
  ///
  /// - Parameter raw: Its `parameterCount` raw parameters.
  public func distribution(_ raw: [Float], scale: Float = 1) -> any ProbabilityDistribution {
    require(raw.count == parameterCount, "LikelihoodKind.distribution: \(raw.count) parameters for \(self)")
    require(scale > 0, "LikelihoodKind.distribution: the scale \(scale)")
    return raw.withUnsafeBufferPointer {
      family.init(raw: RawParameters.load($0.baseAddress!, stride: 1, parameterCount), scale: Double(scale))
    }
  }

  /// Draws of every row's targets.
  ///
  /// A draw is a function of its parameters, the seed, the stream and its position alone: of no other row and not of the number of threads.
  ///
  /// - Parameters:
  ///   - raw: [rows, parameterCount · n].
  ///   - scales: Of the rows; without it all are 1.
  ///   - count: Draws of each row.
  ///   - positions: Of each row's draws, [rows · count]; the n targets of a draw are at this position and those after it. Without it
  ///     0, n, 2n, ….
  /// - Returns: [rows · count, n]: the draws of the first row, then those of the second, ….
  public func samples(
    _ raw: Tensor, scales: [Float]? = nil, count: Int = 1, random: RandomSource, stream: UInt64,
    positions: [UInt64]? = nil
  ) -> Tensor {
    func draw<Family: LinkedDistribution>(_ family: Family.Type) -> Tensor {
      let source = RawParameters("LikelihoodKind.samples", raw, parameterCount, scales)
      let (rows, n) = (source.rows, source.targets)
      require(
        count >= 0 && (positions == nil || positions!.count == rows * count),
        "LikelihoodKind.samples: \(positions?.count ?? 0) positions for \(count) draws of \(rows) rows")
      var result = Tensor(uninitialized: [rows * count, n])
      let values = result.mutablePointer()
      let minimum = max(1, RawParameters.minimumDraws / max(1, count * n))
      // Many draws of few rows are divided among threads, too.
      let parts = rows >= 8 || count < 1024 ? 1 : (count + 1023) / 1024
      defer { withExtendedLifetime(raw) {} }
      Parallel.rows(rows * parts, minimumPerPart: minimum) { range in
        for index in range {
          let (row, part) = (index / parts, index % parts)
          for j in 0..<n {
            let distribution = Family(raw: source.load(row, j), scale: source.scale(row))
            for k in count * part / parts..<count * (part + 1) / parts {
              let draw = row * count + k
              let position = (positions?[draw] ?? UInt64(draw * n)) &+ UInt64(j)
              values[draw * n + j] = Float(distribution.sample(random, stream: stream, position: position))
            }
          }
        }
      }
      return result
    }
    return draw(family)
  }

  /// The expected targets, [rows, n].
  ///
  /// - Parameters:
  ///   - raw: [rows, parameterCount · n].
  ///   - scales: Of the rows; without it all are 1.
  public func means(_ raw: Tensor, scales: [Float]? = nil) -> Tensor {
    table("LikelihoodKind.means", raw, scales, 1) { distribution, _ in distribution.mean }
  }

  /// Quantiles of the targets, [rows, probabilities · n]: n of the first probability, then n of the second, ….
  ///
  /// - Parameters:
  ///   - raw: [rows, parameterCount · n].
  ///   - probabilities: Between 0 and 1.
  ///   - scales: Of the rows; without it all are 1.
  public func quantiles(_ raw: Tensor, probabilities: [Double], scales: [Float]? = nil) -> Tensor {
    table("LikelihoodKind.quantiles", raw, scales, probabilities.count) { $0.quantile(probabilities[$1]) }
  }

  /// `value` of each target's distribution and 0..<count, laid out as raw parameters are.
  private func table(
    _ name: StaticString, _ raw: Tensor, _ scales: [Float]?, _ count: Int,
    _ value: (any ProbabilityDistribution, Int) -> Double
  ) -> Tensor {
    let source = RawParameters(name, raw, parameterCount, scales)
    var result = Tensor(uninitialized: [source.rows, count * source.targets])
    let values = result.mutablePointer()
    defer { withExtendedLifetime(raw) {} }
    Parallel.rows(source.rows, minimumPerPart: 64) { range in
      for row in range {
        for j in 0..<source.targets {
          let distribution = family.init(raw: source.load(row, j), scale: source.scale(row))
          for k in 0..<count {
            values[(row * count + k) * source.targets + j] = Float(value(distribution, k))
          }
        }
      }
    }
    return result
  }
}

/// Raw parameters [rows, parameterCount · targets] and the scales of their rows.
struct RawParameters {
  /// Draws below which another thread costs more than it gives.
  static let minimumDraws = 1 << 10

  let rows: Int
  let targets: Int
  /// Valid as long as the tensor lives.
  private let pointer: UnsafePointer<Float>
  private let parameterCount: Int
  private let scales: [Float]?

  init(_ name: StaticString, _ raw: Tensor, _ parameterCount: Int, _ scales: [Float]?) {
    require(
      raw.columns % parameterCount == 0,
      "\(name): raw parameters \(raw.shape), \(parameterCount) for each target")
    Self.check(name, scales, rows: raw.rows)
    pointer = raw.pointer
    self.parameterCount = parameterCount
    self.scales = scales
    rows = raw.rows
    targets = raw.columns / parameterCount
  }

  static func check(_ name: StaticString, _ scales: [Float]?, rows: Int) {
    guard let scales else { return }
    require(scales.count == rows, "\(name): \(scales.count) scales for \(rows) rows")
    require(scales.allSatisfy { $0 > 0 && $0 < .infinity }, "\(name): scales must be positive and finite")
  }

  func scale(_ row: Int) -> Double { Double(scales?[row] ?? 1) }

  func load(_ row: Int, _ target: Int) -> SIMD4<Double> {
    Self.load(pointer + row * targets * parameterCount + target, stride: targets, parameterCount)
  }

  /// The parameters of one target, the rest 0.
  @inline(__always)
  static func load(_ pointer: UnsafePointer<Float>, stride: Int, _ count: Int) -> SIMD4<Double> {
    SIMD4(
      Double(pointer[0]), Double(pointer[stride]), count > 2 ? Double(pointer[2 * stride]) : 0, 0)
  }
}
