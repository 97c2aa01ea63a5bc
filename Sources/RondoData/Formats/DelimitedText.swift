/// A table in a text file: values separated by commas, semicolons, tabs or bars (RFC 4180) with a header row.
///
/// A field in quotes may hold delimiters, newlines and, doubled, quotes. Lines end with LF or CRLF; blank lines at the end and a byte order
/// mark do not count. Rows are found as they are asked for and handed over as bytes, so that a column of numbers costs no strings.
///
/// Source of the format: <https://www.rfc-editor.org/rfc/rfc4180>.
public struct DelimitedText: Sendable {
  /// What stands between two fields.
  public enum Delimiter: String, CaseIterable, Sendable, Codable {
    case tab
    case comma
    case semicolon
    case bar

    var byte: UInt8 {
      switch self {
      case .tab: 0x09
      case .comma: 0x2C
      case .semicolon: 0x3B
      case .bar: 0x7C
      }
    }
  }

  /// What may stand around a field.
  public enum Quote: String, CaseIterable, Sendable, Codable {
    case double
    case single
    case none

    /// No text has a zero byte.
    fileprivate var byte: UInt8 {
      switch self {
      case .double: UInt8(ascii: "\"")
      case .single: UInt8(ascii: "'")
      case .none: 0
      }
    }
  }

  /// How many fields a row may have.
  enum RowLength {
    /// As many as there are columns.
    case full
    /// As many as there are columns, or fewer.
    case short
    /// Any number.
    case any
  }

  /// What messages call the file.
  public let name: String
  /// What stands between two fields.
  public let delimiter: Delimiter
  /// The names in the header row, without spaces around them.
  public private(set) var columns: [String]
  private let bytes: [UInt8]
  private var rows: Range<Int>
  private var firstLine: Int
  private let headerStart: Int
  private let quote: Quote
  /// Whether a row names the columns; otherwise they are called `1`, `2`, ….
  private(set) var hasHeader = true

  /// Reads a file, or standard input if the path is `-`.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(contentsOf path: String, delimiter: Delimiter? = nil) throws {
    try self.init(
      Files.read(path, limit: 1 << 36), name: path == "-" ? Files.standardInputName : path,
      delimiter: delimiter)
  }

  /// A table in memory.
  ///
  /// - Parameters:
  ///   - name: What messages call it.
  ///   - delimiter: What stands between two fields; without it, whichever separates the header into most of them.
  ///   - quote: What may stand around a field; if nil, single quotes if the header begins with one, double ones otherwise.
  /// - Throws: ``FormatError`` if the bytes are no text or have no header row.
  public init(
    _ bytes: [UInt8], name: String, delimiter: Delimiter? = nil, quote: Quote? = .double
  ) throws {
    self.name = name
    self.bytes = bytes
    (self.delimiter, self.quote, columns, rows, firstLine, headerStart) = try bytes.withUnsafeBufferPointer {
      bytes in
      try UTF8Check.requireText(bytes, of: name)
      let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      var end = bytes.count
      while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
      let text = UnsafeBufferPointer(rebasing: bytes[..<end])
      let quote = quote ?? (start < end && text[start] == Quote.single.byte ? .single : .double)
      let delimiter = delimiter ?? Delimiter.separating(text[start...], quote: quote.byte)
      var header = Row(text, from: start, line: 1, delimiter: delimiter, quote: quote, columns: [], of: name)
      guard try header.advance() else {
        throw FormatError(
          .init(name), expected: "a header row with the names of the columns",
          found: bytes.isEmpty ? "an empty file" : "blank lines")
      }
      let columns = (0..<header.count).map { trimmed(header.text($0)) }
      return (delimiter, quote, columns, header.next..<end, header.nextLine, start)
    }
  }

  /// The number of the column with a name.
  ///
  /// - Throws: ``FormatError`` if there is none, or more than one.
  public func column(_ name: String) throws -> Int {
    guard let column = try optionalColumn(name) else {
      throw FormatError.noColumn(name, among: columns, at: .init(self.name, line: 1))
    }
    return column
  }

  /// The number of the column with a name, `nil` if there is none.
  ///
  /// - Throws: ``FormatError`` if there is more than one.
  public func optionalColumn(_ name: String) throws -> Int? {
    guard let first = columns.firstIndex(of: name) else { return nil }
    let last = columns.lastIndex(of: name)!
    guard first == last else {
      throw FormatError(
        .init(self.name, line: 1), expected: "one column \(quoted(name))",
        found: "it as number \(first + 1) and as number \(last + 1)", hint: "Give one of them another name.")
    }
    return first
  }

  /// Hands each row to `body`, in order.
  ///
  /// - Throws: ``FormatError`` for a row with another number of fields than the header, or a quote without an end; or what `body` throws.
  public func forEachRow(_ body: (borrowing Row) throws -> Void) throws {
    try forEachRow(.full, body)
  }

  /// Hands each row to `body`, in order.
  func forEachRow(_ length: RowLength, _ body: (borrowing Row) throws -> Void) throws {
    try bytes.withUnsafeBufferPointer { bytes in
      var row = Row(
        UnsafeBufferPointer(rebasing: bytes[..<rows.upperBound]), from: rows.lowerBound, line: firstLine,
        delimiter: delimiter, quote: quote, columns: columns, of: name)
      while try row.advance() {
        guard row.count == columns.count || length == .short && row.count < columns.count || length == .any
        else {
          let quotes = row.count > columns.count ? "A field with the delimiter in it is put in quotes." : nil
          throw FormatError(
            .init(name, line: row.line),
            expected: (length == .short ? "at most " : "")
              + "\(columns.count) field\(columns.count == 1 ? "" : "s"), as in the \(hasHeader ? "header" : "first row")",
            found: row.isBlank ? "a blank line" : "\(row.count)", hint: row.isBlank ? nil : quotes)
        }
        try body(row)
      }
    }
  }
}

