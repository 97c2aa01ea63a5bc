/// All parameters of a model: one flat buffer of values and a table of names, shapes and ranges. A value,
/// copied on write.
///
/// Every parameter begins at a multiple of 16 floats; the floats between parameters are zero and stay zero
/// under every optimiser.
public struct ParameterStore: Sendable, Equatable {
  /// The flat buffer.
  public private(set) var values: Tensor
  /// All parameters in the order in which they were made, which `Parameter.index` counts.
  public private(set) var parameters: [ParameterInfo]
  private let indices: [String: Int]

  /// A store of zeros for these names and shapes.
  package init(_ layout: [(name: String, shape: [Int])]) {
    Machine.configureLazily()
    var end = 0
    parameters = layout.map { name, shape in
      let count = shape.reduce(1, *)
      defer { end += (count + 15) & ~15 }
      return ParameterInfo(name: name, shape: shape, range: end..<end + count, isFrozen: false)
    }
    indices = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1.name, $0) })
    values = Tensor(zeros: [end])
  }

  /// The number of parameter values, padding not counted.
  public var count: Int { parameters.reduce(0) { $0 + $1.range.count } }

  /// A hash of all names and shapes: equal for stores of the same layout, on every machine.
  public var fingerprint: UInt64 {
    var hash = FNV1a()
    for parameter in parameters {
      hash.combine(parameter.name)
      hash.combine(parameter.shape.count)
      for size in parameter.shape { hash.combine(size) }
    }
    return hash.value
  }

  /// The values of a parameter, sharing this store's memory until one of the two is written.
  public subscript(parameter: Parameter) -> Tensor {
    let info = info(parameter)
    return values.view(from: info.range.lowerBound, info.shape)
  }

  /// The values of the parameter of this name.
  public subscript(name: String) -> Tensor? {
    parameter(named: name).map { self[$0] }
  }

  /// The handle of the parameter of this dotted name; nil if there is none.
  public func parameter(named name: String) -> Parameter? {
    indices[name].map { Parameter(index: $0, shape: parameters[$0].shape) }
  }

  /// Name, shape, place and frozen flag of a parameter.
  ///
  /// Traps on the handle of another store if that shows: where this one has no parameter of its index and
  /// shape.
  public func info(_ parameter: Parameter) -> ParameterInfo {
    require(
      parameter.index < parameters.count && parameters[parameter.index].shape == parameter.shape,
      "ParameterStore: parameter \(parameter.index) of shape \(parameter.shape) belongs to another store")
    return parameters[parameter.index]
  }

  /// Sets the values of a parameter.
  ///
  /// - Throws: `ParameterError` for an unknown name or another shape.
  public mutating func replace(_ name: String, _ tensor: Tensor) throws(ParameterError) {
    guard let index = indices[name] else { throw .unknownName(name, known: parameters.map(\.name)) }
    let info = parameters[index]
    guard info.shape == tensor.shape else {
      throw .shape(name: name, expected: info.shape, found: tensor.shape)
    }
    let destination = values.mutablePointer() + info.range.lowerBound
    destination.update(from: tensor.pointer, count: tensor.count)
  }

  /// Sets the values of all parameters: each must be there, and nothing else. Leaves the store as it was if
  /// it throws.
  ///
  /// - Throws: `ParameterError` for a name that is unknown or missing, or another shape.
  public mutating func replaceAll(_ tensors: [String: Tensor]) throws(ParameterError) {
    for name in tensors.keys.sorted() where indices[name] == nil {
      throw .unknownName(name, known: parameters.map(\.name))
    }
    var replaced = self
    for parameter in parameters {
      guard let tensor = tensors[parameter.name] else { throw .missing(parameter.name) }
      try replaced.replace(parameter.name, tensor)
    }
    self = replaced
  }

  /// Sets the whole flat buffer, from a store of the same layout.
  public mutating func replaceValues(_ values: Tensor) {
    require(
      values.shape == self.values.shape,
      "ParameterStore.replaceValues: shape \(values.shape) where the store has \(self.values.shape)")
    self.values = values
  }

  /// The ranges of the flat buffer that are trained: all of it unless something is frozen.
  public var trainableRanges: [Range<Int>] {
    guard parameters.contains(where: \.isFrozen) else { return [0..<values.count] }
    return parameters.filter { !$0.isFrozen }.map(\.range)
  }

  /// Excludes parameters from training (or includes them again).
  public mutating func setFrozen(_ isFrozen: Bool, where matches: (ParameterInfo) -> Bool) {
    for index in parameters.indices where matches(parameters[index]) {
      parameters[index].isFrozen = isFrozen
    }
  }

  /// Calls `body` with the flat buffer to write to, after copying it if another store or tensor shares it.
  ///
  /// The pointer is valid during the call only. What lies between parameters must stay zero.
  ///
  /// - Throws: What `body` throws.
  public mutating func withUnsafeMutableValues<R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    try values.withUnsafeMutableBufferPointer(body)
  }
}
