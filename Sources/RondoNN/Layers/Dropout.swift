import RondoCore

/// Sets elements to zero with a probability, and scales the others up, where the tape trains; see `dropout`.
///
/// It has no parameters; its place in the model (the builder's dotted name) tells its random masks from those
/// of others.
public struct Dropout: Sendable {
  /// The share of elements that becomes zero, in 0..<1.
  public let probability: Float
  /// The stream of random numbers the masks are drawn from.
  public let stream: UInt64

  /// Dropout at the builder's place in the model. Traps unless the probability is in 0..<1.
  public init(_ builder: Builder, probability: Float) {
    require(
      0..<1 ~= probability, "Dropout \(builder.path): the probability \(probability) is not in 0..<1")
    self.probability = probability
    stream = RandomSource.stream(builder.path)
  }

  /// For the rows of a batch of sequences.
  public func callAsFunction(_ x: Variable, _ layout: SequenceLayout) -> Variable {
    dropout(x, probability: probability, layout: layout, stream: stream)
  }
}
