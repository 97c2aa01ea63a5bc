import RondoCore

/// An array in NumPy's `.npy` format, versions 1 to 3: a description in a Python literal, then the elements.
///
/// Numbers of 1 to 8 bytes in either byte order, truth values and strings (`U` and `S`) are read, in C and in Fortran order. Objects, which
/// are pickled Python code, are refused: nothing is ever executed. No memory is taken because a file claims to need it.
///
/// Source of the format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public struct NumPyArray: Sendable {
  /// What an element is.
  public enum Kind: Character, Sendable {
    case float = "f"
    case signed = "i"
    case unsigned = "u"
    case bool = "b"
    /// Text in UTF-32.
    case unicode = "U"
    /// Text in bytes.
    case bytes = "S"
  }

  /// What messages call the array.
  public let name: String
  /// The sizes, `[]` for a scalar.
  public let shape: [Int]
  /// What an element is.
  public let kind: Kind
  /// NumPy's name of the element type: `<f4`.
  public let typeName: String
  /// The number of elements.
  public let count: Int
  private let elementSize: Int
  private let isBigEndian: Bool
  private let isFortranOrder: Bool
  private let bytes: [UInt8]
  private let start: Int

  /// Reads a file, or standard input if the path is `-`.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(contentsOf path: String) throws {
    try self.init(Files.read(path, limit: 1 << 36), name: path == "-" ? Files.standardInputName : path)
  }

  /// Reads what is in memory.
  ///
  /// - Throws: ``FormatError``.
  public init(_ bytes: [UInt8], name: String) throws { try self.init(bytes, bytes.indices, name: name) }

  /// Reads a part of what is in memory.
  init(_ bytes: [UInt8], _ range: Range<Int>, name: String) throws {
    func failure(_ offset: Int, _ expected: String, _ found: String, _ hint: String? = nil) -> FormatError {
      FormatError(.init(name, offset: offset), expected: expected, found: found, hint: hint)
    }
    let truncated = "The file may be truncated."
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    let isCut = range.count < 6 && magic.starts(with: bytes[range])
    guard bytes[range].starts(with: magic) else {
      throw failure(
        0, "an array in NumPy's format, which begins with \\x93NUMPY",
        isCut ? "\(range.count) bytes" : "other bytes",
        isCut ? truncated : nil)
    }
    let versionPlace = range.lowerBound + 6
    guard range.count >= 12 else { throw failure(6, "a header", "\(range.count) bytes in all", truncated) }
    let version = bytes[versionPlace]
    guard 1...3 ~= version else { throw failure(6, "version 1, 2 or 3 of the format", "\(version)") }
    let lengthSize = version == 1 ? 2 : 4
    let length = (0..<lengthSize).reduce(0) { $0 | Int(bytes[versionPlace + 2 + $1]) << (8 * $1) }
    let headerStart = 8 + lengthSize
    guard length <= range.count - headerStart else {
      throw failure(8, "a header of \(length) bytes", "only \(range.count - headerStart)", truncated)
    }
    let text = bytes[(range.lowerBound + headerStart)..<(range.lowerBound + headerStart + length)]
    var header = NumPyHeader(bytes: Array(text), file: name, start: headerStart)
    try header.read()

    let type = header.type
    guard let kind = type.dropFirst().first.flatMap(Kind.init), let number = Int(type.dropFirst(2)),
      number >= 0,
      let order = type.first, "<>|=".contains(order)
    else {
      let isObject = type.dropFirst().first == "O"
      throw failure(
        headerStart, "numbers, truth values or strings",
        isObject
          ? "Python objects, which are not read because that would execute code"
          : "the element type \(quoted(type))",
        isObject ? "Convert the array to numbers or strings (astype) before saving it." : nil)
    }
    let sizes: [Int] =
      switch kind {
      case .float: [2, 4, 8]
      case .signed, .unsigned: [1, 2, 4, 8]
      case .bool: [1]
      case .unicode, .bytes: [number]
      }
    guard sizes.contains(number) else {
      throw failure(headerStart, "numbers of at most 8 bytes", "the element type \(quoted(type))")
    }
    var (size, overflow) = number.multipliedReportingOverflow(by: kind == .unicode ? 4 : 1)
    let elementSize = size
    var count = 1
    for factor in header.shape {
      let (elements, first) = count.multipliedReportingOverflow(by: factor)
      let (product, second) = size.multipliedReportingOverflow(by: factor)
      // A later 0 does not excuse a product that cannot be counted.
      (count, size, overflow) = (elements, product, overflow || first || second)
    }
    guard !overflow else {
      throw failure(headerStart, "a size that can be counted", "the shape \(header.shape)")
    }
    let available = range.count - headerStart - length
    guard size == available else {
      throw failure(
        headerStart + length, "\(size) bytes for the shape \(header.shape) of \(type)", "\(available)",
        available < size ? truncated : nil)
    }
    // Empty strings take no bytes, so that nothing bounds their number.
    guard size > 0 || count <= 1 << 24 else {
      throw failure(headerStart, "elements of at least one byte", "\(count) of none")
    }
    self.name = name
    self.kind = kind
    self.elementSize = elementSize
    self.count = count
    self.bytes = bytes
    shape = header.shape
    typeName = type
    isBigEndian = order == ">"
    isFortranOrder = header.isFortranOrder && header.shape.count > 1
    start = range.lowerBound + headerStart + length
  }

  /// An array whose message says what should be there.
  func failure(_ expected: String, _ found: String, hint: String? = nil) -> FormatError {
    FormatError(.init(name), expected: expected, found: found, hint: hint)
  }
}

