/// A differentiable operation as its conformance suite sees it: an operation that is listed in
/// `AllOperations.swift` is checked by `rondo gradcheck` and by the tests.
///
/// Beside its fast forward and backward an operation has a plain forward in Double, from which the checks are
/// made.
public protocol DifferentiableOperation: Sendable {
  /// The cases to check: every option, sizes odd and pairwise different.
  static var checks: [OperationCheck] { get }
}

/// One case of an operation: its fast forward and backward against its plain forward.
public struct OperationCheck: Sendable, CustomStringConvertible {
  /// The operation, by the name of its function: `matmul`.
  public let name: String
  /// What the case exercises.
  public let options: String
  let inputs: [Tensor]
  let fast: @Sendable ([Variable]) -> Variable
  let plain: @Sendable ([[Double]]) -> [Double]

  /// A case of an operation.
  ///
  /// - Parameters:
  ///   - inputs: The values at which to differentiate.
  ///   - fast: The operation, on leaves with these values.
  ///   - plain: What it computes, in Double.
  public init(
    _ name: String, _ options: String, inputs: [Tensor],
    fast: @escaping @Sendable ([Variable]) -> Variable, plain: @escaping @Sendable ([[Double]]) -> [Double]
  ) {
    self.name = name
    self.options = options
    self.inputs = inputs
    self.fast = fast
    self.plain = plain
  }

  public var description: String { options.isEmpty ? name : "\(name), \(options)" }

  /// What a check found. An error is the largest difference of a tensor divided by the tensor's largest
  /// absolute value.
  public struct Report: Sendable {
    /// The fast forward against the plain one.
    public let forwardError: Double
    /// The fast backward against difference quotients of the plain forward, for each input.
    public let gradientErrors: [Double]

    /// The largest of `gradientErrors`; 0 if the operation has no inputs.
    public var largestGradientError: Double { gradientErrors.max() ?? 0 }
  }

  /// Differentiates Σ weight · result, with random weights, in both ways.
  public func run() -> Report {
    let tape = Tape(ParameterStore([]), training: true, seed: 7, pass: 3)
    let leaves = inputs.map { tape.leaf($0) }
    let result = fast(leaves)
    let values = result.value.values
    let weights = Self.uniform(result.shape, stream: 99)
    var gradients = Gradients(zerosFor: ParameterStore([]))
    tape.backward(from: result, seed: weights, into: &gradients)

    let exact = inputs.map { $0.values.map(Double.init) }
    let doubleWeights = weights.values.map(Double.init)
    func loss(_ inputs: [[Double]]) -> Double {
      zip(plain(inputs), doubleWeights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let gradientErrors = inputs.indices.map { input in
      var moved = exact
      let numeric = exact[input].indices.map { element in
        let x = exact[input][element]
        let step = 1e-5 * max(1, abs(x))
        moved[input][element] = x + step
        let above = loss(moved)
        moved[input][element] = x - step
        let below = loss(moved)
        moved[input][element] = x
        return (above - below) / (2 * step)
      }
      let analytic = gradients[leaves[input]]?.values ?? Array(repeating: 0, count: numeric.count)
      return Self.error(analytic.map(Double.init), numeric)
    }
    return Report(
      forwardError: Self.error(values.map(Double.init), plain(exact)), gradientErrors: gradientErrors)
  }

  private static func error(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    var (difference, size) = (0.0, 0.0)
    for (found, expected) in zip(found, expected) {
      let distance = abs(found - expected)
      // `max` passes over what is not a number; here it is the largest error there is.
      difference = distance.isNaN ? .infinity : max(difference, distance)
      size = max(size, abs(expected))
    }
    return difference == 0 ? 0 : difference / size
  }

  /// A tensor of reproducible numbers between two bounds.
  public static func uniform(
    _ shape: [Int], stream: UInt64, in low: Float = -1, _ high: Float = 1
  ) -> Tensor {
    let source = RandomSource(seed: 2024)
    let values = (0..<shape.reduce(1, *)).map {
      low + (high - low) * source.uniform(stream: stream, position: UInt64($0))
    }
    return Tensor(shape, values)
  }
}
