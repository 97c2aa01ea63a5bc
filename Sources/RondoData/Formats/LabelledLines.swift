/// Lines with a label, whitespace, and a text: `1 a stirring , funny film`.
enum LabelledLines {
  /// Hands the label and the text of each line to `body`, with the line's number; blank lines are skipped.
  ///
  /// - Throws: ``FormatError`` for a line with a single word, or what `body` throws.
  static func forEach(
    in bytes: [UInt8], of file: String, _ body: (_ label: String, _ text: String, _ line: Int) throws -> Void
  ) throws {
    try bytes.withUnsafeBufferPointer { bytes in
      try UTF8Check.requireText(bytes, of: file)
      try LineScanner.forEachLine(bytes) { line, number in
        let text = trimmed(String(decoding: line, as: UTF8.self))
        guard !text.isEmpty else { return }
        guard let space = text.utf8.firstIndex(where: DecimalNumber.isSpace) else {
          throw FormatError(
            .init(file, line: number), expected: "a label, a space and a text", found: quoted(text),
            hint: "Every line begins with its label; texts in tables are named by their columns.")
        }
        try body(String(text[..<space]), trimmed(String(text[space...])), number)
      }
    }
  }
}
