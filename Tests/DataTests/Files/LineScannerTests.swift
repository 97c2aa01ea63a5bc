import RondoData
import RondoTestSupport
import Testing

@Suite struct LineScannerTests {
  let folder = TemporaryFolder()

  /// Whatever is read at once, the lines are those of the text in memory.
  @Test(
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]),
      ("\u{FEFF}a\r\n\n ü\r\r\nlonger than a piece", ["a", "", " ü\r", "longer than a piece"]),
      ("\r\n\r", ["", ""]), ("a\n\n\n", ["a", "", ""]),
    ] as [(String, [String])])
  func lines(text: String, expected: [String]) throws {
    var lines: [String] = []
    try Array(text.utf8).withUnsafeBufferPointer { bytes in
      try LineScanner.forEachLine(bytes) { line, number in
        lines.append(String(decoding: line, as: UTF8.self))
        #expect(number == lines.count)
      }
    }
    #expect(lines == expected)
    let path = folder.file("text", text)
    for size in [4, 5, 7, 8, 13, 1 << 20] {
      lines = []
      try LineScanner.forEachLine(in: path, size: size) { line, number in
        lines.append(String(decoding: line, as: UTF8.self))
        #expect(number == lines.count)
      }
      #expect(lines == expected, "size \(size)")
    }
  }

  @Test func longLinesAreRefused() throws {
    let path = folder.file("text", "a\n" + String(repeating: "x", count: 100))
    let error = #expect(throws: FormatError.self) {
      try LineScanner.forEachLine(in: path, size: 16, limit: 64) { _, _ in }
    }
    #expect(error?.place == .init(path, line: 2))
  }
}
