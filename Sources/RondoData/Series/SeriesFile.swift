/// How a file holds series.
public enum SeriesLayout: String, Sendable, Codable, CaseIterable {
  /// A row for each series: its name, then its values from the oldest on, as the files of the M competitions have them.
  case m4
}

/// Reads series from CSV and its like.
public enum SeriesFile {
  /// The series of a file, or of standard input if the path is `-`, in its order.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public static func read(_ path: String, layout: SeriesLayout) throws -> [Series] {
    let table = try DelimitedText(contentsOf: path)
    switch layout {
    case .m4: return try rows(of: table)
    }
  }

  /// A series from each row. Empty fields at a row's end are after the end of the series; others are missing values.
  private static func rows(of table: DelimitedText) throws -> [Series] {
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
    guard !series.isEmpty else {
      throw FormatError(
        .init(table.name), expected: "a header row and a row for each series", found: "one row",
        hint: "The first row names the columns.")
    }
    return series
  }
}
