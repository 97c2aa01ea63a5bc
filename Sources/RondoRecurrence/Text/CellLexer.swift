/// Cuts the text of a cell into tokens, one at a time.
struct CellLexer {
  enum Token: Equatable {
    case name(String)
    /// A name with a prime: `h'`.
    case previous(String)
    case number(Double)
    case symbol(String)
    case newline
    case end

    var description: String {
      switch self {
      case .name(let name): name
      case .previous(let name): name + "'"
      case .number(let value): CellNumber.text(value)
      case .symbol(let symbol): "'\(symbol)'"
      case .newline: "the end of the line"
      case .end: "the end of the file"
      }
    }
  }

  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var lineStart = 0
  private var count = 0

  /// A longer text is nobody's cell, and would keep the passes busy for ever.
  static let largestCount = 5_000

  init(_ text: String) { bytes = Array(text.utf8) }

  private func byte(_ offset: Int = 0) -> UInt8? {
    index + offset < bytes.count ? bytes[index + offset] : nil
  }

  private func text(from start: Int) -> String { String(decoding: bytes[start..<index], as: UTF8.self) }

  mutating func next() throws(CellTextError) -> (token: Token, position: CellTextError.Position) {
    while let byte = byte(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == 13 {
      index += 1
    }
    if byte() == UInt8(ascii: "#") { while let byte = byte(), byte != 10 { index += 1 } }
    let position = CellTextError.Position(line: line, column: column)
    count += 1
    guard count <= Self.largestCount else {
      throw CellTextError(
        position, "a cell has at most \(Self.largestCount) names, numbers and signs, and this one goes on")
    }
    guard let first = byte() else { return (.end, position) }
    let start = index
    if first == 10 {
      index += 1
      line += 1
      lineStart = index
      return (.newline, position)
    }
    if isLetter(first) {
      while let byte = byte(), isLetter(byte) || isDigit(byte) { index += 1 }
      let name = text(from: start)
      if byte() == UInt8(ascii: "'") {
        index += 1
        return (.previous(name), position)
      }
      return (.name(name), position)
    }
    if isDigit(first) || (first == UInt8(ascii: ".") && byte(1).map(isDigit) == true) {
      return (try number(from: start, position), position)
    }
    for symbol in ["..<", "(", ")", "[", "]", ",", "=", "+", "-", "*", "/", "<"]
    where bytes[index...].starts(with: symbol.utf8) {
      index += symbol.utf8.count
      return (.symbol(symbol), position)
    }
    // Whole characters, as a person sees them.
    let rest = String(decoding: bytes[index..<min(bytes.count, index + 32)], as: UTF8.self)
    throw CellTextError(position, "'\(rest.first!)' means nothing here")
  }

  private var column: Int { String(decoding: bytes[lineStart..<index], as: UTF8.self).count + 1 }

  private mutating func number(
    from start: Int, _ position: CellTextError.Position
  ) throws(CellTextError) -> Token {
    func skipDigits() { while let byte = byte(), isDigit(byte) { index += 1 } }
    skipDigits()
    // 0..<4 is a range, not a number with two points.
    if byte() == UInt8(ascii: "."), byte(1) != UInt8(ascii: ".") {
      index += 1
      skipDigits()
    }
    if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
      let sign = byte(1) == UInt8(ascii: "-") || byte(1) == UInt8(ascii: "+") ? 1 : 0
      if byte(1 + sign).map(isDigit) == true {
        index += 1 + sign
        skipDigits()
      }
    }
    let text = text(from: start)
    guard let value = Double(text), value.isFinite else {
      throw CellTextError(position, "\(text) is not a number")
    }
    return .number(value)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// Numbers as the text of a cell has them.
enum CellNumber {
  /// The shortest text that reads back as the same number.
  static func text(_ value: Double) -> String {
    if value == .infinity { return "inf" }
    if value == -.infinity { return "-inf" }
    return value == value.rounded() && Swift.abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
