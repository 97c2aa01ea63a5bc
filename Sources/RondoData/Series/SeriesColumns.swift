/// Which columns of a table hold what: as they were asked for, or found by their names and their first values.
struct SeriesColumns {
  let layout: SeriesLayout
  /// The columns of the time: none, one, or year, month, day, hour, minute, second.
  let time: [Int]
  let id: Int?
  let targets: [Int]
  /// The columns of covariates.
  let known: [Int]
  let past: [Int]
  let statics: [Int]
  private(set) var notes: [String] = []
  private var text: TimeText
  private let names: [String]

  /// Names of columns that hold times, in lower case.
  private static let timeNames: Set<String> = [
    "date", "time", "timestamp", "datetime", "ds", "day", "month", "week", "quarter", "year", "period",
  ]
  /// Names of columns that hold the names of series.
  private static let idNames: Set<String> = ["unique_id", "item_id", "series_id", "series", "id"]

  /// - Throws: ``FormatError`` for columns that are not there or hold something else.
  init(_ table: DelimitedText, _ reading: SeriesReading) throws {
    names = table.columns
    text = TimeText(order: reading.dateOrder ?? .monthFirst)
    let samples = try FirstValues(table)
    let time = try reading.time.map { try table.column($0) }
    known = try reading.known.map { try table.column($0) }
    past = try reading.past.map { try table.column($0) }
    statics = try reading.statics.map { try table.column($0) }
    var id = try reading.id.map { try table.column($0) }
    let found = time.isEmpty ? Self.timeColumn(samples, table) : nil
    let layout: SeriesLayout
    if let asked = reading.layout {
      layout = asked
    } else if id != nil {
      layout = .long
    } else if !time.isEmpty || found != nil {
      let named = table.columns.indices.first {
        $0 != found && Self.idNames.contains(table.columns[$0].lowercased()) && !time.contains($0)
      }
      layout = named == nil ? .wide : .long
    } else {
      layout = samples.isText(0) && table.columns.count > 2 ? .m4 : .wide
    }
    self.layout = layout
    if layout == .long, id == nil {
      id = table.columns.indices.first {
        Self.idNames.contains(table.columns[$0].lowercased()) && $0 != found && !time.contains($0)
      }
      guard id != nil else {
        throw FormatError(
          .init(table.name, line: 1), expected: "a column with the names of the series",
          found: listed(table.columns),
          hint: "Name it by --id.")
      }
    }
    self.id = layout == .long ? id : nil
    self.time = time.isEmpty ? found.map { [$0] } ?? [] : time
    let taken = self.time + known + past + statics
    guard layout != .m4 else {
      guard taken.isEmpty else {
        throw FormatError(
          .init(table.name, line: 1), expected: "rows of times for columns of times and covariates",
          found: "a series in each row (--layout m4)")
      }
      targets = []
      return
    }
    if reading.targets.isEmpty {
      let others = table.columns.indices.filter { [id] in $0 != id && !taken.contains($0) }
      targets = others.filter { !samples.isText($0) }
      let left = others.filter { samples.isText($0) }.map { table.columns[$0] }
      if !left.isEmpty { notes.append("left out what is not numbers in \(table.name): \(listed(left))") }
    } else {
      targets = try reading.targets.map { try table.column($0) }
    }
    guard !targets.isEmpty else {
      throw FormatError(
        .init(table.name), expected: "a column of numbers", found: listed(table.columns),
        hint: "The first row names the columns; the delimiter is a comma, a semicolon or a tab.")
    }
    for column in targets where taken.contains(column) || column == id {
      throw FormatError(
        .init(table.name, line: 1), expected: "one use of column \(quoted(table.columns[column]))",
        found: "it as a --target and as something else")
    }
    if self.time.count == 1, reading.dateOrder == nil { try findOrder(table) }
  }

