import RondoData
import RondoTestSupport
import Testing

@Suite struct SeriesFileTests {
  private func read(_ text: String, _ layout: SeriesLayout = .m4) throws -> [Series] {
    let folder = TemporaryFolder()
    return try SeriesFile.read(folder.file("series.csv", text), layout: layout)
  }

  private func message(_ text: String) -> String? {
    let error = #expect(throws: FormatError.self) { try read(text) }
    return error.map {
      "line \($0.place.line ?? 0), column \($0.place.column ?? 0): \($0.expected), \($0.found)"
    }
  }

  @Test func rowsMayEndEarlyAndHaveGaps() throws {
    let series = try read("\"V1\",\"V2\",V3,V4\n\"a\",\"1.5\",NA,2\nb,3,,\nc,,4,NaN\nd,1\ne\n")
    #expect(series.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(
      series.map { $0.values.map { $0.isNaN ? -9 : $0 } } == [[1.5, -9, 2], [3], [-9, 4, -9], [1], []])
  }

  @Test func whatIsWrongHasAPlace() {
    #expect(message("V1,V2\na,1\na,2\n") == "line 3, column 1: a row for each series, a second one for \"a\"")
    #expect(message("V1,V2\n,1\n") == "line 2, column 1: the name of a series, nothing")
    #expect(message("V1,V2,V3\na,1,x2\n") == "line 2, column 5: a number in column \"V3\", \"x2\"")
    #expect(message("V1,V2\na,inf\n") == "line 2, column 3: a number in column \"V2\", \"inf\"")
    #expect(message("V1,V2\na,1,2\n") == "line 2, column 0: at most 2 fields, as in the header, 3")
    #expect(message("V1,V2\n") == "line 0, column 0: a header row and a row for each series, one row")
  }
}
