/// Splits pieces of UTF-8 text into words at whitespace, and says where lines end.
///
/// Whitespace is what Unicode's property White_Space names. Only the newline U+000A ends a line (a carriage return before it is
/// whitespace, so files of either convention give the same words). A last line without a newline ends where the text does.
struct WordScanner {
  private var lineHasWords = false

  /// Calls `word` with each word and `endOfLine` at each newline of a piece that cuts no word.
  mutating func scan(
    _ piece: UnsafeBufferPointer<UInt8>, word: (UnsafeBufferPointer<UInt8>) -> Void, endOfLine: () -> Void
  ) {
    var i = 0
    while i < piece.count {
      let space = WordScanner.whitespace(piece, i)
      if space > 0 {
        if piece[i] == 0x0A {
          endOfLine()
          lineHasWords = false
        }
        i += space
        continue
      }
      let begin = i
      repeat { i += 1 } while i < piece.count && WordScanner.whitespace(piece, i) == 0
      word(UnsafeBufferPointer(rebasing: piece[begin..<i]))
      lineHasWords = true
    }
  }

  /// Calls `endOfLine` if the text ended within a line.
  mutating func finish(endOfLine: () -> Void) {
    if lineHasWords { endOfLine() }
    lineHasWords = false
  }

  /// The number of bytes of the whitespace character at a place, 0 if there is none.
  @inline(__always)
  private static func whitespace(_ bytes: UnsafeBufferPointer<UInt8>, _ i: Int) -> Int {
    let byte = bytes[i]
    if byte > 0x20, byte < 0xC2 { return 0 }
    if byte < 0x80 { return byte == 0x20 || 0x09...0x0D ~= byte ? 1 : 0 }
    switch byte {
    case 0xC2: return i + 1 < bytes.count && (bytes[i + 1] == 0x85 || bytes[i + 1] == 0xA0) ? 2 : 0
    case 0xE1, 0xE2, 0xE3:
      guard i + 2 < bytes.count else { return 0 }
      switch (byte, bytes[i + 1], bytes[i + 2]) {
      case (0xE1, 0x9A, 0x80), (0xE3, 0x80, 0x80), (0xE2, 0x81, 0x9F): return 3
      case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF): return 3
      default: return 0
      }
    default: return 0
    }
  }
}
