import RondoData
import RondoTraining
import Testing

@Suite struct JSONRecordTests {
  private struct Record: Codable, Equatable {
    struct Part: Codable, Equatable {
      var stepCount: Int
      var share: Double?
    }
    var name: String
    var parts: [Part]
  }

  private func message(_ text: String) -> String? {
    do {
      _ = try JSONRecord.decode(Record.self, from: Array(text.utf8), file: "config.json")
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func namesAreSortedAndInSnakeCase() {
    let record = Record(name: "a/b", parts: [Record.Part(stepCount: 3, share: 0.1)])
    #expect(JSONRecord.encode(record) == #"{"name":"a/b","parts":[{"share":0.1,"step_count":3}]}"#)
  }

  @Test func errorsNameThePlace() throws {
    #expect(message(#"{"name":"x","parts":[]}"#) == nil)
    let missing = try #require(message(#"{"name":"x","parts":[{"share":1}]}"#))
    #expect(missing.contains("config.json: expected a value for \"parts.[0].step_count\", found none"))
    let wrong = try #require(message(#"{"name":"x","parts":[{"step_count":"3"}]}"#))
    #expect(wrong.contains("\"parts.[0].step_count\" to be a whole number"))
    let cut = try #require(message(#"{"name":"x","parts":["#))
    #expect(cut.contains("config.json, line 1"))
  }
}
