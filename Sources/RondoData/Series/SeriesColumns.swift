/// Which columns of a table hold what: as they were asked for, or found by their names and their first values.
struct SeriesColumns {
  /// The table, its columns under names that differ.
  let table: DelimitedText
  let layout: SeriesLayout
  /// The columns of the time: none, one, a date and a clock, or year, month, day, hour, minute, second.
  let time: [Int]
  /// Whether the time is a date in one column and a clock in another.
  let hasClock: Bool
  let id: Int?
  let targets: [Int]
  /// The columns of covariates.
  let known: [Int]
  let past: [Int]
  let statics: [Int]
  /// Columns of texts that are used for nothing.
  let texts: [Int]
  /// The decimal mark of numbers that could be read in two ways.
  let decimal: DecimalMark?
  /// How dates that could be read in two ways are read; nil if there are none.
  private(set) var dateOrder: TimeText.Order?
  var notes: [String] = []
  private var text: TimeText

  /// - Throws: ``FormatError`` for columns that are not there or hold something else.
  init(_ file: DelimitedText, _ reading: SeriesReading) throws {
    let (bare, sample, headerNote) = try SeriesHeader.table(
      file, isThere: reading.header, layout: reading.layout)
    let names = SeriesHeader.names(bare.columns)
    let table = bare.named(names)
    self.table = table
    text = TimeText(order: reading.dateOrder ?? .monthFirst)
    dateOrder = reading.dateOrder
    let asked = try reading.time.map { try table.column($0) }
    known = try reading.known.map { try table.column($0) }
    past = try reading.past.map { try table.column($0) }
    statics = try reading.statics.map { try table.column($0) }
    var id = try reading.id.map { try table.column($0) }
    let time = asked.isEmpty && reading.layout != .m4 ? Self.timeColumns(sample, names, without: id) : asked
    func named(_ usual: Set<String>) -> Int? {
      names.indices.first { usual.contains(names[$0].lowercased()) && !time.contains($0) }
    }
    let layout: SeriesLayout
    if time.isEmpty, reading.layout == nil { try Self.requireTimes(sample, table) }
    if let asked = reading.layout {
      layout = asked
    } else if id != nil {
      layout = .long
    } else if !time.isEmpty {
      layout = named(SeriesHeader.idNames) == nil ? .wide : .long
    } else {
      layout = sample.columns[0].kind == .text && names.count > 2 ? .m4 : .wide
    }
    self.layout = layout
    if layout == .long, id == nil {
      id = named(SeriesHeader.idNames)
      guard id != nil else {
        throw FormatError(
          .init(table.name, line: 1), expected: "a column with the names of the series", found: listed(names),
          hint: "Name it by --id.")
      }
    }
    self.id = layout == .long ? id : nil
    self.time = time
    hasClock = time.count == 2 && Self.isDate(sample.columns[time[0]])
    (decimal, notes) = Self.decimal(sample, table, reading)
    if let headerNote { notes.insert(headerNote, at: 0) }
    let taken = time + known + past + statics
    guard layout != .m4 else {
      guard (time + known + past).isEmpty else {
        throw FormatError(
          .init(table.name, line: 1), expected: "rows of times for columns of times and covariates",
          found: "a series in each row (--layout m4)")
      }
      let others = names.indices.dropFirst().filter { [statics] in !statics.contains($0) }
      // Categories stand before the values; among these, a text is a mistake.
      let first = others.first { sample.columns[$0].kind == .number } ?? 0
      let begin = max(first, Self.firstCounted(bare.columns))
      let left = others.filter { $0 < begin && sample.columns[$0].kind != nil }
      notes += Self.notes(leftOut: left, sample, bare, layout: layout)
      targets = left.isEmpty ? others : others.filter { !left.contains($0) }
      texts = left
      if let time = targets.first, bare.hasHeader, ColumnSample.kind(names[time]) == .time {
        notes.append(
          "columns like \(quoted(names[time])) of \(table.name) look like times, which are not read where a row is a series: "
            + "with a row for each time, its calendar and season would be known"
        )
      }
      return
    }
    let others = names.indices.filter { [id] in $0 != id && !taken.contains($0) }
    if reading.targets.isEmpty {
      let left: [Int]
      (targets, left) = Self.targets(others, sample, bare, time: time, isWide: layout == .wide)
      notes += Self.notes(leftOut: left, sample, bare)
    } else {
      targets = try reading.targets.map { try table.column($0) }
    }
    texts = others.filter { [targets] column in
      !targets.contains(column) && [.text, .time].contains(sample.columns[column].kind)
    }
    notes += Self.notes(named: (taken + targets).sorted(), bare, names)
    guard !targets.isEmpty else {
      throw FormatError(
        .init(table.name), expected: "a column of numbers",
        found: names.indices.map { Self.described($0, sample, names) }.prefix(20).joined(separator: ", "),
        hint:
          table.columns[0].hasPrefix("#")
          ? "Take out the lines that begin with #."
          : "The delimiter is taken to be \(table.delimiter.rawValue) and the first row to name the columns: --delimiter, --no-header."
      )
    }
    for column in targets where taken.contains(column) || column == id {
      throw FormatError(
        .init(table.name, line: 1), expected: "one use of column \(quoted(names[column]))",
        found: "it as a --target and as something else")
    }
    if time.count == 1 || hasClock, reading.dateOrder == nil { try findOrder() }
  }

