import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct DelimitedTextTests {
  /// All fields of all rows as texts.
  private func rows(_ text: String, delimiter: DelimitedText.Delimiter? = nil) throws -> [[String]] {
    let table = try DelimitedText(Array(text.utf8), name: "table", delimiter: delimiter)
    var rows = [table.columns]
    try table.forEachRow { row in rows.append((0..<row.count).map { row.text($0) }) }
    return rows
  }

  private func message(_ text: String, delimiter: DelimitedText.Delimiter? = nil) -> String? {
    #expect(throws: FormatError.self) { try rows(text, delimiter: delimiter) }?.description
  }

  @Test(
    arguments: [
      ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
      ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
      ("\u{FEFF}a,b\r\n1,2\r\n\r\n\n", [["a", "b"], ["1", "2"]]),
      ("\"a\",\" b \"\n,\n", [["a", "b"], ["", ""]]),
      ("a,b\n\"x,\"\"y\"\"\",\"\"\"\"\n", [["a", "b"], ["x,\"y\"", "\""]]),
      ("a,b\n\"line\r\nline\n\",ü\n", [["a", "b"], ["line\r\nline\n", "ü"]]),
      ("a,b\n5\" wide, x\n", [["a", "b"], ["5\" wide", " x"]]),
      ("a,b\nx\ry,\rz\r\n", [["a", "b"], ["x\ry", "\rz"]]),
      ("a\n\nx\n\n", [["a"], [""], ["x"]]),
      ("a\n", [["a"]]),
    ] as [(String, [[String]])])
  func fields(text: String, expected: [[String]]) throws {
    #expect(try rows(text) == expected)
  }

  @Test(
    arguments: [
      ("a,b\tc\td;e", .tab), ("a,b,c;d", .comma), ("a;b;c,d", .semicolon), ("a", .comma),
      ("\"a;b;c\",d", .comma), ("\"a\n;\";b", .semicolon), ("a\nb;c", .comma), ("a,b;c", .comma),
      ("a|b|c,d", .bar),
    ] as [(String, DelimitedText.Delimiter)])
  func delimiterIsFoundInTheHeader(text: String, delimiter: DelimitedText.Delimiter) throws {
    #expect(try DelimitedText(Array(text.utf8), name: "table").delimiter == delimiter)
  }

  @Test func givenDelimiter() throws {
    #expect(try rows("a,b\tc\n1,2\t3", delimiter: .comma) == [["a", "b\tc"], ["1", "2\t3"]])
  }

  @Test func placesOfErrors() {
    #expect(message("") == "table: expected a header row with the names of the columns, found an empty file.")
    #expect(
      message("\n\r\n") == "table: expected a header row with the names of the columns, found blank lines.")
    #expect(message("a,b\n\"1\n\",2\n3\n") == "table, line 4: expected 2 fields, as in the header, found 1.")
    #expect(
      message("a,b\n1,2\n1,2,3\n")
        == "table, line 3: expected 2 fields, as in the header, found 3. A field with the delimiter in it is put in quotes."
    )
    #expect(
      message("a,b\n\n1,2\n") == "table, line 2: expected 2 fields, as in the header, found a blank line.")
    #expect(
      message("a,b\n1,2\nü,\"x\ny\n")
        == "table, line 3, column 3: expected a closing quote for the one that begins here, found none to the end of the file. A quote within a quoted field is written twice."
    )
    #expect(
      message("a,b\n\"x\ny\"z,1\n")
        == "table, line 3, column 3: expected a delimiter or the end of the line after a closing quote, found \"z,1\". A quote within a quoted field is written twice."
    )
    #expect(message("a,b\n1,\u{0}\n")?.hasPrefix("table, line 2, byte 6: expected text") == true)
  }

  @Test func columnsByName() throws {
    let table = try DelimitedText(Array("text,label,text,,x\n".utf8), name: "table")
    #expect(try table.column("label") == 1)
    #expect(try table.column("x") == 4)
    #expect(try table.optionalColumn("y") == nil)
    let twice = #expect(throws: FormatError.self) { try table.column("text") }
    #expect(
      twice?.description
        == "table, line 1: expected one column \"text\", found it as number 1 and as number 3. Give one of them another name."
    )
    let none = #expect(throws: FormatError.self) { try table.column("lable") }
    #expect(
      none?.description
        == "table, line 1: expected a column \"lable\", found \"text\", \"label\", \"text\", \"\", \"x\". Did you mean \"label\"?"
    )
    #expect(#expect(throws: FormatError.self) { try table.column("sentence") }?.hint == nil)
  }

  @Test func wideTablesAreNotListedWhole() throws {
    let header = (1...100).map { "c\($0)" }.joined(separator: ",")
    let table = try DelimitedText(Array(header.utf8), name: "table")
    let error = #expect(throws: FormatError.self) { try table.column("label") }
    #expect(error?.found.hasSuffix("\"c20\" and 80 more") == true)
  }

  /// Every spelling gives what the compiler makes of the same digits.
  @Test(
    arguments: [
      ("0", 0), ("-0", -0.0), ("1", 1), ("+1", 1), ("-1.5", -1.5), (".5", 0.5), ("5.", 5), (" 2\t", 2),
      ("1e3", 1e3),
      ("1E+3", 1e3), ("25e-1", 2.5), ("0.1", 0.1), ("1.860936", 1.860936),
      ("3.4028234663852886e38", 3.4028234663852886e38),
      ("1e-50", 0), ("-1e-99999999999999999999", -0.0), ("123456789012345678901234567890", 1.2345679e29),
      ("0.00000000000000000000000000000000000012345", 1.2345e-37), ("\"7\"", 7),
      ("9007199254740993", 9_007_199_254_740_992), ("00000000000000000000000000001.5", 1.5),
    ] as [(String, Float)])
  func numbers(text: String, expected: Float) throws {
    let table = try DelimitedText(Array("x,y\n1,\(text)\n".utf8), name: "table")
    var values: [Float] = []
    try table.forEachRow { row in values.append(try row.number(1)) }
    #expect(values.map(\.bitPattern) == [expected.bitPattern])
  }

  @Test(arguments: [
    "", " ", "nan", "NaN", "-nan", "inf", "+Infinity", "1e39", "-1e400", "1e999999999999999999999", "abc",
    "1x", "0x10", "1_000",
    "1e", "1e+", "-", ".", "+-1", "1.2.3", "--1", "1 2", "e5", "١", "?", "nan(1)",
  ])
  func refusedNumbers(text: String) throws {
    let table = try DelimitedText(Array("x,the y\nü,\(text)\n".utf8), name: "table")
    let error = #expect(throws: FormatError.self) { try table.forEachRow { row in _ = try row.number(1) } }
    #expect(error?.place == .init("table", line: 2, column: 3))
    #expect(error?.expected == "a number in column \"the y\"")
    #expect(error?.found == (text.isEmpty || text == " " ? "nothing" : "\"\(text)\""))
  }

  @Test func decimalComma() throws {
    let table = try DelimitedText(Array("x;y\n1;2,5\n".utf8), name: "table")
    let error = #expect(throws: FormatError.self) { try table.forEachRow { row in _ = try row.number(1) } }
    #expect(
      error?.description
        == "table, line 2, column 3: expected a number in column \"y\", found \"2,5\". A decimal point is written as a dot."
    )
  }

  /// Random decimal texts against the C locale's own conversion.
  @Test func numbersAgainstTheStandardLibrary() throws {
    let random = RandomSource(seed: 1)
    for stream: UInt64 in 0..<2000 {
      func number(_ range: ClosedRange<Int>, _ position: UInt64) -> Int {
        range.lowerBound + random.index(below: range.count, stream: stream, position: position)
      }
      let digits = (0..<number(1...19, 100)).map { String(number(0...9, UInt64($0))) }
      let point = number(0...digits.count, 101)
      let text = digits[..<point].joined() + "." + digits[point...].joined() + "e\(number(-30...18, 102))"
      let table = try DelimitedText(Array("x\n\(text)\n".utf8), name: "table")
      var values: [Float] = []
      try table.forEachRow { row in values.append(try row.number(0)) }
      #expect(values == [Float(Double(text)!)], "\(text)")
    }
  }

  @Test func placesAfterNewlinesInQuotes() throws {
    let table = try DelimitedText(Array("a,b,c\n\"x\ny\",ü,z\n\"\",1,2\n".utf8), name: "table")
    var places: [FormatError.Place] = []
    try table.forEachRow { row in places += (0..<3).map { row.place($0) } }
    #expect(places.map(\.line) == [2, 3, 3, 4, 4, 4])
    #expect(places.map(\.column) == [2, 4, 6, 2, 4, 6])
  }

  @Test func damagedFiles() {
    readDamaged(Array("name,value\n\"a \"\"b\"\"\",\"-2.5\"\n".utf8), end: 26) { bytes in
      let table = try DelimitedText(bytes, name: "damaged")
      let (name, value) = (try table.column("name"), try table.column("value"))
      var count = 0
      try table.forEachRow { row in
        _ = row.text(name)
        _ = try row.number(value)
        count += 1
      }
      if count == 0 { throw FormatError(.init("damaged"), expected: "rows", found: "none") }
    }
  }
}
