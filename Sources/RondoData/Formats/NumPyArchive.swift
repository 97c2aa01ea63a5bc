/// Named arrays in NumPy's `.npz` format: a ZIP archive whose entries are stored `.npy` files.
///
/// Entries are found by the archive's central directory, ZIP64 included, and checked against their CRC-32. Compressed and encrypted ones are
/// refused. No memory is taken because a file claims to need it.
///
/// Source of the format: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
public struct NumPyArchive: Sendable {
  /// What messages call the file.
  public let name: String
  /// The names of the arrays, in the order of the file.
  public let names: [String]
  private let bytes: [UInt8]
  private let entries: [String: Range<Int>]

  /// Reads a file, or standard input if the path is `-`.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(contentsOf path: String) throws {
    try self.init(Files.read(path, limit: 1 << 36), name: path == "-" ? Files.standardInputName : path)
  }

  /// Reads what is in memory.
  ///
  /// - Throws: ``FormatError``.
  public init(_ bytes: [UInt8], name: String) throws {
    let directory = try bytes.withUnsafeBytes { try ZIPDirectory($0, file: name) }
    self.name = name
    self.bytes = bytes
    names = directory.entries.map(\.name)
    entries = Dictionary(uniqueKeysWithValues: directory.entries.map { ($0.name, $0.bytes) })
  }

  /// The array with a name, `nil` if there is none.
  ///
  /// - Throws: ``FormatError`` if it is damaged, or of a kind that is not read.
  public func array(_ name: String) throws -> NumPyArray? {
    try entries[name].map { try NumPyArray(bytes, $0, name: "\(self.name), array \(quoted(name))") }
  }
}

/// What a ZIP archive says about its entries, checked.
private struct ZIPDirectory {
  var entries: [(name: String, bytes: Range<Int>)] = []
  private let file: String

  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(FormatError) {
    self.file = file
    let cut = "The file may be truncated."
    guard bytes.count >= 22 else {
      throw failure(0, "a ZIP archive, which has at least 22 bytes", "\(bytes.count)", cut)
    }
    // The end record is the last thing in the file but for a comment of at most 64 KB.
    let first = max(0, bytes.count - 22 - 0xFFFF)
    guard
      let end = (first...(bytes.count - 22)).last(where: {
        ZIPDirectory.number(bytes, $0, 4) == 0x0605_4B50
          && $0 + 22 + ZIPDirectory.number(bytes, $0 + 20, 2) == bytes.count
      })
    else { throw failure(bytes.count, "the end of a ZIP archive", "none", cut) }

    var disks = (ZIPDirectory.number(bytes, end + 4, 2), ZIPDirectory.number(bytes, end + 6, 2))
    var count = ZIPDirectory.number(bytes, end + 10, 2)
    var size = ZIPDirectory.number(bytes, end + 12, 4)
    var offset = ZIPDirectory.number(bytes, end + 16, 4)
    var limit = end
    if end >= 20, ZIPDirectory.number(bytes, end - 20, 4) == 0x0706_4B50 {
      let place = ZIPDirectory.number(bytes, end - 12, 8)
      guard place >= 0, place <= end - 20 - 56, ZIPDirectory.number(bytes, place, 4) == 0x0606_4B50 else {
        throw failure(end - 20, "the place of the ZIP64 end record", "another place")
      }
      disks = (ZIPDirectory.number(bytes, place + 16, 4), ZIPDirectory.number(bytes, place + 20, 4))
      count = ZIPDirectory.number(bytes, place + 32, 8)
      size = ZIPDirectory.number(bytes, place + 40, 8)
      offset = ZIPDirectory.number(bytes, place + 48, 8)
      limit = place
    }
    guard disks == (0, 0) else { throw failure(end, "an archive in one file", "a part of several") }
    guard offset >= 0, size >= 0, offset <= limit, size == limit - offset else {
      throw failure(
        end, "the directory right before its end record", "it at byte \(offset) with \(size) bytes")
    }
    var i = offset
    var seen: Set<String> = []
    var unclaimed = bytes.count
    while i < limit {
      guard let entry = try entry(bytes, &i, limit, unclaimed: unclaimed) else { continue }
      unclaimed -= entry.bytes.count
      guard seen.insert(entry.name).inserted else {
        throw failure(i, "every name once", "the name \(quoted(entry.name)) again")
      }
      entries.append(entry)
    }
    guard seen.count <= count else { throw failure(end, "\(count) entries", "\(seen.count)") }
  }

