/// Reads series from CSV and its like.
public enum SeriesFile {
  /// The series of a file, or of standard input if the path is `-`. A file whose name ends in `.gz` goes through `gzip -dc`.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public static func read(_ path: String, _ reading: SeriesReading = SeriesReading()) throws -> SeriesTable {
    let table = try DelimitedText(
      path.hasSuffix(".gz") ? GzipFile.read(path) : Files.read(path, limit: 1 << 36),
      name: path == "-" ? Files.standardInputName : path)
    let columns = try SeriesColumns(table, reading)
    switch columns.layout {
    case .m4: return try rows(of: table)
    case .wide, .long: return try times(of: table, columns, reading)
    }
  }

  /// A series from each row. Empty fields at a row's end are after the end of the series; others are missing values.
  private static func rows(of table: DelimitedText) throws -> SeriesTable {
    var series: [Series] = []
    var lines: [String: Int] = [:]
    try table.forEachRow(allowsShortRows: true) { row in
      let name = trimmed(row.text(0))
      guard !name.isEmpty else {
        throw FormatError(row.place(0), expected: "the name of a series", found: "nothing")
      }
      guard lines.updateValue(row.line, forKey: name) == nil else {
        throw FormatError(
          row.place(0), expected: "a row for each series", found: "a second one for \(quoted(name))")
      }
      var end = row.count
      while end > 1, row.bytes(end - 1).allSatisfy(DecimalNumber.isSpace) { end -= 1 }
      let values = try (1..<end).map { column throws(FormatError) in try row.optionalNumber(column) ?? .nan }
      series.append(Series(name: name, values: values))
    }
    guard !series.isEmpty else { throw noRows(table) }
    return SeriesTable(series: series)
  }

  private static func noRows(_ table: DelimitedText) -> FormatError {
    FormatError(
      .init(table.name), expected: "a header row and rows of values", found: "one row",
      hint: "The first row names the columns.")
  }

  /// Whether values are 1, 2, 3, … or begin with another whole number.
  private static func countsRows(_ values: [Double]) -> Bool {
    guard values.count > 2, values[0] == values[0].rounded() else { return false }
    return values.enumerated().allSatisfy { $1 == values[0] + Double($0) }
  }

  /// Series whose values are one below the other, each row at a time.
  private static func times(
    of table: DelimitedText, _ columns: SeriesColumns, _ reading: SeriesReading
  ) throws -> SeriesTable {
    func names(_ id: String?) -> [String] {
      let names = columns.targets.map { table.columns[$0] }
      return id.map { id in names.count == 1 ? [id] : names.map { "\(id) \($0)" } } ?? names
    }
    let numbers = columns.targets + columns.known + columns.past
    func group(_ id: String?) -> SeriesGrid.Group {
      .init(names: names(id), knownCount: columns.known.count, values: numbers.map { _ in [] })
    }
    var groups: [SeriesGrid.Group] = []
    var places: [String: Int] = [:]
    if columns.id == nil { groups = [group(nil)] }
    try table.forEachRow { row in
      var place = 0
      if let column = columns.id {
        let id = trimmed(row.text(column))
        guard !id.isEmpty else {
          throw FormatError(row.place(column), expected: "the name of a series", found: "nothing")
        }
        place = places[id] ?? groups.count
        if place == groups.count {
          places[id] = place
          groups.append(group(id))
        }
      }
      if !columns.time.isEmpty { groups[place].times.append(try columns.time(of: row)) }
      groups[place].lines.append(row.line)
      for (index, column) in numbers.enumerated() {
        groups[place].values[index].append(try row.optionalNumber(column) ?? .nan)
      }
      let statics = columns.statics.map { trimmed(row.text($0)) }
      if groups[place].lines.count == 1 { groups[place].statics = statics }
      for (index, value) in statics.enumerated() where value != groups[place].statics[index] {
        throw FormatError(
          row.place(columns.statics[index]),
          expected:
            "\(quoted(groups[place].statics[index])), as in line \(groups[place].lines[0]): a static column is the same in all rows of a series",
          found: quoted(value), hint: "What changes with time is a column for --known or --past.")
      }
    }
    guard groups.contains(where: { !$0.lines.isEmpty }) else { throw noRows(table) }
    var notes = columns.notes
    let isFirst = columns.time.allSatisfy { columns.targets[0] < $0 }
    if reading.targets.isEmpty, isFirst, groups.count == 1, groups[0].names.count > 1,
      countsRows(groups[0].values[0])
    {
      notes.append("left out column \(quoted(groups[0].names[0])) of \(table.name), which counts the rows")
      groups[0].names.removeFirst()
      groups[0].values.removeFirst()
    }
    var grid = SeriesGrid(file: table.name, groups: groups, notes: notes)
    return try grid.table(reading)
  }
}