extension DelimitedText {
  /// Whether the file has a name for a column.
  func isNamed(_ column: Int) -> Bool { hasHeader && !columns[column].isEmpty }

  /// The table with its columns under other names.
  func named(_ names: [String]) -> DelimitedText {
    var table = self
    table.columns = names
    return table
  }

  /// The table whose first row is a row of values, too: its columns are called `1`, `2`, ….
  ///
  /// - Parameter hasShortRows: Whether the first row may be shorter than others; otherwise it says how many columns there are.
  func withoutHeader(hasShortRows: Bool) throws -> DelimitedText {
    var table = self
    table.hasHeader = false
    (table.rows, table.firstLine) = (headerStart..<rows.upperBound, 1)
    var count = columns.count
    if hasShortRows { try table.forEachRow(.any) { row in count = max(count, row.count) } }
    table.columns = (0..<count).map { "\($0 + 1)" }
    return table
  }
}

extension DelimitedText.Delimiter {
  /// What separates a header row into most fields, quoted ones left alone; a comma if nothing does.
  fileprivate static func separating(
    _ text: Slice<UnsafeBufferPointer<UInt8>>, quote: UInt8
  ) -> DelimitedText.Delimiter {
    var counts = [Int](repeating: 0, count: allCases.count)
    var isQuoted = false
    for byte in text {
      if byte == quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == 0x0A { break }
      for (k, delimiter) in allCases.enumerated() where byte == delimiter.byte { counts[k] += 1 }
    }
    let most = counts.max()!
    return most == 0 ? .comma : allCases[counts.firstIndex(of: most)!]
  }
}

extension DelimitedText {
  /// One row of a table, while it is being read.
  public struct Row: ~Copyable {
    /// The line where the row begins, counted from 1.
    public private(set) var line: Int
    private let bytes: UnsafeBufferPointer<UInt8>
    private let delimiter: UInt8
    private let quote: UInt8
    private let columns: [String]
    private let name: String
    private var start = 0
    private var fields: [Field] = []
    /// Where the next row begins.
    fileprivate private(set) var next: Int
    fileprivate private(set) var nextLine: Int

    /// Where a field's bytes are, quotes around them left out.
    private struct Field {
      let start: Int
      let end: Int
      let hasDoubledQuotes: Bool
    }

    fileprivate init(
      _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, line: Int, delimiter: Delimiter, quote: Quote,
      columns: [String],
      of name: String
    ) {
      self.bytes = bytes
      self.line = line
      self.delimiter = delimiter.byte
      self.quote = quote.byte
      self.columns = columns
      self.name = name
      next = start
      nextLine = line
    }

    /// The number of fields.
    public var count: Int { fields.count }

    fileprivate var isBlank: Bool { fields.count == 1 && fields[0].start == fields[0].end }

    /// The bytes of a field as they stand in the file, without quotes around them; quotes within are still doubled.
    package func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(rebasing: bytes[fields[column].start..<fields[column].end])
    }

    /// The text of a field.
    public func text(_ column: Int) -> String {
      let field = bytes(column)
      guard fields[column].hasDoubledQuotes else { return String(decoding: field, as: UTF8.self) }
      var text: [UInt8] = []
      var i = 0
      while i < field.count {
        text.append(field[i])
        i += field[i] == quote ? 2 : 1
      }
      return String(decoding: text, as: UTF8.self)
    }

