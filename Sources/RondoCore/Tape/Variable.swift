/// A tensor on a tape: what operations take and give.
///
/// A variable keeps its tape alive. What a tape keeps for its backward pass should capture `id` and tensors
/// rather than variables, so that a tape that is dropped without a backward pass goes away.
public struct Variable {
  /// The place of a variable on its tape.
  public struct ID: Hashable, Sendable {
    let index: Int
  }

  /// The tape it is on. Operations trap on variables of several tapes.
  public let tape: Tape
  /// The place on the tape: what a backward function captures.
  public let id: ID
  /// The tensor itself.
  public let value: Tensor
  /// Whether a backward pass carries a gradient to this variable.
  public let requiresGradient: Bool

  /// The shape of the value.
  public var shape: [Int] { value.shape }

  /// The same value as a constant: no gradient passes.
  public func detached() -> Variable {
    tape.constant(value)
  }
}