// MARK: Elements

extension NumPyArray {
  /// The elements as Float, row-major: 4-byte floats as they are, all others rounded to the nearest.
  ///
  /// - Throws: ``FormatError`` for strings.
  public func floats() throws -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(count)
    switch (kind, elementSize) {
    case (.float, 2): forEach { values.append(Float(half: UInt16(truncatingIfNeeded: $0))) }
    case (.float, 4): forEach { values.append(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
    case (.float, _): forEach { values.append(Float(Double(bitPattern: $0))) }
    case (.signed, _): forEach { values.append(Float(signed($0))) }
    case (.unsigned, _): forEach { values.append(Float($0)) }
    case (.bool, _): forEach { values.append($0 == 0 ? 0 : 1) }
    case (.unicode, _), (.bytes, _): throw failure("an array of numbers", "strings (\(typeName))")
    }
    return values
  }

  /// The elements of an array of integers, row-major.
  ///
  /// - Throws: ``FormatError`` for all others, and for integers that do not fit.
  public func integers() throws -> [Int] {
    var values: [Int] = []
    values.reserveCapacity(count)
    switch kind {
    case .signed: forEach { values.append(Int(signed($0))) }
    case .unsigned:
      var largest: UInt64 = 0
      forEach {
        largest = max(largest, $0)
        values.append(Int(truncatingIfNeeded: $0))
      }
      guard largest <= Int.max else { throw failure("integers up to \(Int.max)", "\(largest)") }
    case .bool: forEach { values.append($0 == 0 ? 0 : 1) }
    case .float, .unicode, .bytes: throw failure("an array of integers", typeName)
    }
    return values
  }

  /// The elements of an array of strings or integers as texts, row-major; truth values as `true` and `false`.
  ///
  /// - Throws: ``FormatError`` for fractional numbers and for what is not Unicode.
  public func strings() throws -> [String] {
    switch kind {
    case .bool: return try integers().map { $0 == 0 ? "false" : "true" }
    case .signed, .unsigned: return try integers().map(String.init)
    case .float: throw failure("an array of integers or strings", typeName)
    case .unicode: return try places { try unicode(at: $0) }
    case .bytes: return try places { try text(at: $0) }
    }
  }

  private func signed(_ bits: UInt64) -> Int64 {
    let unused = UInt64(64 - 8 * elementSize)
    return Int64(bitPattern: bits << unused) >> Int64(unused)
  }

  /// The bits of every element, row-major, in the low bytes.
  private func forEach(_ body: (UInt64) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      forEachPlace { place in
        var bits: UInt64 = 0
        for k in 0..<elementSize {
          let shift = UInt64(8 * (isBigEndian ? elementSize - 1 - k : k))
          bits |= UInt64(bytes[place + k]) << shift
        }
        body(bits)
      }
    }
  }

  private func places<Element>(_ body: (Int) throws -> Element) throws -> [Element] {
    var places: [Int] = []
    places.reserveCapacity(count)
    forEachPlace { places.append($0) }
    return try places.map(body)
  }

