import RondoCore

/// A file of named tensors in the safetensors format: an 8-byte little-endian length, a JSON header of that length, and the values.
///
/// Opening a file reads its header and checks all of it: every shape fits its byte range, and the ranges cover the data once, without
/// overlaps and holes. Values are read when asked for, straight into their place. Damaged and hostile files give a ``FormatError``; no
/// memory is taken because a file claims to need it.
///
/// Source of the format: <https://github.com/huggingface/safetensors>.
public final class SafeTensors: Sendable {
  /// How one element is stored.
  public enum ElementType: String, CaseIterable, Sendable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"

    /// The bytes of one element.
    public var size: Int {
      switch self {
      case .float64, .int64: 8
      case .float32, .int32: 4
      case .float16, .bfloat16: 2
      }
    }

    /// Whether ``SafeTensors/integers(_:)`` reads it.
    public var isInteger: Bool { self == .int64 || self == .int32 }
  }

  /// One tensor of the file.
  public struct Entry: Hashable, Sendable {
    /// Its name in the header.
    public let name: String
    /// How its elements are stored.
    public let type: ElementType
    /// Its sizes, `[]` for a scalar; the elements are row-major.
    public let shape: [Int]
    /// Where its values lie in the file.
    public let bytes: Range<Int>

    /// The number of elements.
    public var count: Int { bytes.count / type.size }
  }

  /// The name the file goes by in messages.
  public let name: String
  /// The tensors, in the order of their values.
  public let entries: [Entry]
  /// The header's own remarks.
  public let metadata: [String: String]
  private let places: [String: Int]
  private let source: Source

  /// A header of more bytes is refused: a hundred thousand tensors fit.
  static let maximumHeaderSize = 1 << 25

  /// Opens a file and checks its header. The file stays open, so that a newer file under its name changes nothing.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public convenience init(contentsOf path: String) throws {
    let file = try FileDescriptor.reading(path)
    guard try file.kind() == .regular else {
      throw FormatError(.init(path), expected: "a file", found: "a pipe or a device")
    }
    let size = try file.size()
    try self.init(.file(file), size: size, name: path)
  }

  /// Checks the header of a file that is in memory.
  ///
  /// - Throws: ``FormatError``.
  public convenience init(_ bytes: [UInt8], name: String) throws {
    try self.init(.memory(bytes), size: bytes.count, name: name)
  }

  private init(_ source: consuming Source, size: Int, name: String) throws {
    func failure(_ offset: Int, _ expected: String, _ found: String, _ hint: String? = nil) -> FormatError {
      FormatError(.init(name, offset: offset), expected: expected, found: found, hint: hint)
    }
    guard size >= 8 else {
      throw failure(
        size, "a safetensors file, which has at least 8 bytes", "\(size) bytes", "The file may be truncated.")
    }
    var claimed: UInt64 = 0
    try withUnsafeMutableBytes(of: &claimed) { try source.read(into: $0, at: 0) }
    claimed = UInt64(littleEndian: claimed)
    guard claimed <= SafeTensors.maximumHeaderSize else {
      throw failure(0, "a header of at most \(SafeTensors.maximumHeaderSize) bytes", "a claim of \(claimed)")
    }
    let dataStart = 8 + Int(claimed)
    guard dataStart <= size else {
      throw failure(0, "a header of \(claimed) bytes", "only \(size - 8)", "The file may be truncated.")
    }
    let header = try [UInt8](unsafeUninitializedCapacity: Int(claimed)) { buffer, count in
      try source.read(into: UnsafeMutableRawBufferPointer(buffer), at: 8)
      count = Int(claimed)
    }
    let json = try header.withUnsafeBufferPointer {
      try JSON(parsing: $0, of: name, offset: 8, maximumDepth: 8)
    }
    guard let members = json.object?.members else {
      throw failure(8, "an object as the header", json.summary)
    }

    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for (key, value) in members {
      if key == "__metadata__" {
        guard let pairs = value.object?.members else {
          throw failure(8, "an object as __metadata__", value.summary)
        }
        for (key, value) in pairs {
          guard let text = value.string else {
            throw failure(8, "a string as metadata \(quoted(key))", value.summary)
          }
          metadata[key] = text
        }
      } else {
        entries.append(try SafeTensors.entry(key, value, dataStart: dataStart, of: name))
      }
    }
    entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
    var end = dataStart
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        let fault = entry.bytes.lowerBound < end ? "an overlap with the one before" : "a hole before it"
        throw failure(end, "tensor \(quoted(entry.name)) to begin at this byte", fault)
      }
      end = entry.bytes.upperBound
    }
    guard end == size else {
      throw failure(
        min(end, size), "\(end - dataStart) bytes of values", "\(size - dataStart)",
        end > size ? "The file may be truncated." : nil)
    }

    self.name = name
    self.entries = entries
    self.metadata = metadata
    self.source = source
    places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
  }

  /// The tensor with a name.
  public subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

  private static func entry(
    _ key: String, _ value: JSON, dataStart: Int, of file: String
  ) throws(FormatError) -> Entry {
    func failure(_ expected: String, _ found: String) -> FormatError {
      FormatError(.init(file, offset: 8), expected: "tensor \(quoted(key)) to have \(expected)", found: found)
    }
    let names = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
    guard let type = value["dtype"]?.string.flatMap(ElementType.init) else {
      throw failure("a dtype among \(names)", value["dtype"]?.summary ?? "none")
    }
    guard let sizes = value["shape"]?.array, sizes.allSatisfy({ ($0.integer ?? -1) >= 0 }) else {
      throw failure("a shape of sizes from 0", value["shape"]?.text() ?? "none")
    }
    let shape = sizes.map { $0.integer! }
    var size = type.size
    for factor in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: factor)
      // A later 0 does not excuse a product that cannot be counted.
      guard !overflow else { throw failure("a size that can be counted", "the shape \(shape)") }
      size = product
    }
    guard let offsets = value["data_offsets"]?.array, offsets.count == 2,
      let begin = offsets[0].integer, let end = offsets[1].integer,
      begin >= 0, begin <= end, end <= Int.max - dataStart
    else { throw failure("two ascending data_offsets", value["data_offsets"]?.text() ?? "none") }
    guard end - begin == size else {
      throw failure("\(size) bytes for the shape \(shape) of \(type.rawValue)", "\(end - begin)")
    }
    return Entry(name: key, type: type, shape: shape, bytes: dataStart + begin..<dataStart + end)
  }
}

