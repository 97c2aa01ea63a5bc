import RondoCore

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv 1711.05101).
///
/// As `Adam`, but the weights shrink by `rate · weightDecay · w` instead of the decay passing through the moments.
public struct AdamW: Optimizer {
  public static let name = "adamw"
  public static let summary = "Adam with decoupled --weight-decay"
  public static let defaultRate = 0.003

  private var moments: AdamMoments
  public var state: OptimizerState {
    get { moments.state }
    set { moments.state = newValue }
  }

  public init(_ options: OptimizerOptions, parameterCount: Int) {
    moments = AdamMoments(options, parameterCount: parameterCount, isDecoupled: true)
  }

  public mutating func update(
    _ weights: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, ranges: [Range<Int>], rate: Float
  ) {
    let kernel = moments.next(rate)
    inParallel(ranges) { start, count in kernel.run(weights, gradients, start, count) }
  }
}