  /// Where every element is, row-major.
  private func forEachPlace(_ body: (Int) -> Void) {
    guard isFortranOrder else {
      for k in 0..<count { body(start + k * elementSize) }
      return
    }
    // The first index runs fastest in the file, the last one here.
    var strides = shape
    var stride = elementSize
    for axis in shape.indices {
      strides[axis] = stride
      stride *= shape[axis]
    }
    var index = [Int](repeating: 0, count: shape.count)
    var place = start
    for _ in 0..<count {
      body(place)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }

  /// A string of fixed width in UTF-32, filled up with zeros.
  private func unicode(at place: Int) throws -> String {
    var text = String.UnicodeScalarView()
    var end = 0
    for k in 0..<(elementSize / 4) {
      var code: UInt32 = 0
      for byte in 0..<4 {
        code |= UInt32(bytes[place + 4 * k + byte]) << UInt32(8 * (isBigEndian ? 3 - byte : byte))
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw failure("Unicode characters", "the code 0x\(String(code, radix: 16, uppercase: true))")
      }
      text.append(scalar)
      if code != 0 { end = k + 1 }
    }
    return String(String.UnicodeScalarView(text.prefix(end)))
  }

  private func text(at place: Int) throws -> String {
    let field = bytes[place..<(place + elementSize)]
    let end = field.lastIndex { $0 != 0 }.map { $0 + 1 } ?? place
    guard let text = String(validating: field[..<end], as: UTF8.self) else {
      throw failure("strings in UTF-8", "other bytes")
    }
    return text
  }
}

// MARK: Writing

extension NumPyArray {
  /// Writes an array of `<f4` in C order, atomically.
  ///
  /// - Throws: ``FileError``.
  public static func write(_ tensor: Tensor, to path: String) throws {
    let sizes = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The elements begin at a multiple of 64 bytes.
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    let length = header.utf8.count
    require(length <= UInt16.max, "NumPyArray.write: \(tensor.shape.count) dimensions")
    try AtomicFile.write(to: path) { output in
      try output.write(
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8))
      if 1.littleEndian == 1 {
        try tensor.withUnsafeBufferPointer { try output.write(UnsafeRawBufferPointer($0)) }
      } else {
        try tensor.values.map(\.bitPattern.littleEndian).withUnsafeBytes { try output.write($0) }
      }
    }
  }
}

/// The dictionary at the head of an array, of which only three members are known; no Python is interpreted.
private struct NumPyHeader {
  let bytes: [UInt8]
  let file: String
  let start: Int
  var i = 0
  private(set) var type = ""
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  init(bytes: [UInt8], file: String, start: Int) {
    self.bytes = bytes
    self.file = file
    self.start = start
  }

  mutating func read() throws(FormatError) {
    var seen: Set<String> = []
    guard take("{") else { throw error("a dictionary") }
    while !take("}") {
      let key = try string()
      guard seen.insert(key).inserted else { throw error("every name once", "\(quoted(key)) again") }
      guard take(":") else { throw error("a colon after a name") }
      switch key {
      case "descr": try readType()
      case "fortran_order":
        if take("True") {
          isFortranOrder = true
        } else if !take("False") {
          throw error("True or False as fortran_order")
        }
      case "shape": try readShape()
      default: throw error("descr, fortran_order and shape", quoted(key))
      }
      guard take(",") || peek("}") else { throw error("a comma or the end of the dictionary") }
    }
    guard seen.count == 3 else {
      let missing = ["descr", "fortran_order", "shape"].filter { !seen.contains($0) }
      throw error("descr, fortran_order and shape", "no \(missing.joined(separator: " and no "))")
    }
    skipSpaces()
    if i < bytes.count { throw error("the end of the header") }
  }

  private mutating func readType() throws(FormatError) {
    if peek("[") {
      throw error(
        "numbers, truth values or strings", "records of several fields",
        "Save each field as an array of its own.")
    }
    type = try string()
  }

  private mutating func readShape() throws(FormatError) {
    guard take("(") else { throw error("a tuple as shape") }
    while !take(")") {
      skipSpaces()
      let begin = i
      while i < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[i] { i += 1 }
      guard let size = Int(String(decoding: bytes[begin..<i], as: UTF8.self)) else {
        throw error("a size from 0")
      }
      // NumPy itself stops at 64.
      guard shape.count < 64 else { throw error("at most 64 dimensions", "more") }
      shape.append(size)
      guard take(",") || peek(")") else { throw error("a comma or the end of the tuple") }
    }
  }

  private mutating func string() throws(FormatError) -> String {
    skipSpaces()
    guard i < bytes.count, bytes[i] == UInt8(ascii: "'") || bytes[i] == UInt8(ascii: "\"") else {
      throw error("a string in quotes")
    }
    guard let end = bytes[(i + 1)...].firstIndex(of: bytes[i]) else { throw error("a closing quote", "none") }
    let text = String(decoding: bytes[(i + 1)..<end], as: UTF8.self)
    i = end + 1
    return text
  }

  private mutating func skipSpaces() {
    while i < bytes.count, bytes[i] == 0x20 || bytes[i] == 0x0A || bytes[i] == 0x09 { i += 1 }
  }

  private mutating func peek(_ word: String) -> Bool {
    skipSpaces()
    return bytes[i...].starts(with: word.utf8)
  }

  private mutating func take(_ word: String) -> Bool {
    guard peek(word) else { return false }
    i += word.utf8.count
    return true
  }

  private func error(_ expected: String, _ found: String? = nil, _ hint: String? = nil) -> FormatError {
    let next =
      i < bytes.count
      ? quoted(String(decoding: bytes[i..<min(i + 12, bytes.count)], as: UTF8.self)) : "the end"
    return FormatError(.init(file, offset: start + i), expected: expected, found: found ?? next, hint: hint)
  }
}
