import RondoData
import Testing

/// The bundled series against facts that were looked up in their sources.
@Suite struct BundledSeriesTests {
  @Test(
    arguments: [
      // name, first date, last date, and of each column its name, first and last value, the sum and the number of values
      ("co2", "1958-03-29", "2001-12-29", [("co2", 316.1, 371.5, 756816.5, 2225)]),
      (
        "seattle-weather", "2012-01-01", "2015-12-31",
        [
          ("temp_max", 12.8, 5.6, 24017.5, 1461), ("temp_min", 5.0, -2.1, 12031.0, 1461),
          ("precipitation", 0.0, 0.0, 4426.0, 1461), ("wind", 4.7, 3.5, 4735.3, 1461),
        ]
      ),
      ("elnino", "1950-01-01", "2010-12-01", [("temperature", 23.11, 22.07, 16903.8, 732)]),
      (
        "us-economy", "1959-01-01", "2009-07-01",
        [
          ("realgdp", 2710.349, 12990.341, 1465897.896, 203), ("realcons", 1707.4, 9256.0, 979534.5, 203),
          ("cpi", 28.98, 216.385, 21330.385, 203), ("unemp", 5.8, 9.6, 1194.6, 203),
          ("tbilrate", 2.82, 0.12, 1078.29, 203),
        ]
      ),
      ("sunspots", "1700-01-01", "2008-01-01", [("sunspots", 5.0, 2.9, 15373.4, 309)]),
    ] as [(String, String, String, [(String, Double, Double, Double, Int)])])
  func facts(name: String, first: String, last: String, columns: [(String, Double, Double, Double, Int)])
    throws
  {
    let table = try #require(BundledSeries.named(name)).table()
    #expect(table.series.map(\.name) == columns.map(\.0) && table.notes.isEmpty)
    for (series, expected) in zip(table.series, columns) {
      let there = series.values.filter { !$0.isNaN }
      #expect(series.start?.description == first)
      #expect(table.frequency?.advance(series.start!, by: series.values.count - 1).description == last)
      #expect(series.values.first == expected.1 && series.values.last == expected.2)
      #expect(there.count == expected.4)
      #expect(abs(there.reduce(0, +) - expected.3) < 1e-6, "\(there.reduce(0, +))")
    }
  }

  @Test func frequenciesAndSeasons() throws {
    #expect(BundledSeries.all.map { $0.table().frequency?.description } == ["1w", "1d", "1mo", "1q", "1y"])
    #expect(BundledSeries.all.map { $0.table().season } == [52, 365, 12, nil, 11])
    #expect(Set(BundledSeries.all.map(\.name)).count == BundledSeries.all.count)
    for series in BundledSeries.all {
      #expect(series.table().frequency == series.frequency)
      #expect(series.licence == "public domain" && !series.source.isEmpty && !series.title.isEmpty)
    }
  }

  /// They are facts in the sources, not a burden; with their dates they are more than there.
  @Test func allAreSmall() {
    #expect(BundledSeries.all.reduce(0) { $0 + $1.csv.count } < 200_000)
  }

  @Test func theyStandInThePlaceOfFiles() throws {
    var reading = SeriesReading()
    reading.targets = ["temp_max"]
    reading.past = ["wind"]
    reading.resample = .months(1)
    let table = try SeriesFile.read("bundled:seattle-weather", reading)
    #expect(table.series.count == 1 && table.series[0].values.count == 48 && table.season == nil)
    let error = #expect(throws: FormatError.self) { try SeriesFile.read("bundled:co") }
    #expect(
      error?.description.contains("seattle-weather") == true && error?.hint == "Did you mean bundled:co2?")
    #expect(BundledSeries.named("co") == nil && BundledSeries.named("elnino")?.checksum.count == 64)
  }
}
