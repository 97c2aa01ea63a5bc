import RondoCore

/// Normalises every row; see `layerNorm`.
///
/// Parameters, as PyTorch names them: `weight` [size], ones, and `bias` [size], zeros.
///
/// Source: Ba, Kiros and Hinton, Layer normalization, 2016, arXiv 1607.06450.
public struct LayerNorm: Sendable {
  /// The width of a row.
  public let size: Int
  /// What the variance is raised by, so that equal values divide nothing by zero.
  public let epsilon: Float
  /// The gain [size].
  public let weight: Parameter
  /// The bias [size], if there is one.
  public let bias: Parameter?

  /// Registers the parameters. Traps unless the size is positive.
  public init(_ builder: Builder, size: Int, hasBias: Bool = true, epsilon: Float = 1e-5) {
    require(size > 0, "LayerNorm \(builder.path): rows of width \(size)")
    self.size = size
    self.epsilon = epsilon
    weight = builder.parameter("weight", [size], .constant(1))
    bias = hasBias ? builder.parameter("bias", [size], .constant(0)) : nil
  }

  /// […, size] gives the same shape.
  public func callAsFunction(_ x: Variable) -> Variable {
    let tape = x.tape
    return layerNorm(
      x, gain: tape.parameter(weight), bias: bias.map { tape.parameter($0) }, epsilon: epsilon)
  }
}
