import RondoData
import RondoTestSupport
import Testing

@Suite struct JSONLinesTests {
  private func rows(_ text: String) throws -> [(line: Int, text: String)] {
    var rows: [(Int, String)] = []
    try JSONLines(Array(text.utf8), name: "rows").forEachRow {
      rows.append(($0.line, JSON.object($0.object).text()))
    }
    return rows
  }

  @Test func linesAndArrays() throws {
    let lines = try rows("\u{FEFF}\n{\"a\": 1}\r\n\n {\"a\": \"]},\\\"\"} \n{}")
    #expect(lines.map(\.line) == [2, 4, 5])
    #expect(lines.map(\.text) == ["{\"a\":1}", "{\"a\":\"]},\\\"\"}", "{}"])
    let array = try rows(" [\n{\"a\":\n [1,{\"b\":[]}]}\n , {\"a\": \"]},\\\"\"},\n{}]\n\n")
    #expect(array.map(\.line) == [2, 4, 5])
    #expect(array.map(\.text) == ["{\"a\":[1,{\"b\":[]}]}", "{\"a\":\"]},\\\"\"}", "{}"])
    #expect(try rows("[]").isEmpty)
    #expect(try rows("").isEmpty)
  }

  @Test(arguments: [
    (
      "{\"a\":1}\n{\"a\":1 2}\n",
      "rows, line 2, byte 15: expected a comma or the end of an object, found \"2\"."
    ),
    ("{\"a\":1}\n[1]\n", "rows, line 2: expected an object, {\"name\": value, …}, found an array."),
    ("{}\n{}{}\n", "rows, line 2, byte 5: expected the end of the file, found \"{\"."),
    ("{\"a\":\n1}", "rows, line 1, byte 5: expected a JSON value, found the end. The file may be truncated."),
    (
      "[{},\n{}\n",
      "rows, line 3: expected a comma or the end of the array, found the end. The file may be truncated."
    ),
    ("[{},\n{\"a\"}]", "rows, line 2, byte 9: expected a colon after a member's name, found \"}\"."),
    ("[{},\n]", "rows, line 2, byte 5: expected a JSON value, found the end. The file may be truncated."),
    ("[{}\n{}]", "rows, line 2: expected a comma or the end of the array, found \"{\"."),
    ("[1]", "rows, line 1: expected an object, {\"name\": value, …}, found the number 1."),
    ("[{}] x", "rows, line 1: expected the end of the file after the array, found \"x\"."),
  ])
  func placesOfErrors(text: String, message: String) {
    #expect(#expect(throws: FormatError.self) { try rows(text) }?.description == message)
  }

  @Test func members() throws {
    let text = #"{"text": "ü", "label": 3, "flag": true, "score": 0.5, "none": null, "list": [1]}"#
    var rows: [JSONLines.Row] = []
    try JSONLines(Array(text.utf8), name: "rows").forEachRow { rows.append($0) }
    let row = try #require(rows.first)
    #expect(try row.text("text") == "ü")
    #expect(try row.text("label") == "3")
    #expect(try row.text("flag") == "true")
    #expect(try row.text("score") == "0.5")
    #expect(try row.optionalText("none") == nil)
    #expect(try row.optionalText("other") == nil)
    let missing = #expect(throws: FormatError.self) { try row.text("lable") }
    #expect(
      missing?.description
        == "rows, line 1: expected a member \"lable\", found \"text\", \"label\", \"flag\", \"score\", \"none\", \"list\". Did you mean \"label\"?"
    )
    let null = #expect(throws: FormatError.self) { try row.text("none") }
    #expect(null?.description == "rows, line 1: expected a string as \"none\", found null.")
    let list = #expect(throws: FormatError.self) { try row.text("list") }
    #expect(list?.description == "rows, line 1: expected a string as \"list\", found an array.")
  }

  @Test func deepNestingIsRefused() {
    for text in ["{\"a\":", "["] {
      #expect(throws: FormatError.self) { try rows("[" + String(repeating: text, count: 1_000_000)) }
    }
  }

  @Test(arguments: [#"{"a":"x\n\u00e9","b":[1,{}]}"#, #"[{"a":"x"},{"b":2}]"#])
  func damagedFiles(text: String) {
    readDamaged(Array(text.utf8)) { bytes in
      var count = 0
      try JSONLines(bytes, name: "damaged").forEachRow { _ in count += 1 }
      if count == 0 { throw FormatError(.init("damaged"), expected: "rows", found: "none") }
    }
  }
}
