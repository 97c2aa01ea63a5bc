import RondoData
import RondoTestSupport
import Testing

@Suite struct SentimentTreeTests {
  @Test func phrasesFromTheWholeToTheWords() throws {
    let tree = try SentimentTree(parsing: " (3 (2 It) (4 (2 's) (1 (2 not) (4 great))) )\t")
    #expect(tree.words == ["It", "'s", "not", "great"])
    #expect(tree.label == "3")
    #expect(tree.text == "It 's not great")
    #expect(tree.phrases.map(\.label) == ["3", "2", "4", "2", "1", "2", "4"])
    #expect(
      tree.phrases.map { tree.text(of: $0) } == [
        "It 's not great", "It", "'s not great", "'s", "not great", "not", "great",
      ])
  }

  @Test func spellingsOfTheTreebank() throws {
    let tree = try SentimentTree(
      parsing: #"(2 (2 -LRB-) (2 (2 either\/or\*) (2 (2 \x) (2 (2 a\\/) (2 -RRB-)))))"#)
    #expect(tree.words == ["(", "either/or*", #"\x"#, #"a\/"#, ")"])
    #expect(try SentimentTree(parsing: "(2 x-LRB-)").words == ["x-LRB-"])
    #expect(
      try SentimentTree(parsing: "(very_good(a word)(b(c(d e))))").phrases.map(\.label) == [
        "very_good", "a", "b", "c", "d",
      ])
  }

  @Test(arguments: [
    (
      "",
      "column 1: expected a tree, which begins with a bracket, found the end of the line. The file may be truncated."
    ),
    ("It is", "column 1: expected a tree, which begins with a bracket, found \"It is\"."),
    (
      "(3",
      "column 3: expected a word or a bracket after the label, found the end of the line. The file may be truncated."
    ),
    ("(3)", "column 3: expected a word or a bracket after the label, found \")\"."),
    ("()", "column 2: expected a label after the bracket, found \")\"."),
    (
      "(3 ü",
      "column 5: expected a closing bracket after the word, found the end of the line. The file may be truncated."
    ),
    ("(3 a b)", "column 6: expected a closing bracket after the word, found \"b)\"."),
    ("(3 (2 a) b)", "column 10: expected a bracket, found \"b)\"."),
    (
      "(3 (2 a)",
      "column 9: expected 1 more closing brackets, found the end of the line. The file may be truncated."
    ),
    ("(3 a) (2 b)", "column 7: expected the end of the line after the tree, found \"(2 b)\"."),
    ("(3 a))", "column 6: expected the end of the line after the tree, found \")\"."),
  ])
  func placesOfErrors(text: String, message: String) {
    let error = #expect(throws: FormatError.self) { try SentimentTree(parsing: text, of: "trees", line: 7) }
    #expect(error?.description == "trees, line 7, " + message)
  }

  @Test(arguments: ["(", ")", "(2 ", "()", "(2 a"])
  func tenMegabytesOfBrackets(piece: String) {
    let text = String(repeating: piece, count: 10_000_000 / piece.utf8.count)
    #expect(throws: FormatError.self) { try SentimentTree(parsing: text) }
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "(2 ", count: depth) + "a" + String(repeating: ")", count: depth)
    }
    #expect(try SentimentTree(parsing: nested(1000)).phrases.count == 1000)
    let error = #expect(throws: FormatError.self) { try SentimentTree(parsing: nested(1001)) }
    #expect(error?.place.column == 3001)
  }

  @Test func files() throws {
    let folder = TemporaryFolder()
    let trees = try SentimentTree.trees(contentsOf: folder.file("trees", "(1 a)\r\n\n(2 b)"))
    #expect(trees.map(\.text) == ["a", "b"])
    let path = folder.file("wrong", "(1 a)\n\n(2 b")
    #expect(
      #expect(throws: FormatError.self) { try SentimentTree.trees(contentsOf: path) }?.place
        == .init(path, line: 3, column: 5))
  }

  @Test func damagedInput() {
    readDamaged(Array(#"(3 (2 It\/s) (4 -LRB-))"#.utf8)) { bytes in
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw FormatError(.init("damaged"), expected: "text", found: "bytes")
      }
      let tree = try SentimentTree(parsing: text)
      #expect(
        tree.phrases.allSatisfy { tree.words.indices.contains($0.words.lowerBound) && !$0.words.isEmpty })
    }
  }

  /// The Stanford Sentiment Treebank: five classes of 11,855 sentences.
  @Test(.needsData, arguments: [("train", 8544, 318_582), ("dev", 1101, 41_447), ("test", 2210, 82_600)])
  func stanfordSentimentTreebank(part: String, count: Int, phrases: Int) throws {
    let trees = try SentimentTree.trees(contentsOf: DataSets.path("sentiment/sst/trees/\(part).txt"))
    #expect(trees.count == count)
    #expect(trees.reduce(0) { $0 + $1.phrases.count } == phrases)
    #expect(Set(trees.flatMap { $0.phrases.map(\.label) }) == ["0", "1", "2", "3", "4"])
    // Every tree of the treebank is binary.
    #expect(trees.allSatisfy { $0.phrases.count == 2 * $0.words.count - 1 })
  }
}
