import RondoData
import RondoTraining

/// `history.csv` of a forecaster: the latest values of its series, a row for each series and step.
///
///     series,step,time,value,…
///     power,8712,2024-12-28 23:00:00,41.5,…
///
/// Beside them stand the covariates. A missing number is `NA`; a value that has not come yet, in rows where something is known ahead, is empty.
/// The column `time` is there if times are known, a column `number` behind the names if several series have the same name, and a column `negative`
/// before the values if some series had negative values before those that are kept: 1 for such a series, 0 for others.
struct HistoryFile {
  private let frequency: Frequency?
  private let covariates: (known: [String], past: [String], statics: [String])

  init(_ config: ForecastConfig) {
    let (reading, encoding) = (config.forecast.reading, config.covariates)
    func names(_ names: [String], _ count: Int, _ kind: String) -> [String] {
      names.count == count ? names : (0..<count).map { "\(kind) \($0 + 1)" }
    }
    frequency = config.frequency
    covariates = (
      names(reading.known, encoding.known.count, "known"), names(reading.past, encoding.past.count, "past"),
      names(reading.statics, encoding.statics.count, "static")
    )
  }

  /// The columns that not all files have.
  private struct Columns {
    var numbers: Bool
    var times: Bool
    var negatives: Bool
  }

  private func header(_ has: Columns) -> String {
    let columns =
      ["series"] + (has.numbers ? ["number"] : []) + ["step"] + (has.times ? ["time"] : [])
      + (has.negatives ? ["negative"] : []) + ["value"] + covariates.known + covariates.past
      + covariates.statics
    return columns.map(DelimitedText.field).joined(separator: ",") + "\n"
  }

  // MARK: Writing

  /// The text of the file.
  func text(_ histories: [SeriesHistory]) -> String {
    let has = Columns(
      numbers: Set(histories.map(\.series.name)).count < histories.count,
      times: frequency != nil && histories.contains { $0.series.start != nil },
      negatives: histories.contains(where: \.earlier.haveNegative))
    var numbers: [String: Int] = [:]
    var text = header(has)
    for history in histories {
      let series = history.series
      numbers[series.name, default: 0] += 1
      let name = DelimitedText.field(series.name) + (has.numbers ? ",\(numbers[series.name]!)" : "")
      let statics = series.covariates.statics.map { "," + DelimitedText.field($0) }.joined()
      func appendNumber(_ column: [Double], _ step: Int?, missing: String = "NA") {
        guard let step, step < column.count else {
          text += ",\(missing)"
          return
        }
        text += column[step].isNaN ? ",NA" : ",\(column[step])"
      }
      func appendRow(_ step: Int?) {
        text += name
        text += step.map { ",\(history.before + $0 + 1)" } ?? ","
        if has.times { text += "," + (series.timeText(ofStep: step ?? 0, frequency) ?? "") }
        if has.negatives { text += history.earlier.haveNegative ? ",1" : ",0" }
        appendNumber(series.values, step, missing: "")
        for column in series.covariates.known { appendNumber(column, step) }
        for column in series.covariates.past { appendNumber(column, step) }
        text += statics
        text += "\n"
      }
      let count = max(series.values.count, series.covariates.known.first?.count ?? 0)
      // Without a row there would be no series.
      if count == 0 { appendRow(nil) }
      for step in 0..<count { appendRow(step) }
    }
    return text
  }

  // MARK: Reading

  private static let hint =
    "It is the history of the model's series, written by training and by `rondo forecast update`; give the whole series to `rondo forecast update --begin` to write it anew."

  /// A history of which rows are being read.
  private struct Rows {
    var series: Series
    var number: Int
    var step: Int?
    var hadNegative: Bool
    var hasEnded = false
    var line: Int
  }

  private static func failure(_ row: borrowing DelimitedText.Row, _ column: Int, _ expected: String)
    -> FormatError
  {
    FormatError(row.place(column), expected: expected, found: quoted(row.text(column)))
  }

  private static func count(_ row: borrowing DelimitedText.Row, _ column: Int) throws -> Int {
    guard let value = Int(row.text(column)), 1...1 << 40 ~= value else {
      throw failure(row, column, "a whole number from 1 on")
    }
    return value
  }

  /// The histories in a file.
  ///
  /// - Parameter bytes: What is in it.
  /// - Throws: `FormatError` for whatever is not as it was written.
  func histories(_ bytes: [UInt8], path: String) throws -> [SeriesHistory] {
    do {
      guard bytes.isEmpty || bytes.last == 0x0A else {
        throw FormatError(
          .init(path, offset: bytes.count), expected: "a line feed at the end",
          found: "none: the file may be truncated")
      }
      return try histories(DelimitedText(bytes, name: path, delimiter: .comma), path)
    } catch let error as FormatError {
      throw FormatError(error.place, expected: error.expected, found: error.found, hint: Self.hint)
    }
  }

