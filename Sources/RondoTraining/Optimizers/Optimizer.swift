import RondoCore

/// A rule that turns gradients into new weights, over one flat buffer of parameters.
///
/// An optimiser is registered in `AllOptimizers`. What it remembers between updates is `state`; saved and restored, the run continues with
/// the same bits.
public protocol Optimizer: Sendable {
  /// The name on the command line and in `config.json`.
  static var name: String { get }
  /// One line for the help.
  static var summary: String { get }
  /// The learning rate that suits most recurrent networks.
  static var defaultRate: Double { get }

  /// An optimiser that has not made an update yet.
  init(_ options: OptimizerOptions, parameterCount: Int)

  /// What is remembered between updates.
  var state: OptimizerState { get set }

  /// One update of the weights in `ranges` (the trainable ones). Does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - weights: all parameters, changed in place
  ///   - gradients: of the same layout
  ///   - rate: the learning rate of this update
  mutating func update(
    _ weights: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, ranges: [Range<Int>], rate: Float
  )
}

/// What the optimisers can be told. Each reads what concerns it.
public struct OptimizerOptions: Sendable, Equatable, Codable {
  /// SGD and RMSProp: the share of the last update that is repeated in this one.
  public var momentum: Double
  /// SGD: look ahead along the momentum (Nesterov 1983; see `SGD`).
  public var nesterov: Bool
  /// Adam: decay of the mean of the gradients.
  public var beta1: Double
  /// Adam and RMSProp: decay of the mean of their squares.
  public var beta2: Double
  /// Adam and RMSProp: keeps the division finite.
  public var epsilon: Double
  /// The pull of every weight towards zero.
  public var weightDecay: Double

  /// No momentum, no weight decay and the constants of the Adam paper, unless told otherwise.
  public init(
    momentum: Double = 0, nesterov: Bool = false, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.momentum = momentum
    self.nesterov = nesterov
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }
}

/// What an optimiser remembers: a count of updates and flat tensors as long as the parameters.
public struct OptimizerState: Sendable, Equatable {
  /// Updates made so far.
  public var updateCount = 0
  /// The names of the tensors, in order.
  public let names: [String]
  /// One flat tensor for each name.
  public var tensors: [Tensor]

  /// Zeros for each name.
  public init(_ names: [String], count: Int) {
    self.names = names
    tensors = names.map { _ in Tensor(zeros: [count]) }
  }
}

extension Optimizer {
  /// An optimiser for these weights.
  public init(for weights: ParameterStore, _ options: OptimizerOptions = OptimizerOptions()) {
    self.init(options, parameterCount: weights.values.count)
  }

  /// One update of all parameters that are not frozen.
  public mutating func update(_ weights: inout ParameterStore, _ gradients: Gradients, rate: Double) {
    let ranges = weights.trainableRanges
    weights.withUnsafeMutableValues {
      update($0.baseAddress!, gradients: gradients.values.pointer, ranges: ranges, rate: Float(rate))
    }
  }

  /// Runs `body` on parts of the ranges, on all threads.
  func inParallel(_ ranges: [Range<Int>], _ body: (_ start: Int, _ count: Int) -> Void) {
    for range in ranges {
      Parallel.rows(range.count, minimumPerPart: 16384, multipleOf: 16) { part in
        body(range.lowerBound + part.lowerBound, part.count)
      }
    }
  }
}
