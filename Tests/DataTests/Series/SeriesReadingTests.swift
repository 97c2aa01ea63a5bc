import RondoData
import RondoTestSupport
import Testing

/// How what files do not say is found, and what is said of it: header, delimiter, numbers, times, names of series.
@Suite struct SeriesReadingTests {
  private func read(_ text: String, _ change: (inout SeriesReading) -> Void = { _ in }) throws -> SeriesTable
  {
    var reading = SeriesReading()
    change(&reading)
    return try SeriesFile.read(Array(text.utf8), name: "f", reading)
  }

  private func message(_ text: String, _ change: (inout SeriesReading) -> Void = { _ in }) -> String {
    #expect(throws: FormatError.self) { try read(text, change) }?.description ?? ""
  }

  /// Values with -9 for missing ones.
  private func values(_ table: SeriesTable) -> [[Double]] {
    table.series.map { $0.values.map { $0.isNaN ? -9 : $0 } }
  }

  // MARK: The first row

  @Test(
    arguments: [
      ("2024-01-01,1.5\n2024-01-02,2\n", ["2"], [[1.5, 2.0]]),
      ("1.5,2\n3,4\n", ["1", "2"], [[1.5, 3], [2, 4]]),
      ("5\n4\n6\n", ["1"], [[5, 4, 6]]),
      ("a,4,5,6\nb,1,2,3\n", ["a", "b"], [[4, 5, 6], [1, 2, 3]]),
      // Rows of other lengths than the first.
      ("a,4,5\nb,1,2,3\nc,7\n", ["a", "b", "c"], [[4, 5], [1, 2, 3], [7]]),
    ] as [(String, [String], [[Double]])])
  func aFirstRowOfValuesIsNoHeader(text: String, names: [String], expected: [[Double]]) throws {
    let table = try read(text)
    #expect(table.series.map(\.name) == names && values(table) == expected)
    #expect(
      table.notes.first?.contains("has values") == true && table.notes.first?.contains("--header") == true)
    #expect(try read(text) { $0.header = false }.notes.isEmpty)
  }

  @Test(
    arguments: [
      ("0,1\n1.5,2.5\n", ["0", "1"]), ("date,7,3\n2024-01-01,1,2\n", ["7", "3"]), ("id,7,3\na,1,2\n", ["a"]),
      ("country,1990,2000,2010\na,1,2,3\n", ["a"]), ("page,2015-07-01,2015-07-02\na,1,2\n", ["a"]),
      ("1,y\n1,2\n", ["1", "y"]),
    ] as [(String, [String])])
  func namesThatAreNumbers(text: String, names: [String]) throws {
    #expect(try read(text).series.map(\.name) == names)
  }

  @Test func namesThatAreMissingOrCameBefore() throws {
    let table = try read("date,y,,y,\n2024-01-01,1,2,3,\n2024-01-02,4,5,6,\n")
    #expect(
      table.series.map(\.name) == ["y", "column 3", "y 2"] && values(table) == [[1, 4], [2, 5], [3, 6]])
    #expect(table.notes.count == 3 && table.notes[0].contains("left out column 5 of f"))
    #expect(table.notes[1].contains("\"column 3\"") && table.notes[2].contains("\"y 2\""))
    let index = try read(",date,y\n0,2024-01-01,5\n1,2024-01-02,4\n2,2024-01-03,6\n")
    #expect(
      index.series.map(\.name) == ["y"] && index.notes == ["left out column 1 of f, which counts the rows"])
  }

  // MARK: Columns

  @Test func aTextInAColumnOfNumbersHasAPlace() throws {
    let first = "date,y,z\n2024-01-01,err,1\n2024-01-02,2,2\n2024-01-03,3,3\n"
    #expect(
      message(first).hasPrefix("f, line 2, column 12: expected a number in column \"y\", found \"err\"."))
    let mostly = "date,y,z\n2024-01-01,1,1\n2024-01-02,low,2\n2024-01-03,high,3\n"
    let table = try read(mostly)
    #expect(table.series.map(\.name) == ["z"])
    #expect(table.notes == ["left out what is not numbers in f: \"y\" (\"low\" in line 3)"])
    #expect(message(mostly) { $0.targets = ["y"] }.hasPrefix("f, line 3, column 12: expected a number"))
    #expect(message("a\nx\ny\n").contains("\"a\" (\"x\" in line 2)"))
    #expect(message("# by hand\ndate,y\n2024-01-01,1\n").contains("begin with #"))
  }

  @Test(arguments: ["inf", "-inf", "Infinity", "1e999"]) func infinitiesAreRefused(text: String) {
    #expect(
      message("date,y\n2024-01-01,1\n2024-01-02,\(text)\n").hasPrefix(
        "f, line 3, column 12: expected a finite number in column \"y\", found \"\(text)\"."))
    #expect(message("y\n\(text)\n").hasPrefix("f, line 2, column 1: expected a finite number"))
  }

  @Test(arguments: ["", "NA", "nan", "-nan", "#N/A", "null", "<NA>"]) func missingValues(text: String) throws
  {
    #expect(try values(read("date,y\n2024-01-01,1\n2024-01-02,\(text)\n2024-01-03,3\n")) == [[1, -9, 3]])
  }

  @Test func seriesThatSayNothing() throws {
    let table = try read("date,a,b,c\n2024-01-01,,5,1\n2024-01-02,NA,5,2\n")
    #expect(
      table.notes == [
        "1 of 3 series of f has no value at all: \"a\"",
        "1 of 3 series of f has the same value throughout: \"b\"",
      ])
    #expect(values(table) == [[-9, -9], [5, 5], [1, 2]])
  }

  /// The files of the M3 competition have a column of categories.
  @Test func rowsWithAColumnOfTexts() throws {
    let text = "N1,YEARLY,9,4,5\nN2,MONTHLY,4,,8,2\n"
    let table = try read(text)
    #expect(table.series.map(\.name) == ["N1", "N2"] && values(table) == [[9, 4, 5], [4, -9, 8, 2]])
    #expect(table.notes.last == "left out what is not numbers in f: \"2\" (\"YEARLY\" in line 1)")
    let asked = try read(text) { $0.statics = ["2"] }
    #expect(
      asked.series.map(\.covariates.statics) == [["YEARLY"], ["MONTHLY"]]
        && asked.series[0].values == [9, 4, 5])
    #expect(asked.notes.count == 1)
    #expect(
      message("id,1,2\na,3,4\n") { ($0.layout, $0.known) = (.m4, ["1"]) }.contains("a series in each row"))
  }

  // MARK: Numbers

  @Test(
    arguments: [
      ("\"1,234.5\"", 1234.5), ("\"1,234,567\"", 1_234_567), ("1 234", 1234), ("1\u{202F}234.5", 1234.5),
      ("1'234", 1234),
      ("\"1,5\"", 1.5), ("\"0,123\"", 0.123), ("1.234", 1.234), ("-1.5e3", -1500),
      ("\"-1.234.567,8\"", -1_234_567.8),
    ] as [(String, Double)])
  func numbersThatCanBeReadInOneWay(text: String, value: Double) throws {
    #expect(try values(read("a,b\n1,0.5\n\(text),0.5\n"))[0] == [1, value])
  }

  @Test(arguments: ["\"1,23,456\"", "\"1,2.5\"", "1.2.3", "1 2", "5%", "\"1,234,5\"", "\"1234,567.8\""])
  func whatIsNoNumber(text: String) {
    #expect(message("a,b\n1,0.5\n2,0.5\n\(text),0.5\n").contains("line 4"), "\(text)")
  }

  @Test func whatStandsBetweenThousandsIsFoundOrAskedFor() throws {
    // Another number shows which mark is the decimal one.
    #expect(try values(read("a;b\n1.234;0,5\n2;3\n")) == [[1234, 2], [0.5, 3]])
    #expect(try values(read("a;b\n1,234;0.5\n2;3\n")) == [[1234, 2], [0.5, 3]])
    // Nothing does.
    let comma = try read("a,b\n\"1,234\",1\n2,5\n")
    #expect(values(comma)[0] == [1234, 2] && comma.notes[0].contains("\"1,234\" in line 2"))
    #expect(comma.notes[0].hasSuffix("--decimal is taken to be point"))
    let semicolon = try read("a;b\n1,234;1\n2;5\n")
    #expect(
      values(semicolon)[0] == [1.234, 2] && semicolon.notes[0].hasSuffix("--decimal is taken to be comma"))
    let point = try read("a;b\n1.234;1\n2;5\n")
    #expect(values(point)[0] == [1.234, 2] && point.notes[0].hasSuffix("--decimal is taken to be point"))
    let asked = try read("a;b\n1.234;1\n2;5\n") { $0.decimal = .comma }
    #expect(values(asked)[0] == [1234, 2] && asked.notes.isEmpty)
    #expect(try read("a,b\n1.234,1\n2,5\n").notes.isEmpty)
  }

  // MARK: Files

  @Test(
    arguments: [
      "\u{FEFF}date;y\r\n01.02.2024;1,5\r\n02.02.2024;2\r\n", "date\ty\r01.02.2024\t1,5\r02.02.2024\t2\r",
      "date|y\n01.02.2024|1,5\n02.02.2024|2",
    ])
  func spreadsheets(text: String) throws {
    let table = try read(text)
    #expect(values(table) == [[1.5, 2]] && table.series[0].start == Timestamp(year: 2024, month: 2, day: 1))
  }

  @Test func quotes() throws {
    #expect(
      try read("'date','a;b';'y'\n".replacing("','", with: "';'") + "'2024-01-01';1;'it''s'\n").series.map(
        \.name) == ["a;b"])
    #expect(message("name,a\n\"x,1\ny,2\n").contains("a closing quote"))
    let none = try read("name,a,b\n\"x,1,2\ny,3,4\n") { $0.quote = DelimitedText.Quote.none }
    #expect(none.series.map(\.name) == ["\"x", "y"])
  }

  @Test func whatIsNoTable() {
    #expect(message("").contains("an empty file"))
    #expect(message("date,y\n").contains("one row"))
    #expect(message("PK\u{3}\u{4}...").contains("Save the sheet as CSV."))
    #expect(message("date,y\n2024-01-01,1\n") { $0.delimiter = .semicolon }.contains("taken to be semicolon"))
    #expect(throws: FormatError.self) { try SeriesFile.read(Array(UInt8.min...UInt8.max), name: "f") }
    #expect(throws: FormatError.self) { try SeriesFile.read([0xFF, 0xFE, 0x64, 0], name: "f") }
  }

  // MARK: Times

  @Test func clocksAheadOfUTC() throws {
    let hours = try read(
      "time,y\n2024-10-27T01:00+02:00,1\n2024-10-27T02:00+02:00,2\n2024-10-27T02:00+01:00,3\n2024-10-27T03:00+01:00,4\n"
    )
    #expect(values(hours) == [[1, 2, 3, 4]] && hours.frequency == .seconds(3600))
    #expect(hours.series[0].start == Timestamp(year: 2024, month: 10, day: 26, hour: 23))
    #expect(hours.notes == ["the times of f have offsets from UTC (+01:00, +02:00) and become UTC"])
    // Days begin where the clocks say so.
    let days = try read(
      "time,y\n2024-03-30T00:00+01:00,1\n2024-03-31T00:00+01:00,2\n2024-04-01T00:00+02:00,3\n")
    #expect(values(days) == [[1, 2, 3]] && days.frequency == .seconds(86_400))
    #expect(
      days.series[0].start?.description == "2024-03-30"
        && days.notes[0].hasSuffix("they are left as they are"))
    #expect(try read("time,y\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,2\n").notes.isEmpty)
    #expect(
      message("time,y\n2024-01-01T00:00Z,1\n2024-01-01T01:00,2\n")
        == "f, line 3, column 1: expected a time with an offset from UTC, as in line 2, found one without. All times of a file have an offset, or none has."
    )
    #expect(
      message("time,y,z\n2024-01-01 00:00 CET,1,1\n2024-01-01 01:00 CET,2,1\n").contains("Z and offsets"))
    #expect(try read("time,y,z\n9:00 CET,1,2\n", { $0.layout = .wide }).series.count == 2)
  }

  /// Local times without offsets where clocks change.
  @Test func clocksThatJump() throws {
    let back = try read(
      "time,y\n2024-10-27 01:00,1\n2024-10-27 02:00,2\n2024-10-27 02:00,4\n2024-10-27 03:00,5\n2024-10-27 04:00,6\n"
    )
    #expect(values(back) == [[1, 3, 5, 6]])
    #expect(
      back.notes.count == 1 && back.notes[0].hasPrefix("f, line 4: 2024-10-27 02:00:00 again, after line 3"))
    #expect(back.notes[0].contains("clocks go back"))
    let forward = try read("time,y\n2024-03-31 00:00,1\n2024-03-31 01:00,2\n2024-03-31 03:00,4\n")
    #expect(values(forward) == [[1, 2, -9, 4]])
    #expect(forward.notes[0].contains("first 2024-03-31 02:00:00 after line 3 (where clocks go forward"))
  }

  @Test func timesThatCannotBeRead() {
    #expect(
      message("date,y\nsoon,1\n2024-01-02,2\n2024-01-03,2\n").hasPrefix(
        "f, line 2, column 1: expected a date or time in column \"date\", found \"soon\"."))
    #expect(message("date,y\n2024-01-01,1\n,2\n2024-01-03,2\n").contains("found nothing"))
    let between = "date,y\n2024-01-01,1\n2024-01-02,2\n2024-01-03 05:00,3\n2024-01-04,4\n2024-01-05,4\n"
    #expect(message(between).hasPrefix("f, line 4: ") && message(between).contains("--frequency"))
    #expect(message(between).contains("--resample 1d"))
    #expect(!message(between) { $0.frequency = .seconds(86_400) }.contains("--frequency"))
  }

  /// What a file shows wins over the mark that another file had.
  @Test func decimalMarksOfAnotherFile() throws {
    let commas = "date;y\n2021-02-04;240,500\n2021-02-05;241,25\n"
    let table = try read(commas) { $0.decimal = .point }
    #expect(values(table) == [[240.5, 241.25]] && table.notes.count == 1)
    let points = "date;y\n2021-02-04;240.500\n2021-02-05;241.25\n"
    #expect(try values(read(points) { $0.decimal = .comma }) == [[240.5, 241.25]])
    // One that shows none is read as was asked.
    let unclear = "date;y\n2021-02-04;240.500\n2021-02-05;241.250\n"
    #expect(try values(read(unclear) { $0.decimal = .comma }) == [[240_500, 241_250]])
    #expect(try values(read(unclear) { $0.decimal = .point }) == [[240.5, 241.25]])
  }

  @Test func whetherTimesHaveOffsets() throws {
    func has(_ rows: String) throws -> Bool? { try read("time,y\n" + rows).reading.hasOffsets }
    #expect(try has("2024-01-01 00:00+01:00,1\n2024-01-01 01:00+01:00,2\n") == true)
    #expect(try has("2024-01-01 00:00,1\n2024-01-01 01:00,2\n") == false)
    // Of days they change nothing.
    #expect(try has("2024-01-01 00:00+01:00,1\n2024-01-02 00:00+01:00,2\n") == nil)
  }

  @Test func timesInTwoColumns() throws {
    let clock = try read("Date;Time;y\n10/03/2004;18.00.00;1\n10/03/2004;19.00.00;2\n13/03/2004;18.00.00;3\n")
    #expect(clock.series[0].start == Timestamp(year: 2004, month: 3, day: 10, hour: 18))
    #expect(clock.frequency == .seconds(3600) && clock.series[0].values.count == 73)
    let hour = try read("date,hour,y\n2024-01-01,22,1\n2024-01-01,23,2\n2024-01-02,0,3\n")
    #expect(values(hour) == [[1, 2, 3]] && hour.frequency == .seconds(3600))
    let months = try read("year,month,y\n2023,11,1\n2023,12,2\n2024,1,3\n")
    #expect(values(months) == [[1, 2, 3]] && months.frequency == .months(1))
    // Last days of months, also where months are asked for.
    let ends = "day,y\n2023-04-30,1\n2023-05-31,2\n2023-06-30,3\n"
    #expect(try read(ends).frequency == .monthEnds(1))
    let asked = try read(ends) { $0.frequency = .months(1) }
    #expect(asked.frequency == .monthEnds(1) && values(asked) == [[1, 2, 3]])
  }

  /// Times beyond the calendar of dates with four digits go on.
  @Test func theEndOfTheCalendar() throws {
    let table = try read("date,y\n9998-12-01,1\n9999-12-01,2\n")
    let frequency = try #require(table.frequency)
    #expect(frequency == .months(12))
    #expect(frequency.advance(try #require(table.series[0].start), by: 3).description == "10001-12-01")
    #expect(frequency.advance(Timestamp(year: 1, month: 1, day: 1)!, by: -2).date.year == -1)
    #expect(message("date,y\n2024-01-01 00:00 +999999999999999999,1\n").contains("+999999999999999999"))
  }

  // MARK: Names of series

  @Test func timesThatComeAgainForEachName() throws {
    let rows = ["a", "b", "c"].flatMap { name in (1...4).map { "2024-01-0\($0),\(name),x,\($0)" } }
    let table = try read("date,shop,kind,y\n" + rows.joined(separator: "\n"))
    #expect(table.series.map(\.name) == ["a", "b", "c"] && values(table)[2] == [1, 2, 3, 4])
    #expect(
      table.notes.contains(
        "times of f come again: column \"shop\" is taken for the names of its series (--id)"))
    // Numbers are not taken for names.
    let numbers = (1...3).flatMap { name in (1...4).map { "2024-01-0\($0),\(name),\($0)" } }
    let refused = message("date,shop,y\n" + numbers.joined(separator: "\n"))
    #expect(refused.contains("found 12 rows for 4 times (line 6: 2024-01-01 again, after line 2)"))
    #expect(refused.contains("--id"))
    let asked = try read("date,shop,y\n" + numbers.joined(separator: "\n")) { $0.id = "shop" }
    #expect(asked.series.map(\.name) == ["1", "2", "3"])
    #expect(message("date,id,y\n2024-01-01,,1\n").contains("the name of a series"))
  }

  /// Of many series one note is enough.
  @Test func unsortedSeriesAreCounted() throws {
    let rows = (0..<100).flatMap { ["2024-01-02,s\($0),2", "2024-01-01,s\($0),1"] }
    let table = try read("date,id,y\n" + rows.joined(separator: "\n"))
    #expect(table.series.count == 100 && table.series.allSatisfy { $0.values == [1, 2] })
    #expect(
      table.notes == ["f, line 3: earlier than the row before it; rows are sorted by time in 100 series"])
  }

  @Test func covariatesThatEndEarly() throws {
    let table = try read("date,y,p\n2024-01-01,1,5\n2024-01-02,2,6\n2024-01-03,3,\n") {
      $0.targets = ["y"]
      $0.past = ["p"]
    }
    #expect(
      table.notes == [
        "column \"p\" of f ends 1 step before the values of series \"y\"; where it is missing, its mean is read"
      ])
  }

  /// Whatever becomes of a file, it is read or refused with a ``FormatError``.
  @Test(
    arguments: [
      "time,y,p\n2024-01-01T00:00+01:00,\"1,234.5\",2\n2024-01-01T02:00+01:00,NA,1e3\n2024-01-01T03:00+01:00,4,5\n",
      "Date;Time;x\n10/03/2004;18.00.00;2,5\n10/03/2004;19.00.00;1.234\n13/03/2004;18.00.00;3\n",
      "id,V1,V2,V3\na,1,2,3\nb,4,,\nc,5,6\n", "N1,YEARLY,9,4,5\nN2,MONTHLY,4,,8,2\n",
      "year,month,id,y\n2023,11,a,1\n2023,12,a,2\n2024,1,a,3\n",
      "ds\tk\ty\n2024Q1\ta\t1\n2024Q2\ta\t2\n2024Q1\tb\t3\n",
    ])
  func damagedFiles(text: String) {
    let whole = Array(text.utf8)
    for resample in [nil, Frequency.months(1)] {
      var reading = SeriesReading()
      reading.resample = resample
      readDamaged(whole, end: 0) { [reading] in _ = try SeriesFile.read($0, name: "f", reading) }
      for end in whole.indices {
        do { _ = try SeriesFile.read(Array(whole[..<end]), name: "f", reading) } catch {
          #expect(error is FormatError, "cut at byte \(end)")
        }
      }
    }
  }

  /// As many series as a machine has room for are read in seconds; here enough to see that time grows with their number.
  @Test(.timeLimit(.minutes(1))) func manySeries() throws {
    var text = "id,a,b,c\n"
    for number in 0..<200_000 { text += "S\(number),\(number),\(number % 7)\n" }
    let table = try read(text)
    #expect(table.series.count == 200_000 && table.series[199_999].values == [199_999, 2])
  }
}
