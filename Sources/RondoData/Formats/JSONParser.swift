extension JSON {
  /// Reads one JSON value and nothing after it.
  ///
  /// - Parameters:
  ///   - file: What error messages call the source.
  ///   - offset: Where in the file `bytes` begin, for messages.
  ///   - line: The line where they begin, if it is known.
  ///   - maximumDepth: Deeper nesting is refused, so that hostile input cannot exhaust the stack.
  public init(
    parsing bytes: UnsafeBufferPointer<UInt8>, of file: String, offset: Int = 0, line: Int? = nil,
    maximumDepth: Int = 64
  ) throws(FormatError) {
    var parser = JSONParser(
      bytes: bytes, file: file, start: offset, firstLine: line ?? (offset == 0 ? 1 : nil))
    self = try parser.document(maximumDepth)
  }

  /// Reads one JSON value and nothing after it.
  public init(parsing text: String, of file: String = "JSON") throws {
    self = try Array(text.utf8).withUnsafeBufferPointer { try JSON(parsing: $0, of: file) }
  }

  /// Reads a file that holds one JSON value.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(contentsOf path: String) throws {
    self = try Files.read(path).withUnsafeBufferPointer { bytes in
      guard !bytes.isEmpty else {
        throw FormatError(
          .init(path), expected: "JSON", found: "an empty file", hint: "The file may be truncated.")
      }
      return try JSON(parsing: bytes, of: path)
    }
  }
}

private struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let file: String
  let start: Int
  let firstLine: Int?
  var i = 0

  mutating func document(_ depth: Int) throws(FormatError) -> JSON {
    let value = try value(depth)
    skipWhitespace()
    if i < bytes.count { throw error("the end of the file") }
    return value
  }

  private mutating func value(_ depth: Int) throws(FormatError) -> JSON {
    skipWhitespace()
    switch i < bytes.count ? bytes[i] : 0 {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      for (word, value): (StaticString, JSON) in [("true", true), ("false", false), ("null", nil)] {
        if take(word) { return value }
      }
      throw error("a JSON value")
    }
  }

  private mutating func object(_ depth: Int) throws(FormatError) -> JSON {
    try enter(depth)
    var result = JSON.Object()
    skipWhitespace()
    if take("}") { return .object(result) }
    repeat {
      skipWhitespace()
      let place = i
      guard i < bytes.count, bytes[i] == UInt8(ascii: "\"") else { throw error("a member's name in quotes") }
      let name = try string()
      guard result[name] == nil else {
        throw error("every name once", found: "the name \(quoted(name)) again", at: place)
      }
      skipWhitespace()
      guard take(":") else { throw error("a colon after a member's name") }
      result[name] = try value(depth - 1)
      skipWhitespace()
    } while take(",")
    guard take("}") else { throw error("a comma or the end of an object") }
    return .object(result)
  }

  private mutating func array(_ depth: Int) throws(FormatError) -> JSON {
    try enter(depth)
    var result: [JSON] = []
    skipWhitespace()
    if take("]") { return .array(result) }
    repeat {
      result.append(try value(depth - 1))
      skipWhitespace()
    } while take(",")
    guard take("]") else { throw error("a comma or the end of an array") }
    return .array(result)
  }

  private mutating func enter(_ depth: Int) throws(FormatError) {
    guard depth > 0 else { throw error("values nested less deeply", found: "one more level") }
    i += 1
  }

  private mutating func string() throws(FormatError) -> String {
    let place = i
    i += 1
    var result: [UInt8] = []
    while true {
      let run = i
      while i < bytes.count, bytes[i] >= 0x20, bytes[i] != UInt8(ascii: "\""), bytes[i] != UInt8(ascii: "\\")
      {
        i += 1
      }
      result += bytes[run..<i]
      if take("\"") { break }
      guard take("\\") else { throw error("the end of a string") }
      try escape(&result)
    }
    let verdict = result.withUnsafeBufferPointer { UTF8Check.check($0) }
    guard verdict == .valid else { throw error("a string in UTF-8", found: "other bytes", at: place) }
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func escape(_ result: inout [UInt8]) throws(FormatError) {
    let simple: [(StaticString, UInt8)] = [
      ("\"", 0x22), ("\\", 0x5C), ("/", 0x2F), ("b", 0x08), ("f", 0x0C), ("n", 0x0A), ("r", 0x0D),
      ("t", 0x09),
    ]
    for (letter, byte) in simple where take(letter) {
      result.append(byte)
      return
    }
    let place = i
    guard take("u") else { throw error("an escape") }
    var value = try hexadecimal()
    if 0xD800..<0xDC00 ~= value, take("\\u") {
      let low = try hexadecimal()
      if 0xDC00..<0xE000 ~= low { value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00) }
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw error("a Unicode character", found: "half of a surrogate pair", at: place)
    }
    result += UTF8.encode(scalar)!
  }

  private mutating func hexadecimal() throws(FormatError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard i < bytes.count, let digit = Unicode.Scalar(bytes[i]).properties.isASCIIHexDigit ? bytes[i] : nil
      else {
        throw error("four hexadecimal digits")
      }
      value = value << 4 + UInt32(digit & 15 + (digit > 0x40 ? 9 : 0))
      i += 1
    }
    return value
  }

  private mutating func number() throws(FormatError) -> JSON {
    let place = i
    var isInteger = true
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") {
      isInteger = false
      try digits()
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[place..<i], as: UTF8.self)
    // -0 is a number of its own; an integer would lose its sign.
    if isInteger, text != "-0", let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw error("a number within the range of a double", found: quoted(text), at: place)
    }
    return .number(value)
  }

  private mutating func digits() throws(FormatError) {
    let place = i
    while i < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[i] { i += 1 }
    if i == place { throw error("a digit") }
  }

  private mutating func skipWhitespace() {
    while i < bytes.count, bytes[i] == 0x20 || bytes[i] == 0x0A || bytes[i] == 0x0D || bytes[i] == 0x09 {
      i += 1
    }
  }

  /// Steps over `word` if it comes next.
  private mutating func take(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard i + count <= bytes.count else { return false }
    for k in 0..<count where bytes[i + k] != word.utf8Start[k] { return false }
    i += count
    return true
  }

  private func error(_ expected: String, found: String? = nil, at place: Int? = nil) -> FormatError {
    let place = place ?? i
    let line = firstLine.map { $0 + UTF8Check.lineCount(UnsafeBufferPointer(rebasing: bytes[..<place])) }
    let seen =
      found
      ?? (place < bytes.count
        ? quoted(String(decoding: bytes[place..<min(place + 1, bytes.count)], as: UTF8.self)) : "the end")
    return FormatError(
      .init(file, line: line, offset: start + place), expected: expected, found: seen,
      hint: place == bytes.count ? "The file may be truncated." : nil)
  }
}
