/// A handle of a parameter in the `ParameterStore` that was built with it.
public struct Parameter: Sendable, Hashable {
  /// The place in the store's table.
  public let index: Int
  /// The sizes: [outputs, inputs] of most weights.
  public let shape: [Int]

  package init(index: Int, shape: [Int]) {
    self.index = index
    self.shape = shape
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }
}

/// What the store knows of a parameter beside its values.
public struct ParameterInfo: Sendable, Hashable {
  /// The dotted name, `rnn.weight_ih_l0`.
  public let name: String
  /// The sizes of the values, which are row-major.
  public let shape: [Int]
  /// Where the values lie in the flat buffer.
  public let range: Range<Int>
  /// A frozen parameter gets no gradient and is left alone by optimisers.
  public internal(set) var isFrozen: Bool
}

/// Values do not fit a store.
public enum ParameterError: Error, Hashable, CustomStringConvertible {
  /// A name that no parameter of the store has; `known` are the names there are.
  case unknownName(String, known: [String])
  /// Values for all parameters were needed, and this one got none.
  case missing(String)
  /// Values of another shape than the parameter's.
  case shape(name: String, expected: [Int], found: [Int])

  public var description: String {
    switch self {
    case .unknownName(let name, let known):
      "there is no parameter \(name); the model has \(known.joined(separator: ", "))"
    case .missing(let name): "the parameter \(name) is missing"
    case .shape(let name, let expected, let found):
      "the parameter \(name) has the shape \(found) where the model expects \(expected)"
    }
  }
}