// MARK: Reading values

extension SafeTensors {
  /// The values of a tensor as Float: F32 as they are, all others rounded to the nearest.
  public func floats(_ name: String) throws -> [Float] {
    let entry = try required(name)
    return try [Float](unsafeUninitializedCapacity: entry.count) { buffer, count in
      try read(name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<entry.count]))
      count = entry.count
    }
  }

  /// Reads the values of a tensor to where they are wanted, as ``floats(_:)`` does. `buffer` must have room for exactly that many.
  public func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    let entry = try required(name)
    require(
      buffer.count == entry.count,
      "SafeTensors.read: a buffer of \(buffer.count) for tensor \(name) of shape \(entry.shape)")
    if entry.type == .float32, 1.littleEndian == 1 {
      return try source.read(into: UnsafeMutableRawBufferPointer(buffer), at: entry.bytes.lowerBound)
    }
    switch entry.type {
    case .float32: try convert(entry) { buffer[$0] = Float(bitPattern: UInt32(littleEndian: $1)) }
    case .float64: try convert(entry) { buffer[$0] = Float(Double(bitPattern: UInt64(littleEndian: $1))) }
    case .float16: try convert(entry) { buffer[$0] = Float(half: UInt16(littleEndian: $1)) }
    case .bfloat16:
      try convert(entry) { buffer[$0] = Float(bitPattern: UInt32(UInt16(littleEndian: $1)) << 16) }
    case .int64: try convert(entry) { buffer[$0] = Float(Int64(littleEndian: $1)) }
    case .int32: try convert(entry) { buffer[$0] = Float(Int32(littleEndian: $1)) }
    }
  }

  /// The values of a tensor as Double: exact, but for I64 beyond 2⁵³.
  public func doubles(_ name: String) throws -> [Double] {
    let entry = try required(name)
    var values: [Double] = []
    values.reserveCapacity(entry.count)
    switch entry.type {
    case .float64: try convert(entry) { values.append(Double(bitPattern: UInt64(littleEndian: $1))) }
    case .int64: try convert(entry) { values.append(Double(Int64(littleEndian: $1))) }
    case .int32: try convert(entry) { values.append(Double(Int32(littleEndian: $1))) }
    case .float32, .float16, .bfloat16: values = try floats(name).map(Double.init)
    }
    return values
  }

  /// The values of an integer tensor. Fractional numbers are refused with a ``FormatError``.
  public func integers(_ name: String) throws -> [Int] {
    let entry = try required(name)
    var values: [Int] = []
    values.reserveCapacity(entry.count)
    switch entry.type {
    case .int64: try convert(entry) { values.append(Int(Int64(littleEndian: $1))) }
    case .int32: try convert(entry) { values.append(Int(Int32(littleEndian: $1))) }
    case .float64, .float32, .float16, .bfloat16:
      throw FormatError(
        .init(self.name, offset: entry.bytes.lowerBound), expected: "integers as tensor \(quoted(name))",
        found: entry.type.rawValue)
    }
    return values
  }

  func required(_ name: String) throws(FormatError) -> Entry {
    guard let entry = self[name] else {
      throw FormatError(
        .init(self.name), expected: "a tensor \(quoted(name, limit: 200))", found: "none of that name")
    }
    return entry
  }

  /// Hands every element to `body` with its place, through a small buffer.
  private func convert<Bits: FixedWidthInteger>(_ entry: Entry, _ body: (Int, Bits) -> Void) throws {
    let width = MemoryLayout<Bits>.size
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    var done = 0
    while done < entry.count {
      let count = min(entry.count - done, buffer.count / width)
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * width)])
      try source.read(into: piece, at: entry.bytes.lowerBound + done * width)
      for k in 0..<count { body(done + k, piece.load(fromByteOffset: k * width, as: Bits.self)) }
      done += count
    }
  }

  /// Where the bytes are.
  private enum Source: ~Copyable, Sendable {
    case file(FileDescriptor)
    case memory([UInt8])

    /// Fills `buffer` from a byte on. That so many bytes are there was checked when the file was opened.
    borrowing func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
      switch self {
      case .file(let file):
        guard try file.read(into: buffer, at: offset) == buffer.count else {
          throw FileError(.read, file.path, .changed)
        }
      case .memory(let bytes):
        bytes.withUnsafeBytes {
          buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset...].prefix(buffer.count)))
        }
      }
    }
  }
}

extension Float {
  /// The value of an IEEE 754 half-precision number. (`Float16` does not exist on every platform.)
  init(half bits: UInt16) {
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits) & 0x3FF
    let magnitude: Float =
      switch exponent {
      case 0: Float(fraction) * 0x1p-24
      case 0x1F: Float(bitPattern: 0x7F80_0000 | fraction << 13)
      default: Float(bitPattern: (exponent + 112) << 23 | fraction << 13)
      }
    self = Float(bitPattern: magnitude.bitPattern | UInt32(bits & 0x8000) << 16)
  }
}
