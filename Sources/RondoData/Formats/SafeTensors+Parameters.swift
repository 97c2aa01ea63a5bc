import RondoCore

extension SafeTensors {
  /// The values of a tensor as a tensor, as ``floats(_:)`` gives them.
  public func tensor(_ name: String) throws -> Tensor {
    var tensor = Tensor(zeros: try required(name).shape)
    try tensor.withUnsafeMutableBufferPointer { try read(name, into: $0) }
    return tensor
  }
}

extension ParameterStore {
  /// Writes all parameters and nothing else to a safetensors file: equal values are equal files.
  ///
  /// - Throws: `FileError`.
  public func write(toSafeTensors path: String) throws {
    try SafeTensors.write(parameters.map { ($0.name, self[$0.name]!) }, to: path)
  }

  /// Sets all parameters to the tensors of a safetensors file, read straight into the store's buffer. Every parameter must be there with
  /// its shape, and nothing else. Leaves the store as it was if it throws.
  ///
  /// Parameters have PyTorch's names, orders and shapes, so a `state_dict` of the same modules is such a file, and what
  /// ``write(toSafeTensors:)`` writes is one that `load_state_dict(strict=True)` takes.
  ///
  /// - Parameter name: The name in the file of the parameter of this name; the same unless told otherwise.
  /// - Throws: `FileError`, or a `FormatError` that names the parameter and both shapes, or a value that is infinite or not a number.
  public mutating func replaceAll(
    from file: SafeTensors, named name: (String) -> String = { $0 }
  ) throws {
    let names = parameters.map { name($0.name) }
    for (parameter, name) in zip(parameters, names) {
      guard let entry = file[name] else {
        let some = file.entries.prefix(20).map(\.name).joined(separator: ", ")
        throw FormatError(
          .init(file.name), expected: "a tensor \(quoted(name, limit: 200)) of shape \(parameter.shape)",
          found: "none of this name",
          hint: "The file has \(some)\(file.entries.count > 20 ? ", …" : "").")
      }
      guard entry.shape == parameter.shape else {
        throw FormatError(
          .init(file.name, offset: entry.bytes.lowerBound),
          expected: "tensor \(quoted(name, limit: 200)) of shape \(parameter.shape)",
          found: "shape \(entry.shape)")
      }
    }
    let known = Set(names)
    for entry in file.entries where !known.contains(entry.name) {
      throw FormatError(
        .init(file.name), expected: "the \(parameters.count) parameters of this model",
        found: "another tensor, \(quoted(entry.name, limit: 200)) of shape \(entry.shape)")
    }
    var replaced = self
    try replaced.withUnsafeMutableValues { values in
      for (parameter, name) in zip(parameters, names) {
        let target = UnsafeMutableBufferPointer(rebasing: values[parameter.range])
        try file.read(name, into: target)
        if let element = target.firstIndex(where: { !$0.isFinite }) {
          throw FormatError(
            .init(file.name), expected: "finite numbers in tensor \(quoted(name, limit: 200))",
            found: "\(target[element]) as element \(element)")
        }
      }
    }
    self = replaced
  }
}
