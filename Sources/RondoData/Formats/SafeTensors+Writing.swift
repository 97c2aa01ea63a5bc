import RondoCore

extension SafeTensors {
  /// Writes tensors as F32, atomically.
  ///
  /// The same tensors and metadata give the same bytes, in whichever order they are handed over: names are sorted, and nothing else, no
  /// date and no program name, goes into the file.
  ///
  /// - Throws: ``FileError``.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
  ) throws {
    let items = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var header = JSON.Object()
    if !metadata.isEmpty {
      var remarks = JSON.Object()
      let keys = metadata.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      for key in keys { remarks[key] = .string(metadata[key]!) }
      header["__metadata__"] = .object(remarks)
    }
    var end = 0
    for item in items {
      require(
        item.name != "__metadata__" && header[item.name] == nil,
        "SafeTensors.write: two tensors named \(item.name)")
      let begin = end
      end += 4 * item.tensor.count
      header[item.name] = [
        "dtype": "F32", "shape": .array(item.tensor.shape.map(JSON.integer)),
        "data_offsets": [.integer(begin), .integer(end)],
      ]
    }
    var text = Array(JSON.object(header).text().utf8)
    // Values begin at a multiple of 8 bytes.
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    try AtomicFile.write(to: path) { output in
      try output.write(length + text)
      for item in items {
        if 1.littleEndian == 1 {
          try item.tensor.withUnsafeBufferPointer { try output.write(UnsafeRawBufferPointer($0)) }
        } else {
          try item.tensor.values.map(\.bitPattern.littleEndian).withUnsafeBytes { try output.write($0) }
        }
      }
    }
  }
}