    /// The finite number in a field.
    ///
    /// - Throws: ``FormatError`` with line, column and the column's name for everything else.
    public func number(_ column: Int) throws(FormatError) -> Float {
      try Float(field: bytes(column), "a number in column \(quoted(columns[column]))", at: place(column))
    }

    /// The number in a field; `nil` where it is missing: an empty field, or NA, NaN, null, none, N/A, #N/A, `-`, `?` or `.`. A number may have
    /// a decimal comma and marks between thousands.
    ///
    /// - Parameter decimal: What `1,234` and `1.234` are to be read by; everything else can be read in one way only.
    /// - Throws: ``FormatError`` with line, column and the column's name for everything else.
    public func optionalNumber(_ column: Int, decimal: DecimalMark? = nil) throws(FormatError) -> Double? {
      let field = bytes(column)
      let number = DecimalNumber(field, decimal: decimal)
      if case .finite(let value) = number { return value }
      if number.isMissing(field) { return nil }
      throw FormatError(
        place(column),
        expected: "a \(number == .notFinite ? "finite " : "")number in column \(quoted(columns[column]))",
        found: quoted(trimmed(text(column))), hint: "A missing value is left empty, or NA.")
    }

    /// Where a field is in the file.
    public func place(_ column: Int) -> FormatError.Place {
      // A field before this one may hold newlines.
      let before = UnsafeBufferPointer(rebasing: bytes[start..<fields[column].start])
      let lines = UTF8Check.lineCount(before)
      let inLine = before[(before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)...]
      return .init(
        name, line: line + lines, column: 1 + UTF8Check.scalarCount(UnsafeBufferPointer(rebasing: inLine)))
    }

    /// Finds the fields of the next row; false at the end of the file.
    fileprivate mutating func advance() throws(FormatError) -> Bool {
      guard next < bytes.count else { return false }
      fields.removeAll(keepingCapacity: true)
      start = next
      line = nextLine
      while true {
        fields.append(try field())
        guard next < bytes.count, bytes[next] == delimiter else { break }
        next += 1
      }
      if next < bytes.count {
        next += bytes[next] == 0x0D ? 2 : 1
        nextLine += 1
      }
      return true
    }

    /// Steps over a field, to the delimiter, the end of the line or the end of the text.
    private mutating func field() throws(FormatError) -> Field {
      if next < bytes.count, bytes[next] == quote { return try quotedField() }
      let begin = next
      while next < bytes.count, !endsField(next) { next += 1 }
      return Field(start: begin, end: next, hasDoubledQuotes: false)
    }

    private mutating func quotedField() throws(FormatError) -> Field {
      let (opening, openingLine) = (next, nextLine)
      var hasDoubledQuotes = false
      next += 1
      while true {
        while next < bytes.count, bytes[next] != quote {
          if bytes[next] == 0x0A { nextLine += 1 }
          next += 1
        }
        guard next < bytes.count else {
          throw FormatError(
            placed(opening, openingLine), expected: "a closing quote for the one that begins here",
            found: "none to the end of the file", hint: "A quote within a quoted field is written twice.")
        }
        next += 1
        guard next < bytes.count, bytes[next] == quote else { break }
        hasDoubledQuotes = true
        next += 1
      }
      guard next == bytes.count || endsField(next) else {
        let text = String(decoding: bytes[next..<min(next + 20, bytes.count)], as: UTF8.self)
        throw FormatError(
          placed(next, nextLine), expected: "a delimiter or the end of the line after a closing quote",
          found: quoted(text), hint: "A quote within a quoted field is written twice.")
      }
      return Field(start: opening + 1, end: next - 1, hasDoubledQuotes: hasDoubledQuotes)
    }

    @inline(__always)
    private func endsField(_ i: Int) -> Bool {
      let byte = bytes[i]
      if byte == delimiter || byte == 0x0A { return true }
      return byte == 0x0D && i + 1 < bytes.count && bytes[i + 1] == 0x0A
    }

    private func placed(_ i: Int, _ line: Int) -> FormatError.Place {
      let before = UnsafeBufferPointer(rebasing: bytes[..<i])
      let inLine = before[(before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)...]
      return .init(name, line: line, column: 1 + UTF8Check.scalarCount(UnsafeBufferPointer(rebasing: inLine)))
    }
  }
}

extension DelimitedText {
  /// A text as a field of a comma-separated file: in quotes where it needs them.
  public static func field(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
}

/// A text without the spaces, tabs and carriage returns around it.
func trimmed(_ text: String) -> String {
  func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
  let bytes = text.utf8
  guard let first = bytes.firstIndex(where: { !isSpace($0) }) else { return "" }
  var end = bytes.endIndex
  while isSpace(bytes[bytes.index(before: end)]) { end = bytes.index(before: end) }
  return String(text[first..<end])
}
