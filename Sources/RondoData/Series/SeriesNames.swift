/// Finds the column that names the series of a file in which times come again, and nothing says what for.
struct SeriesNames {
  /// The column of texts by which rows of the same time differ; nil if there is none, or times hardly come again.
  let column: Int?

  private struct Row: Hashable {
    let time: Timestamp
    let name: String
  }

  /// - Throws: ``FormatError`` for a row without a time.
  init(_ columns: SeriesColumns) throws {
    guard !columns.time.isEmpty, !columns.texts.isEmpty else {
      column = nil
      return
    }
    var times: Set<Timestamp> = []
    var count = 0
    try columns.table.forEachRow { row in
      times.insert(try columns.time(of: row).clock)
      count += 1
    }
    // A few times that come again are mistakes, or clocks that go back.
    guard 10 * times.count < 9 * count else {
      column = nil
      return
    }
    column = try columns.texts.first { column in
      var rows: Set<Row> = []
      var names: Set<String> = []
      try columns.table.forEachRow { row in
        let name = trimmed(row.text(column))
        names.insert(name)
        rows.insert(Row(time: try columns.time(of: row).clock, name: name))
      }
      return rows.count == count && names.count > 1 && 2 * names.count <= count && !names.contains("")
    }
  }
}
