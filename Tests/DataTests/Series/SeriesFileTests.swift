import RondoData
import RondoTestSupport
import Testing

@Suite struct SeriesFileTests {
  private func read(_ text: String, _ change: (inout SeriesReading) -> Void = { _ in }) throws -> SeriesTable
  {
    let folder = TemporaryFolder()
    var reading = SeriesReading()
    change(&reading)
    return try SeriesFile.read(folder.file("series.csv", text), reading)
  }

  private func message(_ text: String, _ change: (inout SeriesReading) -> Void = { _ in }) -> String? {
    let error = #expect(throws: FormatError.self) { try read(text, change) }
    return error.map { error in
      "line \(error.place.line ?? 0), column \(error.place.column ?? 0): \(error.expected), \(error.found)"
    }
  }

  /// Values with -9 for missing ones.
  private func values(_ table: SeriesTable) -> [[Double]] {
    table.series.map { $0.values.map { $0.isNaN ? -9 : $0 } }
  }

  // MARK: A row for each series

  @Test func rowsMayEndEarlyAndHaveGaps() throws {
    let table = try read("\"V1\",\"V2\",V3,V4\n\"a\",\"1.5\",NA,2\nb,3,,\nc,,4,NaN\nd,1\ne\n")
    #expect(table.series.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(values(table) == [[1.5, -9, 2], [3], [-9, 4, -9], [1], []])
    #expect(table.frequency == nil)
  }