  /// The first column whose values are times; plain numbers are only if its name says so.
  private static func timeColumn(_ samples: FirstValues, _ table: DelimitedText) -> Int? {
    table.columns.indices.first { column in
      guard samples.isTime(column) else { return false }
      return !samples.isNumber(column) || timeNames.contains(table.columns[column].lowercased())
    }
  }

  /// Which order makes dates of all rows; if both do, the day comes first where points separate the parts, otherwise the month.
  private mutating func findOrder(_ table: DelimitedText) throws {
    let (dayFirst, monthFirst) = (TimeText(order: .dayFirst), TimeText(order: .monthFirst))
    var (isDayFirst, isMonthFirst, differs, hasPoints) = (true, true, false, false)
    try table.forEachRow { [time] row in
      let field = row.bytes(time[0])
      let (day, month) = (dayFirst.parse(field), monthFirst.parse(field))
      guard day != month else { return }
      differs = true
      isDayFirst = isDayFirst && day != nil
      isMonthFirst = isMonthFirst && month != nil
      hasPoints = hasPoints || field.contains(UInt8(ascii: "."))
    }
    guard differs else { return }
    text.order = isDayFirst && (!isMonthFirst || hasPoints) ? .dayFirst : .monthFirst
    if isDayFirst == isMonthFirst {
      notes.append(
        "the dates of \(table.name) could begin with the day or the month: --date-order is taken to be \(text.order.rawValue)"
      )
    }
  }

  /// The time of a row.
  ///
  /// - Throws: ``FormatError`` with its place if there is none.
  func time(of row: borrowing DelimitedText.Row) throws(FormatError) -> Timestamp {
    if time.count == 1 {
      if let time = text.parse(row.bytes(time[0])) { return time }
      throw FormatError(
        row.place(time[0]), expected: "a date or time in column \(quoted(names[time[0]]))",
        found: quoted(row.text(time[0])), hint: "It is read like 2024-02-29 13:30, 29.2.2024 or 2/29/2024.")
    }
    var parts = [1, 1, 1, 0, 0, 0]
    for (index, column) in time.enumerated() {
      guard index < parts.count, case .finite(let value) = DecimalNumber(row.bytes(column)),
        let part = Int(exactly: value)
      else {
        throw FormatError(
          row.place(column), expected: "a whole number in column \(quoted(names[column]))",
          found: quoted(row.text(column)),
          hint: "Several columns of the time are year, month, day, hour, minute, second.")
      }
      parts[index] = part
    }
    guard
      let time = Timestamp(
        year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5])
    else {
      throw FormatError(
        row.place(time[0]), expected: "a day of the calendar and a time of the clock",
        found: time.map { row.text($0) }.joined(separator: " "))
    }
    return time
  }
}

/// The first value of each column that is not missing.
private struct FirstValues {
  private var values: [(text: [UInt8], isNumber: Bool)?]

  init(_ table: DelimitedText) throws {
    struct Enough: Error {}
    var values = [(text: [UInt8], isNumber: Bool)?](repeating: nil, count: table.columns.count)
    do {
      try table.forEachRow(allowsShortRows: true) { row in
        for column in 0..<row.count where values[column] == nil {
          let text = Array(row.bytes(column))
          do throws(FormatError) {
            if try row.optionalNumber(column) != nil { values[column] = (text, true) }
          } catch {
            values[column] = (text, false)
          }
        }
        if values.allSatisfy({ $0 != nil }) { throw Enough() }
      }
    } catch is Enough {}
    self.values = values
  }

  func isNumber(_ column: Int) -> Bool { values[column]?.isNumber == true }
  func isText(_ column: Int) -> Bool { values[column]?.isNumber == false }

  func isTime(_ column: Int) -> Bool {
    guard let text = values[column]?.text else { return false }
    return text.withUnsafeBufferPointer { text in
      TimeText.Order.allCases.contains { TimeText(order: $0).parse(text) != nil }
    }
  }
}
