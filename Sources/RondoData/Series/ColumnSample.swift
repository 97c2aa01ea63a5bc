/// What the columns of a table hold, by its first rows.
struct ColumnSample {
  /// What most values of a column are.
  enum Kind {
    case number
    case time
    case text
  }

  /// What was found in one column.
  struct Column {
    /// The first value that is not missing.
    fileprivate(set) var first: [UInt8] = []
    /// The first value that is no number, and its line.
    fileprivate(set) var text: (value: String, line: Int)?
    fileprivate var (there, numbers, times, clocks) = (0, 0, 0, 0)
    fileprivate var count: Double?

    /// Nil without any value.
    var kind: Kind? {
      if there == 0 { return nil }
      return isNumber ? .number : isTime ? .time : .text
    }
    var isNumber: Bool { there > 0 && 2 * numbers >= there }
    /// Numbers may be times, too: 2024.
    var isTime: Bool { there > 0 && 2 * times >= there }
    /// Whether values are times of a day: 13:30, or hours.
    var isClock: Bool { there > 0 && clocks == there }
    /// Whether values are 1, 2, 3, … or begin with another whole number.
    var countsRows: Bool { there > 2 && numbers == there && count != nil }
  }

  private(set) var columns: [Column]
  /// What decimal marks the numbers show, and the first that shows none for certain.
  private(set) var decimals: [DecimalMark: Int] = [:]
  private(set) var unclear: (value: String, mark: DecimalMark, line: Int)?

  /// Cells that are looked at; columns without a value are looked at to the end.
  private static let rowCount = 1000
  private static let cellCount = 200_000

  /// - Throws: ``FormatError`` for a quote without an end.
  init(_ table: DelimitedText) throws {
    struct Enough: Error {}
    var sample = ColumnSample(columns: .init(repeating: Column(), count: table.columns.count))
    var (rows, cells) = (0, 0)
    var open = Array(table.columns.indices)
    do {
      try table.forEachRow(.any) { row in
        if rows < Self.rowCount, cells < Self.cellCount {
          for column in 0..<min(row.count, sample.columns.count) { sample.add(row, column) }
          (rows, cells) = (rows + 1, cells + row.count)
          return
        }
        for column in open where column < row.count { sample.add(row, column) }
        open.removeAll { sample.columns[$0].there > 0 }
        if open.isEmpty { throw Enough() }
      }
    } catch is Enough {}
    self = sample
  }

  private init(columns: [Column]) {
    self.columns = columns
  }

  private mutating func add(_ row: borrowing DelimitedText.Row, _ column: Int) {
    let field = row.bytes(column)
    let number = DecimalNumber(field, decimal: nil)
    if number.isMissing(field) { return }
    if columns[column].there == 0 { columns[column].first = Array(field) }
    columns[column].there += 1
    if case .finite(let value) = number {
      columns[column].numbers += 1
      let isNext = columns[column].there == 1 ? value == value.rounded() : columns[column].count == value - 1
      columns[column].count = isNext ? value : nil
      switch DecimalNumber.evidence(field) {
      case .one(let mark): decimals[mark, default: 0] += 1
      case .either(let mark): if unclear == nil { unclear = (row.text(column), mark, row.line) }
      case nil: break
      }
    } else if number == .notFinite {
      // A number, if none that can be used.
      columns[column].numbers += 1
      columns[column].count = nil
    } else if columns[column].text == nil {
      columns[column].text = (trimmed(row.text(column)), row.line)
    }
    if Self.isTime(field) { columns[column].times += 1 }
    if Self.isClock(field) { columns[column].clocks += 1 }
  }

  /// What a text would be in a column; nil if it stands for nothing.
  static func kind(_ text: String) -> Kind? {
    Array(text.utf8).withUnsafeBufferPointer { field in
      let number = DecimalNumber(field, decimal: nil)
      if number.isMissing(field) { return nil }
      if number != .other { return .number }
      return isTime(field) ? .time : .text
    }
  }

  private static func isTime(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    TimeText.Order.allCases.contains { TimeText(order: $0).parse(field) != nil }
  }

  private static func isClock(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    guard field.count < 16 else { return false }
    let text = Array("2000-01-01 ".utf8) + field
    return text.withUnsafeBufferPointer { TimeText(order: .dayFirst).parse($0) != nil }
  }
}
