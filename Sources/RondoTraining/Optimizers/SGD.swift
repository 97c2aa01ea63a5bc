import CRondoKernels
import RondoCore

/// Stochastic gradient descent, with momentum (Polyak 1964, DOI 10.1016/0041-5553(64)90137-5) and Nesterov's
/// variant (Sutskever et al., On the importance of initialization and momentum in deep learning, 2013, PMLR
/// 28(3):1139–1147).
///
///     g ← g + weightDecay · w
///     v ← momentum · v + g
///     w ← w − rate · (nesterov ? g + momentum · v : v)
///
/// As in PyTorch, and other than in the paper, the rate multiplies the velocity, so a schedule acts at once.
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
