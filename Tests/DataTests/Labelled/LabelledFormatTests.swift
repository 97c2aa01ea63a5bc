import RondoData
import Testing

@Suite struct LabelledFormatTests {
  @Test(
    arguments: [
      ("a.csv", .csv), ("a.b/c.TSV", .tsv), ("x.tab", .tsv), ("x.jsonl", .jsonl), ("x.ndjson", .jsonl),
      ("x.json", .jsonl),
      ("x.ts", .ts), ("x.npy", .npy), ("x.npz", .npz), ("x.txt", .lines), ("stsa.binary.train", .lines),
      ("x.csv/y", .lines),
      ("-", .lines), ("", .lines), ("csv", .lines),
    ] as [(String, LabelledFormat)])
  func byExtension(path: String, format: LabelledFormat) {
    #expect(
      LabelledFormat(path: path, bytes: Array("text\n".utf8), hasColumns: false, plain: .lines) == format)
  }

  @Test(
    arguments: [
      ("{\"text\": 1}", .jsonl, .jsonl), ("\u{FEFF} [\n{", .jsonl, .jsonl),
      ("[garbus] discards", .labelledLines, .csv),
      ("{ x }", .labelledLines, .csv), ("(3 (2 It)", .trees, .csv), ("(It is) 3", .labelledLines, .csv),
      ("#\n# x\n@problemName x\n", .ts, .csv), ("@data\n", .ts, .csv),
      ("@someone hello", .labelledLines, .csv),
      ("#tag is a word\n1 2", .labelledLines, .csv), ("1 a text", .labelledLines, .csv),
      ("PK\u{3}\u{4}", .npz, .npz),
      ("", .labelledLines, .csv),
    ] as [(String, LabelledFormat, LabelledFormat)])
  func byFirstBytes(text: String, format: LabelledFormat, withColumns: LabelledFormat) {
    let bytes = Array(text.utf8)
    #expect(LabelledFormat(path: "x.txt", bytes: bytes, hasColumns: false, plain: .labelledLines) == format)
    #expect(LabelledFormat(path: "-", bytes: bytes, hasColumns: true, plain: .labelledLines) == withColumns)
  }

  @Test func numPy() {
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0]
    #expect(LabelledFormat(path: "-", bytes: bytes, hasColumns: false, plain: .csv) == .npy)
  }
}