  // MARK: What is found

  /// The columns of the time: those named year, month, …; or the first whose values are times, plain numbers only if its name says so, and a
  /// column of clocks beside it.
  private static func timeColumns(_ sample: ColumnSample, _ names: [String], without id: Int?) -> [Int] {
    let lower = names.map { $0.lowercased() }
    func column(_ name: String) -> Int? { lower.firstIndex(of: name).flatMap { $0 == id ? nil : $0 } }
    if let year = column("year"), let month = column("month"), sample.columns[year].isNumber,
      sample.columns[month].isNumber
    {
      var columns = [year, month]
      for name in ["day", "hour", "minute", "second"] {
        guard let next = column(name), sample.columns[next].isNumber else { break }
        columns.append(next)
      }
      return columns
    }
    let first = names.indices.first { column in
      guard sample.columns[column].isTime, column != id else { return false }
      return !sample.columns[column].isNumber || SeriesHeader.timeNames.contains(lower[column])
    }
    guard let first else { return [] }
    if isDate(sample.columns[first]), !sample.columns[first].first.contains(UInt8(ascii: ":")),
      let clock = column("time") ?? column("hour"), clock != first, sample.columns[clock].isClock
    {
      return [first, clock]
    }
    return [first]
  }

  /// Throws if a column is called a time and its values are none that can be read.
  private static func requireTimes(_ sample: ColumnSample, _ table: DelimitedText) throws {
    let names: Set<String> = ["date", "time", "timestamp", "datetime", "ds"]
    for (column, name) in table.columns.enumerated() where names.contains(name.lowercased()) {
      guard let text = sample.columns[column].text, sample.columns[column].kind == .text else { continue }
      throw unreadable(
        .init(table.name, line: text.line), [name], found: quoted(text.value),
        hint: "Without times it is read by --layout wide.")
    }
  }

  private static func unreadable(
    _ place: FormatError.Place, _ names: [String], found: String, hint: String? = nil
  ) -> FormatError {
    // A date, a time and letters behind them.
    let hasZone = found.dropLast().last?.isLetter == true && found.contains(":")
    let hints = [
      hasZone
        ? "Of time zones, Z and offsets like +01:00 are known."
        : "It is read like 2024-02-29 13:30, 29.2.2024 or 2/29/2024.", hint,
    ]
    return FormatError(
      place, expected: "a date or time in column \(listed(names))",
      found: found == "\"\"" ? "nothing" : found,
      hint: hints.compactMap { $0 }.joined(separator: " "))
  }

  /// Whether values are whole dates, not years.
  private static func isDate(_ column: ColumnSample.Column) -> Bool {
    column.isTime && column.first.count > 4
  }

