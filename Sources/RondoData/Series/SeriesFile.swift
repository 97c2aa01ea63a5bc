/// Reads series from CSV and its like.
public enum SeriesFile {
  /// The series of a file, of standard input if the path is `-`, or those that come with Rondo under a name as in `bundled:co2`. What
  /// `gzip` has compressed goes through `gzip -dc`.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public static func read(_ path: String, _ reading: SeriesReading = SeriesReading()) throws -> SeriesTable {
    if let bundled = try BundledSeries.at(path) {
      var table = try read(bundled.csv, name: path, reading)
      table.season = table.frequency == bundled.frequency ? bundled.season : nil
      return table
    }
    let name = path == "-" ? Files.standardInputName : path
    if path.hasSuffix(".gz") { return try read(GzipFile.read(path), name: name, reading) }
    let bytes = try Files.read(path, limit: 1 << 36)
    guard bytes.starts(with: [0x1F, 0x8B]) else { return try read(bytes, name: name, reading) }
    guard path != "-" else {
      throw FormatError(
        .init(name), expected: "text", found: "what gzip has compressed", hint: "Send it through gzip -dc.")
    }
    return try read(GzipFile.read(path), name: name, reading)
  }

  /// The series of a file in memory.
  ///
  /// - Parameter name: What messages call it.
  /// - Throws: ``FormatError``.
  public static func read(
    _ bytes: [UInt8], name: String, _ reading: SeriesReading = SeriesReading()
  ) throws -> SeriesTable {
    let text = try DelimitedText(
      try lines(bytes, name), name: name, delimiter: reading.delimiter, quote: reading.quote)
    var columns = try SeriesColumns(text, reading)
    if reading.layout == nil, columns.layout == .wide, let id = try SeriesNames(columns).column {
      var reading = reading
      reading.id = columns.table.columns[id]
      columns = try SeriesColumns(text, reading)
      columns.notes.append(
        "times of \(name) come again: column \(quoted(columns.table.columns[id])) is taken for the names of its series (--id)"
      )
    }
    var table: SeriesTable
    switch columns.layout {
    case .m4: table = try rows(of: columns)
    case .wide, .long: table = try times(of: columns, reading)
    }
    table.notes += table.notesOfValues(file: name)
    let hasOffsets = table.reading.hasOffsets
    table.reading = columns.found(reading)
    table.reading.hasOffsets = hasOffsets
    return table
  }

  /// Text whose lines end with carriage returns alone, as old spreadsheets write it, with line feeds.
  private static func lines(_ bytes: [UInt8], _ name: String) throws -> [UInt8] {
    // A zip archive is what spreadsheets save by themselves.
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      throw FormatError(
        .init(name), expected: "text", found: "a zip archive or a spreadsheet", hint: "Save the sheet as CSV."
      )
    }
    guard !bytes.contains(0x0A), bytes.contains(0x0D) else { return bytes }
    return bytes.map { $0 == 0x0D ? 0x0A : $0 }
  }

  /// A series from each row. Empty fields at a row's end are after the end of the series; others are missing values.
  private static func rows(of columns: SeriesColumns) throws -> SeriesTable {
    var series: [Series] = []
    var lines: [String: Int] = [:]
    try columns.table.forEachRow(.short) { row in
      let name = trimmed(row.text(0))
      guard !name.isEmpty else {
        throw FormatError(row.place(0), expected: "the name of a series", found: "nothing")
      }
      if let line = lines.updateValue(row.line, forKey: name) {
        throw FormatError(
          row.place(0), expected: "a row for each series",
          found: "a second one for \(quoted(name)), after line \(line)")
      }
      var end = row.count
      while end > 1, row.bytes(end - 1).allSatisfy(DecimalNumber.isSpace) { end -= 1 }
      var values: [Double] = []
      for column in columns.targets {
        guard column < end else { break }
        values.append(try columns.number(row, column))
      }
      var covariates = Covariates()
      covariates.statics = columns.statics.map { $0 < row.count ? trimmed(row.text($0)) : "" }
      series.append(Series(name: name, values: values, covariates: covariates))
    }
    guard !series.isEmpty else { throw noRows(columns.table) }
    return SeriesTable(series: series, notes: columns.notes)
  }

  private static func noRows(_ table: DelimitedText) -> FormatError {
    FormatError(
      .init(table.name), expected: "a header row and rows of values", found: "one row",
      hint: "The first row names the columns.")
  }

  /// Series whose values are one below the other, each row at a time.
  private static func times(of columns: SeriesColumns, _ reading: SeriesReading) throws -> SeriesTable {
    let table = columns.table
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
    var offsets = ClockOffsets()
    offsets.step = reading.frequency
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
      if let first = columns.time.first {
        let (clock, offset) = try columns.time(of: row)
        try offsets.add(clock, offset, line: row.line) { row.place(first) }
        groups[place].times.append(clock)
        if let offset { groups[place].offsets.append(offset) }
      }
      groups[place].lines.append(row.line)
      for (index, column) in numbers.enumerated() {
        groups[place].values[index].append(try columns.number(row, column))
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
    for index in groups.indices {
      if !offsets.keepsClock {
        groups[index].times = zip(groups[index].times, groups[index].offsets).map {
          Timestamp(seconds: $0.seconds - $1)
        }
      }
      groups[index].offsets = []
    }
    var grid = SeriesGrid(
      file: table.name, groups: groups, covariates: (columns.known + columns.past).map { table.columns[$0] },
      notes: columns.notes + [offsets.note(table.name)].compactMap { $0 })
    var result = try grid.table(reading)
    result.reading.hasOffsets = offsets.becomeUTC
    return result
  }
}
