import RondoCore

/// y = x · Wᵀ + b for every row.
///
/// Parameters, as PyTorch names them: `weight` [outputs, inputs] and `bias` [outputs], uniform within
/// 1/√inputs unless told otherwise.
public struct Linear: Sendable {
  /// The width of x.
  public let inputSize: Int
  /// The width of y.
  public let outputSize: Int
  /// W [outputSize, inputSize].
  public let weight: Parameter
  /// b [outputSize], if there is one.
  public let bias: Parameter?

  /// Registers the parameters. Traps unless both sizes are positive.
  ///
  /// - Parameter initial: Of the weight and the bias.
  public init(
    _ builder: Builder, inputSize: Int, outputSize: Int, hasBias: Bool = true,
    initial: Initializer? = nil
  ) {
    require(
      inputSize > 0 && outputSize > 0, "Linear \(builder.path): sizes \(inputSize) and \(outputSize)")
    let initial = initial ?? Self.standard(inputSize)
    self.inputSize = inputSize
    self.outputSize = outputSize
    weight = builder.parameter("weight", [outputSize, inputSize], initial)
    bias = hasBias ? builder.parameter("bias", [outputSize], initial) : nil
  }

  /// A layer whose weight is an embedding's table (Press and Wolf 2017, arXiv 1608.05859): logits of
  /// the embedding's symbols.
  public init(_ builder: Builder, tiedTo embedding: Embedding, hasBias: Bool = true) {
    inputSize = embedding.width
    outputSize = embedding.count
    weight = embedding.weight
    bias = hasBias ? builder.parameter("bias", [embedding.count], Self.standard(embedding.width)) : nil
  }

  private static func standard(_ inputSize: Int) -> Initializer {
    .uniform(1 / Float(inputSize).squareRoot())
  }

  /// […, inputs] gives […, outputs].
  public func callAsFunction(_ x: Variable) -> Variable {
    linear(x, x.tape.parameter(weight), bias: bias.map { x.tape.parameter($0) })
  }

  /// One row without a tape, for what a `Session` steps: `inputSize` values give `outputSize` values.
  public func callAsFunction(_ row: [Float], _ weights: ParameterStore) -> [Float] {
    let tape = Tape(weights, training: false)
    return self(tape.constant(Tensor([1, inputSize], row))).value.values
  }

  /// The cross-entropy of this layer's outputs as logits, which are never all in memory; see
  /// `linearCrossEntropy`.
  public func crossEntropy(
    _ x: Variable, _ targets: [Int32], _ reduction: LossReduction = .perToken, smoothing: Float = 0
  ) -> Variable {
    linearCrossEntropy(
      x, x.tape.parameter(weight), bias: bias.map { x.tape.parameter($0) }, targets: targets, reduction,
      smoothing: smoothing)
  }

  /// The same loss for each row by itself, on a tape that does not record; see `linearCrossEntropyLosses`.
  public func crossEntropyLosses(_ x: Variable, _ targets: [Int32]) -> [Float] {
    linearCrossEntropyLosses(
      x, x.tape.parameter(weight), bias: bias.map { x.tape.parameter($0) }, targets: targets)
  }
}