  /// Every other column of numbers, and the columns that are left out.
  private static func targets(
    _ columns: [Int], _ sample: ColumnSample, _ table: DelimitedText, time: [Int], isWide: Bool
  ) -> (targets: [Int], left: [Int]) {
    func isLeft(_ column: Int) -> Bool {
      switch sample.columns[column].kind {
      case .number: false
      case .time, .text: true
      // A delimiter at the end of each row.
      case nil: column == sample.columns.count - 1 && column > 0 && !table.isNamed(column)
      }
    }
    var (targets, left) = (columns.filter { !isLeft($0) }, columns.filter(isLeft))
    if isWide, targets.count > 1, sample.columns[targets[0]].countsRows,
      time.allSatisfy({ targets[0] < $0 })
    {
      left.append(targets.removeFirst())
    }
    return (targets, left)
  }

  /// Where columns begin whose names count: V2, V3, … or 1, 2, … or 2019-01, 2019-02, …; 0 if none do.
  private static func firstCounted(_ names: [String]) -> Int {
    names.firstIndex { name in
      if name.last?.isNumber ?? false { return true }
      switch ColumnSample.kind(name) {
      case .number, .time: return true
      case .text, nil: return false
      }
    } ?? 0
  }

  /// The decimal mark that the numbers show, and what is to be said where they show none.
  private static func decimal(
    _ sample: ColumnSample, _ table: DelimitedText, _ reading: SeriesReading
  ) -> (DecimalMark?, notes: [String]) {
    let (points, commas) = (sample.decimals[.point] ?? 0, sample.decimals[.comma] ?? 0)
    if let asked = reading.decimal {
      // Two marks in one file are the person's to tell apart, but a file that shows the other mark alone is one of that.
      let other: DecimalMark = asked == .point ? .comma : .point
      guard sample.decimals[asked] ?? 0 == 0, sample.decimals[other] ?? 0 > 0 else { return (asked, []) }
      return (
        other,
        [
          "numbers of \(table.name) have a decimal \(other.rawValue): --decimal \(asked.rawValue) does not hold for it"
        ]
      )
    }
    if points + commas > 0 { return (points >= commas ? .point : .comma, []) }
    // Between commas, a comma in quotes is one between thousands.
    let isComma = table.delimiter == .comma
    guard let unclear = sample.unclear, unclear.mark == .comma || table.delimiter == .semicolon else {
      return (isComma ? .point : nil, [])
    }
    let decimal: DecimalMark = isComma ? .point : unclear.mark
    return (
      decimal,
      [
        "numbers of \(table.name) like \(quoted(unclear.value)) in line \(unclear.line) could have a decimal \(unclear.mark.rawValue) or one "
          + "between thousands: --decimal is taken to be \(decimal.rawValue)"
      ]
    )
  }

  // MARK: What is said

  private static func described(_ column: Int, _ sample: ColumnSample, _ names: [String]) -> String {
    guard let text = sample.columns[column].text else { return quoted(names[column]) }
    return "\(quoted(names[column])) (\(quoted(text.value)) in line \(text.line))"
  }

  private static func notes(
    leftOut columns: [Int], _ sample: ColumnSample, _ table: DelimitedText, layout: SeriesLayout = .wide
  ) -> [String] {
    let names = SeriesHeader.names(table.columns)
    let texts = columns.filter { sample.columns[$0].kind == .text || sample.columns[$0].kind == .time }
    var notes: [String] = []
    if !texts.isEmpty {
      let some = texts.prefix(10).map { described($0, sample, names) }.joined(separator: ", ")
      let more = texts.count > 10 ? " and \(texts.count - 10) more" : ""
      notes.append("left out what is not numbers in \(table.name): \(some)\(more)")
    }
    for column in columns where !texts.contains(column) {
      let what =
        "column " + (table.isNamed(column) ? quoted(names[column]) : "\(column + 1)")
      let why =
        layout == .m4
        ? "which stands before the values, whose columns are numbered"
        : sample.columns[column].countsRows ? "which counts the rows" : "which has neither a name nor a value"
      notes.append("left out \(what) of \(table.name), \(why)")
    }
    return notes
  }

