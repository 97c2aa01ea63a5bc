import CRondoKernels
import RondoCore

/// RMSProp (Tieleman and Hinton, Lecture 6.5, Neural networks for machine learning, 2012), with momentum (Graves 2013, arXiv 1308.0850).
///
///     g ← g + weightDecay · w
///     s ← β₂ s + (1 − β₂) g²
///     v ← momentum · v + g / (√s + ε)
///     w ← w − rate · v
public struct RMSProp: Optimizer {
  public static let name = "rmsprop"
  public static let summary = "RMSProp; --beta2 (0.99) and --momentum"
  public static let defaultRate = 0.001
  /// What Adam's β₂ is here unless told otherwise.
  public static let defaultDecay = 0.99

  private let options: OptimizerOptions
  public var state: OptimizerState

  public init(_ options: OptimizerOptions, parameterCount: Int) {
    self.options = options
    state = OptimizerState(
      options.momentum == 0 ? ["square"] : ["square", "velocity"], count: parameterCount)
  }

  public mutating func update(
    _ weights: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, ranges: [Range<Int>], rate: Float
  ) {
    state.updateCount += 1
    let square = state.tensors[0].mutablePointer()
    let velocity = state.tensors.count == 1 ? nil : state.tensors[1].mutablePointer()
    let (decay, momentum) = (Float(options.weightDecay), Float(options.momentum))
    let (beta, epsilon) = (Float(options.beta2), Float(options.epsilon))
    inParallel(ranges) { start, count in
      rondo_rmsprop(
        count, weights + start, gradients + start, square + start, velocity.map { $0 + start }, rate, beta,
        momentum, epsilon, decay)
    }
  }
}
