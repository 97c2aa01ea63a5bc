/// Whether the first row of a table names its columns, and what names they get.
enum SeriesHeader {
  /// Names of columns that hold the names of series, in lower case.
  static let idNames: Set<String> = ["unique_id", "item_id", "series_id", "series", "id"]
  /// Names of columns that hold times, in lower case.
  static let timeNames: Set<String> = [
    "date", "time", "timestamp", "datetime", "ds", "day", "month", "week", "quarter", "year", "period", "t",
    "ts", "epoch", "unix", "unix_time", "unixtime",
  ]

  /// The table without its header if its first row is a row of values, and what is to be said of that.
  ///
  /// - Parameter isThere: Whether there is a header; found if nil.
  static func table(_ table: DelimitedText, isThere: Bool?, layout: SeriesLayout?) throws -> (
    DelimitedText, sample: ColumnSample, note: String?
  ) {
    let sample = try ColumnSample(table)
    let looksLikeValues = looksLikeValues(table.columns, sample)
    let counts = looksLikeValues && counts(table.columns)
    if isThere ?? (!looksLikeValues || counts) {
      guard isThere == nil, counts else { return (table, sample, nil) }
      return (
        table, sample,
        "the first row of \(table.name) is taken for the names of its columns, \(listed(table.columns, limit: 5)): --no-header if it is one of values"
      )
    }
    let hasShortRows =
      layout == .m4 || layout == nil && !table.columns.contains { ColumnSample.kind($0) == .time }
    let bare = try table.withoutHeader(hasShortRows: hasShortRows)
    let note =
      "the first row of \(table.name) has values, \(listed(table.columns, limit: 5)): its columns are called 1\(bare.columns.count > 1 ? ", 2, …" : ""); --header if that row names them"
    return (bare, try ColumnSample(bare), isThere == nil ? note : nil)
  }

  /// Whether a row is like those below it: numbers above numbers, times above times.
  private static func looksLikeValues(_ row: [String], _ sample: ColumnSample) -> Bool {
    var hasValues = false
    for (text, column) in zip(row, sample.columns) {
      guard let own = ColumnSample.kind(text), let kind = column.kind else { continue }
      guard own == kind else { return false }
      hasValues = hasValues || own != .text
    }
    return hasValues
  }

  /// Whether numbers are rather names than values: 0, 1, 2, … or years, or beside a name that is usual.
  private static func counts(_ row: [String]) -> Bool {
    if let first = row.first?.lowercased(), idNames.contains(first) || timeNames.contains(first) {
      return true
    }
    let numbers = row.filter { ColumnSample.kind($0) == .number }.map { Int($0) }
    guard numbers.count > 1 || numbers.count == 1 && row.count > 1 && row[0].isEmpty else { return false }
    let pairs = zip(numbers, numbers.dropFirst())
    guard !numbers.contains(nil) else { return false }
    return 0...1 ~= numbers[0]! && pairs.allSatisfy { $1! == $0! + 1 }
      || numbers.allSatisfy { 1500...2200 ~= $0! } && pairs.allSatisfy { $0! < $1! }
  }

  /// Names that differ from each other: `column 3` for one without, `y 2` for another `y`.
  static func names(_ columns: [String]) -> [String] {
    var taken = Set(columns)
    var seen: Set<String> = []
    return columns.enumerated().map { index, column in
      if !column.isEmpty, seen.insert(column).inserted { return column }
      var number = column.isEmpty ? index + 1 : 2
      func name() -> String { column.isEmpty ? "column \(number)" : "\(column) \(number)" }
      while !taken.insert(name()).inserted { number += 1 }
      return name()
    }
  }
}
