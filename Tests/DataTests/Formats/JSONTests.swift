import RondoData
import RondoTestSupport
import Testing

@Suite struct JSONTests {
  @Test func valuesRoundTrip() throws {
    let value: JSON = [
      "null": nil, "true": true, "integer": -12, "largest": .integer(.max), "smallest": .integer(.min),
      "numbers": [0.1, -0.0, 1e-300, .number(.leastNonzeroMagnitude), 1.7976931348623157e308, 16_777_217.0],
      "text": "a\"\\/\n\t\u{0}\u{1F} ü e\u{301} 🎼 \u{2028}", "empty": ["": []],
      "nested": [[], [:], ["a": [nil]]],
    ]
    for pretty in [false, true] {
      let read = try JSON(parsing: value.text(pretty: pretty))
      #expect(read == value)
      #expect(read["numbers"]?.array?[1].double?.sign == .minus)
      #expect(read.text() == value.text())
    }
  }

  @Test func orderAndSpellingOfMembers() {
    let value: JSON = ["z": 1, "a": [1, 2.5], "m": ["x": "y"], "l": ["s"], "none": []]
    #expect(value.text() == #"{"z":1,"a":[1,2.5],"m":{"x":"y"},"l":["s"],"none":[]}"#)
    let lines = """
      {
        "z": 1,
        "a": [1, 2.5],
        "m": {
          "x": "y"
        },
        "l": [
          "s"
        ],
        "none": []
      }
      """
    #expect(value.text(pretty: true) == lines)
    #expect(JSON.number(.nan).text() == "null")
  }

  @Test(
    arguments: [
      (" 1 ", 1), ("-0", .number(-0.0)), ("1.0", .number(1)), ("1e2", .number(100)), ("1E+2", .number(100)),
      ("9223372036854775808", .number(0x1p63)), (#""\u00e9\ud83c\udfbc\/""#, "é🎼/"), ("[1 , 2]", [1, 2]),
    ] as [(String, JSON)])
  func accepted(text: String, expected: JSON) throws {
    #expect(try JSON(parsing: text) == expected)
  }

  @Test(arguments: [
    "", " ", "nul", "truefalse", "01", "+1", ".5", "1.", "1e", "-", "1e999", "NaN", "Infinity", "'a'", "\"a",
    "\"\n\"",
    #""\x""#, #""\u12""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "[1,]", "[1 2]", "[", "{", "{1:2}",
    #"{"a"}"#, #"{"a":1,}"#, #"{"a":1,"a":2}"#, "1 2", "//", "\u{FEFF}1",
  ])
  func refused(text: String) {
    #expect(throws: FormatError.self) { try JSON(parsing: text) }
  }

  @Test func membersAreReplacedAndRemoved() {
    var object: JSON.Object = ["a": 1, "b": 2, "c": 3]
    object["b"] = 4
    object["a"] = nil
    object["none"] = nil
    object["c"] = 5
    object["d"] = 6
    #expect(JSON.object(object).text() == #"{"b":4,"c":5,"d":6}"#)
  }

  @Test func deepNestingIsRefused() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSON(parsing: nested(64))
    #expect(throws: FormatError.self) { try JSON(parsing: nested(65)) }
    #expect(throws: FormatError.self) { try JSON(parsing: String(repeating: "[{\"a\":", count: 1_000_000)) }
  }

  @Test func bytesThatAreNotText() {
    let bytes: [UInt8] = [0x22, 0xC0, 0x80, 0x22]
    #expect(throws: FormatError.self) {
      try bytes.withUnsafeBufferPointer { try JSON(parsing: $0, of: "file") }
    }
  }

  @Test func errorsHaveAPlace() {
    let error = #expect(throws: FormatError.self) {
      try JSON(parsing: "{\n\"a\": [1,\n x]}", of: "config.json")
    }
    #expect(error?.description == "config.json, line 3, byte 12: expected a JSON value, found \"x\".")
    let cut = #expect(throws: FormatError.self) { try JSON(parsing: "{\"a\": 1", of: "config.json") }
    #expect(
      cut?.description
        == "config.json, line 1, byte 7: expected a comma or the end of an object, found the end. The file may be truncated."
    )
  }

  @Test func damagedInput() {
    let text = #"{"a":[1,-2.5e3,"x\n\u00e9ü",true,null],"b":{"c":{}}}"#
    readDamaged(Array(text.utf8)) { bytes in
      _ = try bytes.withUnsafeBufferPointer { try JSON(parsing: $0, of: "damaged") }
    }
  }
}
