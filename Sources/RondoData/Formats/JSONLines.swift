/// Rows as JSON objects: one on each line (<https://jsonlines.org>), or all of them in one array.
///
/// Blank lines are skipped. Objects are read one at a time, so that only the file's bytes lie in memory.
public struct JSONLines: Sendable {
  /// One object of the file.
  public struct Row: Sendable {
    /// The line where it begins, counted from 1.
    public let line: Int
    /// Its members.
    public let object: JSON.Object
    fileprivate let file: String

    /// Where it is in the file.
    public var place: FormatError.Place { .init(file, line: line) }

    /// The text of a member: a string as it is, a number or truth value as JSON writes it; `nil` if it is null or not there.
    ///
    /// - Throws: ``FormatError`` if it is an array or an object.
    public func optionalText(_ name: String) throws -> String? {
      switch object[name] {
      case nil, .null: nil
      case .string(let text): text
      case .bool, .integer, .number: object[name]!.text()
      case .array, .object:
        throw FormatError(place, expected: "a string as \(quoted(name))", found: object[name]!.summary)
      }
    }

    /// The text of a member that must be there.
    ///
    /// - Throws: ``FormatError`` if there is none of that name, naming those there are, or it is null.
    public func text(_ name: String) throws -> String {
      if let text = try optionalText(name) { return text }
      guard object[name] == nil else {
        throw FormatError(place, expected: "a string as \(quoted(name))", found: "null")
      }
      throw FormatError.noMember(name, among: object.members.map(\.name), at: place)
    }
  }

  /// What messages call the file.
  public let name: String
  private let bytes: [UInt8]

  /// Reads a file, or standard input if the path is `-`.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(contentsOf path: String) throws {
    try self.init(Files.read(path, limit: 1 << 36), name: path == "-" ? Files.standardInputName : path)
  }

  /// Rows in memory.
  ///
  /// - Throws: ``FormatError`` if the bytes are no text.
  public init(_ bytes: [UInt8], name: String) throws {
    self.name = name
    self.bytes = bytes
    try bytes.withUnsafeBufferPointer { try UTF8Check.requireText($0, of: name) }
  }

  /// Hands each object to `body`, in order.
  ///
  /// - Throws: ``FormatError`` for what is no object, or what `body` throws.
  public func forEachRow(_ body: (Row) throws -> Void) throws {
    try bytes.withUnsafeBufferPointer { bytes in
      var walk = Walk(bytes: bytes, file: name)
      walk.i = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      walk.skipWhitespace()
      if walk.i < bytes.count, bytes[walk.i] == UInt8(ascii: "[") {
        try walk.array(body)
      } else {
        try walk.lines(body)
      }
    }
  }

  /// A position in the file, and its line.
  private struct Walk {
    let bytes: UnsafeBufferPointer<UInt8>
    let file: String
    var i = 0
    var line = 1

    mutating func skipWhitespace() {
      while i < bytes.count, bytes[i] == 0x20 || 0x09...0x0D ~= bytes[i] {
        if bytes[i] == 0x0A { line += 1 }
        i += 1
      }
    }

    mutating func lines(_ body: (Row) throws -> Void) throws {
      while i < bytes.count {
        let end = bytes[i...].firstIndex(of: 0x0A) ?? bytes.count
        try row(i..<end, body)
        i = end
        skipWhitespace()
      }
    }

    /// The elements of an array are found by their brackets, and read one at a time.
    mutating func array(_ body: (Row) throws -> Void) throws {
      i += 1
      skipWhitespace()
      var isFirst = true
      while i < bytes.count, bytes[i] != UInt8(ascii: "]") || !isFirst {
        let begin = i
        let end = elementEnd()
        try row(begin..<end, body)
        line += UTF8Check.lineCount(UnsafeBufferPointer(rebasing: bytes[begin..<end]))
        i = end
        isFirst = false
        skipWhitespace()
        guard i < bytes.count, bytes[i] == UInt8(ascii: ",") else { break }
        i += 1
        skipWhitespace()
      }
      guard i < bytes.count, bytes[i] == UInt8(ascii: "]") else {
        throw failure("a comma or the end of the array", i < bytes.count ? character : "the end")
      }
      i += 1
      skipWhitespace()
      if i < bytes.count { throw failure("the end of the file after the array", character) }
    }

    /// Where the value that begins here ends: after its last bracket, or before the next comma or bracket of the array.
    private func elementEnd() -> Int {
      var depth = 0
      var isString = false
      var k = i
      while k < bytes.count {
        switch bytes[k] {
        case UInt8(ascii: "\\") where isString: k += 1
        case UInt8(ascii: "\""): isString.toggle()
        case _ where isString: break
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth <= 1 { return depth == 1 ? k + 1 : k }
          depth -= 1
        case UInt8(ascii: ",") where depth == 0: return k
        default: break
        }
        k += 1
      }
      return bytes.count
    }

    private func row(_ range: Range<Int>, _ body: (Row) throws -> Void) throws {
      let value = try JSON(
        parsing: UnsafeBufferPointer(rebasing: bytes[range]), of: file, offset: range.lowerBound, line: line)
      guard let object = value.object else {
        throw failure("an object, {\"name\": value, …}", value.summary)
      }
      try body(Row(line: line, object: object, file: file))
    }

    private var character: String {
      quoted(String(decoding: bytes[i..<min(i + 4, bytes.count)], as: UTF8.self).prefix(1))
    }

    private func failure(_ expected: String, _ found: String) -> FormatError {
      FormatError(
        .init(file, line: line), expected: expected, found: found,
        hint: i == bytes.count ? "The file may be truncated." : nil)
    }
  }
}

extension FormatError {
  /// A member of this name is asked for, and there is none.
  static func noMember(_ name: String, among names: [String], at place: Place) -> FormatError {
    FormatError(
      place, expected: "a member \(quoted(name))", found: names.isEmpty ? "an empty object" : listed(names),
      hint: NearestName.of(name, among: names).map { "Did you mean \(quoted($0))?" })
  }
}
