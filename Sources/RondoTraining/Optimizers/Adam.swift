import CRondoKernels
import RondoCore

/// Adam (Kingma and Ba 2015, arXiv 1412.6980); weight decay is added to the gradient.
///
///     m ← β₁ m + (1 − β₁) g
///     v ← β₂ v + (1 − β₂) g²
///     w ← w − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
public struct Adam: Optimizer {
  public static let name = "adam"
  public static let summary = "Adam; --beta1, --beta2"
  public static let defaultRate = 0.003

  private var moments: AdamMoments
  public var state: OptimizerState {
    get { moments.state }
    set { moments.state = newValue }
  }

  public init(_ options: OptimizerOptions, parameterCount: Int) {
    moments = AdamMoments(options, parameterCount: parameterCount, isDecoupled: false)
  }

  public mutating func update(
    _ weights: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, ranges: [Range<Int>], rate: Float
  ) {
    let kernel = moments.next(rate)
    inParallel(ranges) { start, count in kernel.run(weights, gradients, start, count) }
  }
}

/// The moments that Adam and AdamW share, and the numbers of one update.
struct AdamMoments: Sendable {
  let options: OptimizerOptions
  let isDecoupled: Bool
  var state: OptimizerState

  init(_ options: OptimizerOptions, parameterCount: Int, isDecoupled: Bool) {
    self.options = options
    self.isDecoupled = isDecoupled
    state = OptimizerState(["mean", "square"], count: parameterCount)
  }

  /// One update's kernel call.
  struct Kernel {
    let mean: UnsafeMutablePointer<Float>
    let square: UnsafeMutablePointer<Float>
    let rate: Float
    let beta1: Float
    let beta2: Float
    let epsilon: Float
    let correction1: Float
    let correction2: Float
    let decay: Float
    let isDecoupled: Bool

    func run(
      _ weights: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>, _ start: Int, _ count: Int
    ) {
      rondo_adam(
        count, weights + start, gradients + start, mean + start, square + start, rate, beta1, beta2, epsilon,
        correction1, correction2, decay, isDecoupled ? 1 : 0)
    }
  }

  /// 1 / (1 − βᵗ): what makes up for moments that began at zero.
  private func correction(_ beta: Double) -> Float {
    beta == 0 ? 1 : Float(1 / (1 - PortableMath.power(beta, Double(state.updateCount))))
  }

  /// Counts an update and gives its kernel. The pointers hold until the state changes hands.
  mutating func next(_ rate: Float) -> Kernel {
    state.updateCount += 1
    return Kernel(
      mean: state.tensors[0].mutablePointer(), square: state.tensors[1].mutablePointer(), rate: rate,
      beta1: Float(options.beta1), beta2: Float(options.beta2), epsilon: Float(options.epsilon),
      correction1: correction(options.beta1), correction2: correction(options.beta2),
      decay: Float(options.weightDecay), isDecoupled: isDecoupled)
  }
}