  private func histories(_ table: DelimitedText, _ path: String) throws -> [SeriesHistory] {
    func hasColumn(_ name: String, at place: Int) -> Bool { table.columns.dropFirst(place).first == name }
    let hasNumbers = hasColumn("number", at: 1)
    let stepColumn = hasNumbers ? 2 : 1
    let timeColumn = stepColumn + 1
    let hasTimes = hasColumn("time", at: timeColumn)
    let negativeColumn = timeColumn + (hasTimes ? 1 : 0)
    let hasNegatives = hasColumn("negative", at: negativeColumn)
    let expected = header(Columns(numbers: hasNumbers, times: hasTimes, negatives: hasNegatives))
    guard try table.columns == DelimitedText(Array(expected.utf8), name: path, delimiter: .comma).columns,
      !hasTimes || frequency != nil
    else {
      throw FormatError(
        .init(path, line: 1), expected: "the columns \(expected.dropLast())",
        found: table.columns.prefix(30).joined(separator: ","))
    }
    let valueColumn = negativeColumn + (hasNegatives ? 1 : 0)
    let knownColumns = valueColumn + 1..<valueColumn + 1 + covariates.known.count
    let pastColumns = knownColumns.upperBound..<knownColumns.upperBound + covariates.past.count
    let staticColumns = pastColumns.upperBound..<pastColumns.upperBound + covariates.statics.count
    var histories: [SeriesHistory] = []
    var seen: Set<String> = []
    var open: Rows?
    func close() {
      guard let rows = open else { return }
      let earlier = EarlierSteps(count: (rows.step ?? 1) - 1, haveNegative: rows.hadNegative)
      histories.append(SeriesHistory(rows.series, after: earlier))
    }
    try table.forEachRow { row in
      let name = row.text(0)
      let number = hasNumbers ? try Self.count(row, 1) : 1
      let step = row.text(stepColumn).isEmpty ? nil : try Self.count(row, stepColumn)
      let time = hasTimes ? TimeText(order: .monthFirst).parse(row.bytes(timeColumn)) : nil
      let statics = staticColumns.map { row.text($0) }
      let hadNegative = hasNegatives && row.text(negativeColumn) == "1"
      if hasNegatives, !hadNegative, row.text(negativeColumn) != "0" {
        throw Self.failure(row, negativeColumn, "0 or 1")
      }
      if open == nil || open!.series.name != name || open!.number != number {
        close()
        guard seen.insert("\(number) \(name)").inserted else {
          throw Self.failure(row, 0, "the rows of a series one below the other")
        }
        var covariates = Covariates()
        covariates.known = knownColumns.map { _ in [] }
        covariates.past = pastColumns.map { _ in [] }
        covariates.statics = statics
        open = Rows(
          series: Series(name: name, values: [], start: time, covariates: covariates), number: number,
          step: step, hadNegative: hadNegative, line: row.line)
      }
      var rows = open!
      // What two hold would be copied with each row.
      open = nil
      let place = max(rows.series.values.count, rows.series.covariates.known.first?.count ?? 0)
      guard let first = rows.step, step == first + place else {
        // A series without any value.
        if rows.step == nil, rows.line == row.line {
          open = rows
          return
        }
        throw Self.failure(
          row, stepColumn,
          rows.step.map { "step \($0 + place) of series \(quoted(name))" } ?? "one row without a step")
      }
      if hasTimes {
        let expected = rows.series.time(ofStep: place, frequency)
        guard time == expected, time != nil || row.text(timeColumn).isEmpty else {
          throw Self.failure(
            row, timeColumn,
            expected.map { "\($0), \(frequency!) after the row before" } ?? "a time, or nothing in all rows")
        }
      }
      if row.bytes(valueColumn).isEmpty, !knownColumns.isEmpty {
        rows.hasEnded = true
      } else {
        guard !rows.hasEnded else {
          throw Self.failure(row, valueColumn, "nothing behind a value that has not come yet")
        }
        rows.series.values.append(try row.optionalNumber(valueColumn, decimal: .point) ?? .nan)
        for (index, column) in pastColumns.enumerated() {
          rows.series.covariates.past[index].append(try row.optionalNumber(column, decimal: .point) ?? .nan)
        }
      }
      for (index, column) in knownColumns.enumerated() {
        rows.series.covariates.known[index].append(try row.optionalNumber(column, decimal: .point) ?? .nan)
      }
      for (value, column) in zip(rows.series.covariates.statics, staticColumns)
      where value != row.text(column) {
        throw Self.failure(row, column, "\(quoted(value)) as in line \(rows.line)")
      }
      open = rows
    }
    close()
    guard !histories.isEmpty else {
      throw FormatError(.init(path), expected: "rows of series", found: "none")
    }
    return histories
  }
}