  @Test func whatIsWrongInARowHasAPlace() {
    func message(_ text: String) -> String? { self.message(text) { $0.layout = .m4 } }
    #expect(
      message("V1,V2\na,1\na,2\n")
        == "line 3, column 1: a row for each series, a second one for \"a\", after line 2")
    #expect(message("V1,V2\n,1\n") == "line 2, column 1: the name of a series, nothing")
    #expect(message("V1,V2,V3\na,1,x2\n") == "line 2, column 5: a number in column \"V3\", \"x2\"")
    #expect(message("V1,V2\na,inf\n") == "line 2, column 3: a finite number in column \"V2\", \"inf\"")
    #expect(message("V1,V2\na,1,2\n") == "line 2, column 0: at most 2 fields, as in the header, 3")
    #expect(message("V1,V2\n") == "line 0, column 0: a header row and rows of values, one row")
  }

  // MARK: A row for each time

  @Test func columnsAreSeriesAndGapsAreMissing() throws {
    let table = try read("date,a,note,b\n2024-01-31,1,x,\n2024-02-01,2,y,5\n2024-02-03,3,z,6\n")
    #expect(table.series.map(\.name) == ["a", "b"])
    #expect(values(table) == [[1, 2, -9, 3], [-9, 5, -9, 6]])
    #expect(table.frequency == .seconds(86_400))
    #expect(table.series[0].start == Timestamp(year: 2024, month: 1, day: 31))
    #expect(
      table.notes.count == 2 && table.notes[0].contains("\"note\"")
        && table.notes[1].hasPrefix("1 of 4 steps of 1d"))
  }

  @Test func aColumnNamesTheSeries() throws {
    let table = try read("ds;unique_id;y\n2024-01;p;1,5\n2024-01;q;2\n2024-02;p;3\n2024-04;q;4,25\n")
    #expect(table.series.map(\.name) == ["p", "q"])
    #expect(values(table) == [[1.5, 3], [2, -9, -9, 4.25]])
    #expect(table.frequency == .months(1))
  }

  @Test func severalTargetsOfSeveralSeries() throws {
    let table = try read("shop,t,in,out\nx,2020,1,2\nx,2021,3,4\ny,2020,5,6\n") {
      $0.id = "shop"
      $0.time = ["t"]
    }
    #expect(table.series.map(\.name) == ["x in", "x out", "y in", "y out"])
    #expect(values(table) == [[1, 3], [2, 4], [5], [6]] && table.frequency == .months(12))
  }

  @Test func timesInSeveralColumnsAndNone() throws {
    let table = try read("year,month,day,hour,y\n2010,1,1,22,1\n2010,1,1,23,2\n2010,1,2,0,3\n") {
      $0.time = ["year", "month", "day", "hour"]
    }
    #expect(values(table) == [[1, 2, 3]] && table.frequency == .seconds(3600))
    let without = try read("a,b\n1,2\n3,4\n")
    #expect(
      values(without) == [[1, 3], [2, 4]] && without.frequency == nil && without.series[0].start == nil)
  }

  @Test func rowNumbersAreNoSeries() throws {
    let table = try read("No,year,y\n1,2010,5\n2,2011,4\n3,2012,6\n")
    #expect(table.series.map(\.name) == ["y"] && table.notes.first?.contains("\"No\"") == true)
    #expect(try read("y\n1\n2\n3\n").series.map(\.name) == ["y"])
  }

  @Test func rowsAreSorted() throws {
    let table = try read("date,y\n2024-01-02,2\n2024-01-01,1\n2024-01-03,3\n")
    #expect(values(table) == [[1, 2, 3]])
    #expect(table.notes.count == 1 && table.notes[0].contains("line 3"))
  }

  @Test func businessDaysHaveNoWeekends() throws {
    let table = try read("Date,Close\n1/3/2019,1\n1/4/2019,2\n1/7/2019,3\n1/8/2019,4\n1/10/2019,6\n")
    #expect(table.frequency == .weekdays)
    #expect(values(table) == [[1, 2, 3, 4, -9, 6]])
  }

  @Test func timesThatOccurTwiceAreAveraged() throws {
    let table = try read("date,y,z\n2024-01-01,1,1\n2024-01-02,2,NA\n2024-01-02,4,5\n2024-01-03,3,6\n")
    #expect(values(table) == [[1, 3, 3], [1, 5, 6]])
    #expect(table.notes.count == 1 && table.notes[0].contains("line 4"))
  }

  /// The first part of a date is a month, if one beyond 12 is in second place, and the other way round.
  @Test func theOrderOfDatesIsFound() throws {
    #expect(try read("date,y\n11/12/2019,1\n12/13/2019,2\n").series[0].start?.date.month == 11)
    #expect(try read("date,y\n11/12/2019,1\n13/12/2019,2\n").series[0].start?.date.month == 12)
    #expect(try read("date,y\n11.12.2019,1\n12.12.2019,2\n").series[0].start?.date.month == 12)
    let unclear = try read("date,y\n11/12/2019,1\n12/12/2019,2\n")
    #expect(
      unclear.series[0].start?.date.month == 11 && unclear.notes.first?.contains("--date-order") == true)
    #expect(try read("date,y\n11/12/2019,1\n12/12/2019,2\n") { $0.dateOrder = .dayFirst }.notes.isEmpty)
  }

  @Test func whatIsWrongInATimeHasAPlace() {
    #expect(
      message("date,y\n2024-01-01,1\n2024-13-01,2\n")
        == "line 3, column 1: a date or time in column \"date\", \"2024-13-01\"")
    #expect(
      message("date,y\n2024-01-01,1\n2024-01-02,2\n2024-01-03 05:00,3\n2024-01-04,4\n2024-01-05,4\n")?
        .hasPrefix("line 4")
        == true)
    let far = (1...9).map { "2024-01-01 00:0\($0):00,1\n" }.joined() + "2034-01-01,1\n"
    #expect(message("date,y\n" + far)?.hasPrefix("line 11") == true)
    #expect(
      message("date,y\n2024-01-01,x\n")
        == "line 0, column 0: a column of numbers, \"date\" (\"2024-01-01\" in line 2), \"y\" (\"x\" in line 2)"
    )
    #expect(
      message("date,y\n2024-01-01,1\n2024-01-02,1 2\n")
        == "line 3, column 12: a number in column \"y\", \"1 2\"")
    #expect(
      message("date,y\n2024-01-01,1\n2024-01-02\n") == "line 3, column 0: 2 fields, as in the header, 1")
  }

  // MARK: Files

  @Test func whatIsNotCompressedIsRefused() {
    let folder = TemporaryFolder()
    #expect(throws: FormatError.self) { try SeriesFile.read(folder.file("a.csv.gz", "date,y\n2024-01,1\n")) }
    #expect(throws: FileError.self) { try SeriesFile.read(folder("missing.csv.gz")) }
  }

  @Test(.needsData) func jenasWeatherIsCompressed() throws {
    let table = try SeriesFile.read(DataSets.path("time-series/weather-jena-2020/weather.csv.gz"))
    #expect(table.series.count == 21 && table.frequency == .seconds(600))
    #expect(table.series.allSatisfy { $0.values.count >= 52_696 })
  }

  /// The data sets that forecasters are compared on, read without being told how.
  @Test(
    .needsData,
    arguments: [
      ("ett/ETTh1.csv", 7, Frequency.seconds(3600)), ("stocks/wti.csv", 1, .weekdays),
      ("stocks/sp500.csv", 6, .weekdays),
      ("classic-univariate/mauna-loa-co2-weekly.csv", 1, .seconds(604_800)),
      ("classic-univariate/airline-passengers.csv", 1, .months(1)),
      ("classic-univariate/yearly-sunspots.csv", 1, .months(12)),
      ("exchange-rate/exchange_rate.csv", 8, .seconds(86_400)),
      ("national-illness/national_illness.csv", 7, .seconds(604_800)),
      ("classic-univariate/daily-min-temperatures.csv", 1, .seconds(86_400)),
    ])
  func realFiles(file: String, series: Int, frequency: Frequency) throws {
    let table = try SeriesFile.read(DataSets.path("time-series/\(file)"))
    #expect(table.series.count == series && table.frequency == frequency)
  }

  // MARK: Covariates

  @Test func covariatesStandBesideTheirSeries() throws {
    let table = try read(
      """
      day,shop,price,sales,rain,kind
      2024-01-01,a,1,10,0,small
      2024-01-02,a,2,11,5,small
      2024-01-03,a,3,,,small
      2024-01-01,b,4,20,1,large
      2024-01-03,b,5,22,,large
      2024-01-05,b,6,,,large

      """
    ) {
      $0.id = "shop"
      $0.known = ["price"]
      $0.past = ["rain"]
      $0.statics = ["kind"]
    }
    #expect(table.series.map(\.name) == ["a", "b"])
    // Rows whose target has not come are known ahead; a gap is missing there too.
    #expect(values(table) == [[10, 11], [20, -9, 22]])
    let covariates = table.series.map(\.covariates)
    func there(_ columns: [[Double]]) -> [[Double]] { columns.map { $0.map { $0.isNaN ? -9 : $0 } } }
    #expect(there(covariates[0].known) == [[1, 2, 3]] && there(covariates[1].known) == [[4, -9, 5, -9, 6]])
    #expect(there(covariates[0].past) == [[0, 5]] && there(covariates[1].past) == [[1, -9, -9]])
    #expect(covariates.map(\.statics) == [["small"], ["large"]])
    // Without anything known ahead, rows at the end are gaps.
    let plain = try read("day,a,b\n2024-01-01,1,2\n2024-01-02,,3\n2024-01-03,,4\n") {
      $0.targets = ["a"]
      $0.past = ["b"]
    }
    #expect(values(plain) == [[1, -9, -9]])
  }

  @Test func whatIsWrongWithCovariatesHasAPlace() {
    let text = "day,id,kind,y\n2024-01-01,a,x,1\n2024-01-02,a,z,2\n"
    let changed = message(text) { $0.statics = ["kind"] }
    #expect(changed?.hasPrefix("line 3, column 14: \"x\", as in line 2") == true, "\(changed ?? "")")
    let twice = message(text) {
      $0.targets = ["y"]
      $0.known = ["y"]
    }
    #expect(twice?.hasPrefix("line 1, column 0: one use of column \"y\"") == true, "\(twice ?? "")")
    let rows = message("n,1,2\na,3,4\n") {
      $0.layout = .m4
      $0.past = ["1"]
    }
    #expect(rows?.contains("a series in each row") == true)
    #expect(message(text) { $0.known = ["price"] }?.contains("price") == true)
  }

  /// The mean of a day is not that of a week.
  @Test func stepsThatAreThereInPartAreLeftOut() throws {
    // From a Wednesday to a Tuesday four weeks later.
    let start = Timestamp(year: 2024, month: 1, day: 3)!
    func days(_ range: Range<Int>) -> String {
      "time,y\n" + range.map { "\(Frequency.seconds(86_400).advance(start, by: $0)),\($0 + 1)\n" }.joined()
    }
    let weeks = Frequency.seconds(604_800)
    let table = try read(days(0..<28)) { $0.resample = weeks }
    #expect(values(table) == [[9, 16, 23]])
    #expect(table.series[0].start == Timestamp(year: 2024, month: 1, day: 8))
    #expect(table.notes.count == 1 && table.notes[0].hasPrefix("7 rows of "))
    #expect(table.notes[0].hasSuffix("in part only and left out: first that of 2024-01-01 of \"y\""))
    // Whole weeks stay, and what is all there is.
    #expect(try read(days(5..<19)) { $0.resample = weeks }.notes.isEmpty)
    let part = try read(days(0..<3)) { $0.resample = weeks }
    #expect(values(part) == [[2]] && part.notes.count == 1)
  }

  /// Half hours become hours, days become weeks from Monday on, and months.
  @Test func rowsAreAveragedWithinSteps() throws {
    let hours = try read(
      "time,y\n2024-01-01 00:10,1\n2024-01-01 00:40,3\n2024-01-01 01:10,\n2024-01-01 01:40,7\n2024-01-01 03:10,9\n"
    ) { $0.resample = .seconds(3600) }
    #expect(values(hours) == [[2, 7, -9, 9]] && hours.frequency == .seconds(3600))
    #expect(hours.series[0].start == Timestamp(year: 2024, month: 1, day: 1))
    let days = "time,y\n2024-01-03,1\n2024-01-07,3\n2024-01-08,5\n2024-02-29,7\n"
    let weeks = try read(days) { $0.resample = .seconds(604_800) }
    #expect(values(weeks) == [[2, 5, -9, -9, -9, -9, -9, -9, 7]])
    #expect(weeks.series[0].start == Timestamp(year: 2024, month: 1, day: 1))
    let months = try read(days) { $0.resample = .months(1) }
    #expect(values(months) == [[3, 7]] && months.series[0].start == Timestamp(year: 2024, month: 1, day: 1))
    let quarters = try read(days) { $0.resample = .months(3) }
    #expect(values(quarters) == [[4]])
  }
}