  /// What is said of names that are not those of the file.
  private static func notes(named columns: [Int], _ table: DelimitedText, _ names: [String]) -> [String] {
    let changed = columns.filter { names[$0] != table.columns[$0] }
    let unnamed = changed.filter { table.columns[$0].isEmpty }.map { names[$0] }
    let again = changed.filter { !table.columns[$0].isEmpty }.map { names[$0] }
    var notes: [String] = []
    if !unnamed.isEmpty { notes.append("called \(listed(unnamed)) what has no name in \(table.name)") }
    if !again.isEmpty {
      notes.append("called \(listed(again)) what has the name of an earlier column in \(table.name)")
    }
    return notes
  }

  /// Which order makes dates of all rows; if both do, the day comes first where points separate the parts, otherwise the month.
  private mutating func findOrder() throws {
    let (dayFirst, monthFirst) = (TimeText(order: .dayFirst), TimeText(order: .monthFirst))
    var (isDayFirst, isMonthFirst, differs, hasPoints) = (true, true, false, false)
    try table.forEachRow { [time] row in
      let field = row.bytes(time[0])
      let (day, month) = (dayFirst.parse(field), monthFirst.parse(field))
      guard day != month else { return }
      differs = true
      isDayFirst = isDayFirst && day != nil
      isMonthFirst = isMonthFirst && month != nil
      hasPoints = hasPoints || field.prefix(6).contains(UInt8(ascii: "."))
    }
    guard differs else { return }
    text.order = isDayFirst && (!isMonthFirst || hasPoints) ? .dayFirst : .monthFirst
    dateOrder = text.order
    if isDayFirst == isMonthFirst {
      notes.append(
        "the dates of \(table.name) could begin with the day or the month: --date-order is taken to be \(text.order.rawValue)"
      )
    }
  }

  /// A reading with what was found: other rows of the same source are read alike by it, however few they are.
  func found(_ reading: SeriesReading) -> SeriesReading {
    var found = reading
    found.layout = layout
    found.header = table.hasHeader
    found.decimal = decimal
    guard layout != .m4 else { return found }
    found.time = time.map { table.columns[$0] }
    found.id = id.map { table.columns[$0] }
    found.targets = targets.map { table.columns[$0] }
    found.dateOrder = dateOrder
    return found
  }

  // MARK: Rows

  /// The squares of larger ones are hardly numbers.
  private static let largest = 1e30

  /// The number in a field; NaN where it is missing.
  func number(_ row: borrowing DelimitedText.Row, _ column: Int) throws(FormatError) -> Double {
    let value = try row.optionalNumber(column, decimal: decimal) ?? .nan
    guard !(abs(value) > Self.largest) else {
      throw FormatError(
        row.place(column), expected: "a number of at most \(Self.largest) in size", found: "\(value)",
        hint: "Leave it empty if it is a mistake, or give the values in another unit.")
    }
    return value
  }

  /// What the clock shows in a row, and the seconds that it is ahead of UTC if the row says so.
  ///
  /// - Throws: ``FormatError`` with its place if there is no time.
  func time(of row: borrowing DelimitedText.Row) throws(FormatError) -> (clock: Timestamp, offset: Int?) {
    if time.count == 1 || hasClock {
      if time.count == 1 {
        if let time = text.read(row.bytes(time[0])) { return time }
      } else {
        let both = Array(row.bytes(time[0])) + [0x20] + row.bytes(time[1])
        if let time = both.withUnsafeBufferPointer({ text.read($0) }) { return time }
      }
      let found = time.map { quoted(trimmed(row.text($0))) }.joined(separator: " and ")
      throw Self.unreadable(row.place(time[0]), time.map { table.columns[$0] }, found: found)
    }
    var parts = [1, 1, 1, 0, 0, 0]
    for (index, column) in time.enumerated() {
      guard index < parts.count, case .finite(let value) = DecimalNumber(row.bytes(column)),
        let part = Int(exactly: value)
      else {
        throw FormatError(
          row.place(column), expected: "a whole number in column \(quoted(table.columns[column]))",
          found: quoted(row.text(column)),
          hint:
            "Several columns of the time are year, month, day, hour, minute, second, or a date and a clock.")
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
    return (time, nil)
  }
}
