/// Whether bytes are UTF-8 text, and where they stop being it.
enum UTF8Check {
  enum Verdict: Equatable {
    case valid
    /// No text can have these bytes at this offset.
    case invalid(at: Int)
    /// The bytes end within a character that begins at this offset.
    case incomplete(at: Int)
  }

  /// Unicode 16, table 3-7: no overlong forms, no surrogates, nothing beyond U+10FFFF.
  static func check(_ bytes: UnsafeBufferPointer<UInt8>) -> Verdict {
    let raw = UnsafeRawBufferPointer(bytes)
    var i = 0
    while i < bytes.count {
      if bytes[i] < 0x80 {
        i += 1
        // Eight bytes at once while they are all ASCII.
        while i + 8 <= bytes.count,
          raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        { i += 8 }
        continue
      }
      let second: ClosedRange<UInt8>
      let length: Int
      switch bytes[i] {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return .invalid(at: i)
      }
      guard i + 1 < bytes.count else { return .incomplete(at: i) }
      guard second.contains(bytes[i + 1]) else { return .invalid(at: i) }
      for k in 2..<max(length, 2) {
        guard i + k < bytes.count else { return .incomplete(at: i) }
        guard bytes[i + k] & 0xC0 == 0x80 else { return .invalid(at: i) }
      }
      i += length
    }
    return .valid
  }

  /// Throws a ``FormatError`` unless `bytes`, which begin at this line and byte of a file, are text: UTF-8 without NUL.
  static func requireText(
    _ bytes: UnsafeBufferPointer<UInt8>, of file: String, line: Int = 1, offset: Int = 0
  ) throws(FormatError) {
    func place(_ i: Int) -> FormatError.Place {
      .init(file, line: line + lineCount(UnsafeBufferPointer(rebasing: bytes[..<i])), offset: offset + i)
    }
    if offset == 0, bytes.count >= 2,
      (bytes[0], bytes[1]) == (0xFF, 0xFE) || (bytes[0], bytes[1]) == (0xFE, 0xFF)
    {
      throw FormatError(
        place(0), expected: "UTF-8 text", found: "the mark of UTF-16",
        hint: "Convert it first, for example with iconv -f UTF-16 -t UTF-8.")
    }
    if let nul = bytes.firstIndex(of: 0) {
      throw FormatError(place(nul), expected: "text", found: "a binary file (it has a zero byte)")
    }
    switch check(bytes) {
    case .valid: return
    case .invalid(let i):
      throw FormatError(
        place(i), expected: "UTF-8 text", found: "the byte 0x\(String(bytes[i], radix: 16, uppercase: true))",
        hint: "If it is text in another encoding, convert it first, for example with iconv.")
    case .incomplete(let i):
      throw FormatError(
        place(i), expected: "UTF-8 text", found: "the end of the file within a character",
        hint: "The file may be truncated.")
    }
  }

  /// The number of newlines.
  static func lineCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.reduce(0) { $0 &+ ($1 == 0x0A ? 1 : 0) }
  }

  /// The number of Unicode scalars of valid UTF-8.
  static func scalarCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.reduce(0) { $0 &+ ($1 & 0xC0 != 0x80 ? 1 : 0) }
  }
}