  /// Reads one entry of the directory and what it refers to; `nil` for a folder. All entries together have no more bytes than the file:
  /// where many claim the same ones, checking them would take forever.
  private func entry(
    _ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ limit: Int, unclaimed: Int
  ) throws(FormatError) -> (name: String, bytes: Range<Int>)? {
    let place = i
    guard limit - i >= 46, ZIPDirectory.number(bytes, i, 4) == 0x0201_4B50 else {
      throw failure(place, "an entry of the directory", "other bytes")
    }
    let flags = ZIPDirectory.number(bytes, i + 8, 2)
    let method = ZIPDirectory.number(bytes, i + 10, 2)
    let checksum = UInt32(truncatingIfNeeded: ZIPDirectory.number(bytes, i + 16, 4))
    var packed = ZIPDirectory.number(bytes, i + 20, 4)
    var size = ZIPDirectory.number(bytes, i + 24, 4)
    let nameLength = ZIPDirectory.number(bytes, i + 28, 2)
    let extraLength = ZIPDirectory.number(bytes, i + 30, 2)
    let remarkLength = ZIPDirectory.number(bytes, i + 32, 2)
    var header = ZIPDirectory.number(bytes, i + 42, 4)
    i += 46 + nameLength + extraLength + remarkLength
    guard i <= limit else { throw failure(place, "an entry within the directory", "a longer one") }

    // What does not fit into 4 bytes stands in an extra field, in this order.
    var extra = place + 46 + nameLength
    let extraEnd = extra + extraLength
    while extraEnd - extra >= 4 {
      let length = ZIPDirectory.number(bytes, extra + 2, 2)
      if ZIPDirectory.number(bytes, extra, 2) == 1 {
        var field = extra + 4
        let fieldEnd = min(field + length, extraEnd)
        func large(_ value: Int) -> Int {
          guard value == 0xFFFF_FFFF, fieldEnd - field >= 8 else { return value }
          field += 8
          return ZIPDirectory.number(bytes, field - 8, 8)
        }
        size = large(size)
        packed = large(packed)
        header = large(header)
      }
      extra += 4 + length
    }

    guard
      var name = String(
        validating: UnsafeRawBufferPointer(rebasing: bytes[(place + 46)..<(place + 46 + nameLength)]),
        as: UTF8.self)
    else { throw failure(place + 46, "a name in UTF-8", "other bytes") }
    if name.hasSuffix("/") { return nil }
    if name.hasSuffix(".npy") { name.removeLast(4) }
    guard flags & 1 == 0 else { throw failure(place, "array \(quoted(name)) as it is", "an encrypted entry") }
    guard method == 0 else {
      throw failure(
        place, "array \(quoted(name)) without compression", "a compressed entry",
        "Save it with numpy.savez, not with numpy.savez_compressed.")
    }
    guard header >= 0, header <= limit - 30, ZIPDirectory.number(bytes, header, 4) == 0x0403_4B50 else {
      throw failure(place, "the place of array \(quoted(name))", "another place")
    }
    let start =
      header + 30 + ZIPDirectory.number(bytes, header + 26, 2) + ZIPDirectory.number(bytes, header + 28, 2)
    guard size >= 0, packed == size, start <= limit, size <= min(limit - start, unclaimed) else {
      throw failure(place, "array \(quoted(name)) within the file", "\(size) bytes from byte \(start) on")
    }
    guard CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + size)])) == checksum else {
      throw failure(
        start, "array \(quoted(name)) with the checksum in the directory", "another checksum",
        "The file is damaged.")
    }
    return (name, start..<(start + size))
  }

  /// A little-endian number of up to 8 bytes; one that does not fit is negative.
  private static func number(_ bytes: UnsafeRawBufferPointer, _ i: Int, _ size: Int) -> Int {
    Int(truncatingIfNeeded: (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[i + $1]) << UInt64(8 * $1) })
  }

  private func failure(_ offset: Int, _ expected: String, _ found: String, _ hint: String? = nil)
    -> FormatError
  {
    FormatError(.init(file, offset: offset), expected: expected, found: found, hint: hint)
  }
}

/// The checksum of ZIP archives (ISO 3309, polynomial 0x04C11DB7 reflected).
private enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
  }
}
