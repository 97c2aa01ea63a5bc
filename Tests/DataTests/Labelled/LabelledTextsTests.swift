import Foundation
import RondoData
import RondoTestSupport
import Testing

@Suite struct LabelledTextsTests {
  let folder = TemporaryFolder()

  private func read(
    _ text: String, _ name: String = "file", format: LabelledFormat? = nil, textColumn: String? = nil,
    labelColumn: String? = nil, phrases: Bool = false, labels: LabelRequirement = .required
  ) throws -> LabelledTexts {
    try LabelledTexts(
      contentsOf: folder.file(name, text), format: format, textColumn: textColumn, labelColumn: labelColumn,
      phrases: phrases, labels: labels)
  }

  private func message(
    _ text: String, _ name: String = "file", format: LabelledFormat? = nil, textColumn: String? = nil,
    labelColumn: String? = nil, phrases: Bool = false, labels: LabelRequirement = .required
  ) -> String? {
    let error = #expect(throws: FormatError.self) {
      try read(
        text, name, format: format, textColumn: textColumn, labelColumn: labelColumn, phrases: phrases,
        labels: labels)
    }
    return error?.description.replacingOccurrences(of: folder.path + "/", with: "")
  }

  private func item(_ text: String, _ label: String?, group: Int, isWhole: Bool = true, line: Int)
    -> LabelledTexts.Item
  {
    .init(text: text, label: label, group: group, isWhole: isWhole, line: line)
  }

  @Test(arguments: [
    ("a.csv", "label,text\nup ,\" a, b\"\ndown,ü\n"), ("a.tsv", "text\tlabel\n a, b\tup\nü\tdown\n"),
    ("a.jsonl", "\n{\"text\": \" a, b\", \"label\": \"up\"}\n{\"label\": \"down\", \"text\": \"ü\"}"),
  ])
  func tablesAndObjects(name: String, text: String) throws {
    #expect(
      try read(text, name).items == [
        item(" a, b", "up", group: 0, line: 2), item("ü", "down", group: 1, line: 3),
      ])
  }

  @Test func columnsByName() throws {
    let text = "id;Review;stars\n1;good;5\n2;bad;1\n"
    #expect(
      try read(text, textColumn: "Review", labelColumn: "stars").items
        == [item("good", "5", group: 0, line: 2), item("bad", "1", group: 1, line: 3)])
    #expect(try read(text, textColumn: "Review", labels: .optional).items.map(\.label) == [nil, nil])
    #expect(
      try read("{\"r\": \"good\", \"s\": 5}", textColumn: "r", labelColumn: "s").items == [
        item("good", "5", group: 0, line: 1)
      ])
  }

  @Test func lines() throws {
    #expect(
      try read("1 a b \n\n-\tc\r\n").items == [
        item("a b", "1", group: 0, line: 1), item("c", "-", group: 1, line: 3),
      ])
    #expect(
      try read("1 a b \n\n-\tc\r\n", labels: .optional).items
        == [
          item("1 a b ", nil, group: 0, line: 1), item("", nil, group: 1, line: 2),
          item("-\tc", nil, group: 2, line: 3),
        ])
    #expect(
      try read("1 a\n", format: .labelledLines, labels: .optional).items == [
        item("a", "1", group: 0, line: 1)
      ])
  }

  @Test func treesAndTheirPhrases() throws {
    let text = "(3 (2 It) (4 great))\n\n(1 bad)\n"
    #expect(
      try read(text).items == [item("It great", "3", group: 0, line: 1), item("bad", "1", group: 1, line: 3)])
    #expect(
      try read(text, phrases: true).items == [
        item("It great", "3", group: 0, line: 1), item("It", "2", group: 0, isWhole: false, line: 1),
        item("great", "4", group: 0, isWhole: false, line: 1), item("bad", "1", group: 1, line: 3),
      ])
  }

  @Test func emptyLabels() throws {
    #expect(
      try read("text,label\na,\n", "a.csv", labels: .optional).items == [item("a", nil, group: 0, line: 2)])
    #expect(
      try read("{\"text\":\"a\",\"label\":null}", labels: .optional).items == [
        item("a", nil, group: 0, line: 1)
      ])
    #expect(
      try read("{\"text\":\"a\",\"label\":\" \"}", labels: .optional).items == [
        item("a", nil, group: 0, line: 1)
      ])
    #expect(
      message("text,label\n\"a\nb\",c\nü, \n", "a.csv")
        == "a.csv, line 4, column 3: expected a label in column \"label\", found nothing.")
    #expect(
      message("{\"text\":\"a\",\"label\":\"\"}")
        == "file, line 1: expected a label as \"label\", found an empty string.")
    #expect(
      message("{\"text\":\"a\",\"label\":null}")
        == "file, line 1: expected a string as \"label\", found null.")
    #expect(
      message("{}\n{\"text\":\"a\"}", labels: .optional)
        == "file, line 1: expected a member \"text\", found an empty object.")
    #expect(message("{\"text\":\"a\"}") == "file, line 1: expected a member \"label\", found \"text\".")
  }

  @Test func placesOfErrors() {
    #expect(
      message("id,sentence,label\n", "a.csv")
        == "a.csv, line 1: expected a column \"text\", found \"id\", \"sentence\", \"label\". Say which column has the texts."
    )
    #expect(
      message("text,label\n", "a.csv", labelColumn: "labels")
        == "a.csv, line 1: expected a column \"labels\", found \"text\", \"label\". Did you mean \"label\"?")
    #expect(message("text,label\n", "a.csv") == "a.csv: expected at least one text, found none.")
    #expect(message("\n\n") == "file: expected at least one text, found none.")
    #expect(message("", labels: .optional) == "file: expected at least one text, found an empty file.")
    #expect(message("") == "file: expected at least one text, found an empty file.")
    #expect(
      message("1 a\nb\n")
        == "file, line 2: expected a label, a space and a text, found \"b\". Every line begins with its label; texts in tables are named by their columns."
    )
    #expect(
      message("a\n", format: .lines)
        == "file: expected texts with labels, found lines of text. Put the label before each text (labelled-lines), or write a table with columns text and label."
    )
    #expect(
      message("1 a\n", phrases: true)
        == "file: expected trees, for their phrases are asked for, found lines of a label and a text.")
    #expect(message("@data\n") == "file: expected texts, found sequences of numbers (.ts).")
    #expect(message("(1 a)\n(2 b\n")?.hasPrefix("file, line 2, column 5: expected") == true)
    #expect(
      message("text,label\na\n", "a.csv") == "a.csv, line 2: expected 2 fields, as in the header, found 1.")
  }

  @Test func missingFiles() {
    #expect(throws: FileError(.read, folder("none"), .missing)) {
      try LabelledTexts(contentsOf: folder("none"), labels: .required)
    }
  }

  @Test(
    arguments: [
      ("a.csv", "text,label\n\"x, y\",\"up\"\n", 22), ("a.jsonl", "{\"text\":\"x\",\"label\":\"up\"}", nil),
      ("a.trees", "(3 (2 It) (4 great))", nil),
    ] as [(String, String, Int?)])
  func damagedFiles(name: String, text: String, end: Int?) {
    readDamaged(Array(text.utf8), end: end) { bytes in
      let format: LabelledFormat? = name == "a.trees" ? .trees : nil
      _ = try LabelledTexts(
        bytes, name: name, format: format, phrases: format == .trees, labels: .required)
    }
  }

  /// The Stanford Sentiment Treebank, as trees and as lines.
  @Test(.needsData) func stanfordSentimentTreebank() throws {
    let path = try DataSets.path("sentiment/sst/trees/train.txt")
    let sentences = try LabelledTexts(contentsOf: path, labels: .required)
    #expect(sentences.items.count == 8544)
    #expect(sentences.items.allSatisfy { $0.isWhole })
    let phrases = try LabelledTexts(contentsOf: path, phrases: true, labels: .required)
    #expect(phrases.items.count == 318_582)
    #expect(phrases.items.count { $0.isWhole } == 8544)
    #expect(phrases.items.last?.group == 8543)
    let lines = try LabelledTexts(
      contentsOf: DataSets.path("sentiment/sst/stsa.fine.train"), labels: .required)
    #expect(lines.items.count == 8544)
    // The lines have the sentences of the trees in another order, in lower case.
    #expect(Set(lines.items.compactMap(\.label)) == Set(sentences.items.compactMap(\.label)))
    let binary = try LabelledTexts(
      contentsOf: DataSets.path("sentiment/sst/stsa.binary.train"), labels: .required)
    #expect(binary.items.count == 6920)
    #expect(binary.items.count { $0.label == "1" } == 3610)
    #expect(
      binary.items[0].text
        == "a stirring , funny and finally transporting re-imagining of beauty and the beast and 1930s horror films"
    )
  }
}
