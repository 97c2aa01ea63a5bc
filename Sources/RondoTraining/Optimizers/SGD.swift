import CRondoKernels
import RondoCore

/// Stochastic gradient descent, with momentum and Nesterov's variant.
///
///     g ← g + weightDecay · w
///     v ← momentum · v + g
///     w ← w − rate · (nesterov ? g + momentum · v : v)
///
/// The form of Sutskever et al. 2013 that PyTorch uses: the rate multiplies the velocity, so a schedule acts at once.
public struct SGD: Optimizer {
  public static let name = "sgd"
  public static let summary = "gradient descent; --momentum and --nesterov"
  public static let defaultRate = 1.0

  private let options: OptimizerOptions
  public var state: OptimizerState

  public init(_ options: OptimizerOptions, parameterCount: Int) {
    self.options = options
    state = OptimizerState(options.momentum == 0 ? [] : ["velocity"], count: parameterCount)
  }

  public mutating func update(
    _ weights: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, ranges: [Range<Int>], rate: Float
  ) {
    state.updateCount += 1
    let velocity = state.tensors.isEmpty ? nil : state.tensors[0].mutablePointer()
    let momentum = Float(options.momentum)
    let decay = Float(options.weightDecay)
    let nesterov: Int32 = options.nesterov ? 1 : 0
    inParallel(ranges) { start, count in
      rondo_sgd(
        count, weights + start, gradients + start, velocity.map { $0 + start }, rate, momentum, nesterov,
        decay)
    }
  }
}
