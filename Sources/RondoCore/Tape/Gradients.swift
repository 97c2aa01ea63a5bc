/// Gradients of all parameters, laid out as the values of their store, and those of a tape's leaves.
public struct Gradients: Sendable {
  /// The flat buffer.
  public internal(set) var values: Tensor
  var leaves: [Variable.ID: Tensor] = [:]
  private let parameters: [ParameterInfo]

  /// Zeros for every parameter of a store.
  public init(zerosFor store: ParameterStore) {
    values = Tensor(zeros: store.values.shape)
    parameters = store.parameters
  }

  /// The gradient of a parameter.
  public subscript(parameter: Parameter) -> Tensor {
    let info = parameters[parameter.index]
    return values.view(from: info.range.lowerBound, info.shape)
  }

  /// The gradient of a leaf; nil if the loss does not depend on it.
  public subscript(leaf: Variable) -> Tensor? { leaves[leaf.id] }

  /// Sets all gradients to zero, to be used for the next pass.
  public mutating func reset() {
    leaves = [:]
    let pointer = values.mutablePointer()
    Parallel.rows(values.count, minimumPerPart: 1 << 18, multipleOf: 16) { range in
      (pointer + range.lowerBound).update(repeating: 0, count: range.count)
    }
  }

  /// Calls `body` with the flat buffer to write to, padding included. The pointer is valid during the call
  /// only.
  ///
  /// - Throws: What `body` throws.
  public mutating func withUnsafeMutableValues<R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    try values.withUnsafeMutableBufferPointer(body)
  }
}
