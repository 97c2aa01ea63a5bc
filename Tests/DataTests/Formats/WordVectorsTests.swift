import RondoData
import RondoTestSupport
import Testing

@Suite struct WordVectorsTests {
  let folder = TemporaryFolder()

  private func read(_ text: String, words: [String]? = nil) throws -> WordVectors {
    try WordVectors(contentsOf: folder.file("vectors.txt", text), words: words)
  }

  @Test(arguments: ["", "4 3\n"])
  func withAndWithoutHeader(header: String) throws {
    let text = header + "the 1 -2.5 1e-3\n. . 4 5 6\r\nthe 7 8 9\nü\t0 0 1 \n"
    let all = try read(text)
    #expect(all.width == 3)
    #expect(all.words == ["the", ". .", "ü"])
    #expect(all.values == [1, -2.5, 1e-3, 4, 5, 6, 0, 0, 1])
    #expect(all.fileCount == 4)
    #expect(all["the"] == [1, -2.5, 1e-3])
    #expect(all["u\u{308}"] == nil)
    let some = try read(text, words: ["ü", "none", ". ."])
    #expect(some.words == [". .", "ü"])
    #expect(some.values == [4, 5, 6, 0, 0, 1])
    #expect(some.width == 3)
    #expect(some["none"] == nil)
    #expect(try read(text, words: []).words.isEmpty)
  }

  @Test(arguments: [
    ("", ": expected word vectors, found an empty file."),
    ("2 3\n", ": expected word vectors, found none. The file may be truncated."),
    ("2 0\n", ", line 1: expected a width from 1, found 0."),
    (
      "word\n",
      ", line 1: expected a word and its numbers, or the numbers of words and of columns, found \"word\"."
    ),
    ("a 1 2\nb 3\n", ", line 2: expected a word and 2 numbers, found 2 fields. The file may be truncated."),
    ("a 1 2\nb 3 x\n", ", line 2, column 5: expected a number as component 2 of the vector, found \"x\"."),
    (
      "a 1 2\nü nan 1\n",
      ", line 2, column 3: expected a number as component 1 of the vector, found \"nan\". Fill the gap or leave it out."
    ),
    ("3 1\na 1\nb 2\n", ": expected 3 words, as the first line says, found 2. The file may be truncated."),
    ("1 1\na 1\nb 2\n", ": expected 1 words, as the first line says, found 2."),
    (
      "1 4\na \u{0}\u{0}\u{0}",
      ", line 2: expected word vectors as text, found a binary file. Save them in word2vec's text format."
    ),
  ])
  func placesOfErrors(text: String, message: String) {
    #expect(
      #expect(throws: FormatError.self) { try read(text) }?.description == folder("vectors.txt") + message)
  }

  /// Only what is wanted is looked at closely.
  @Test func unwantedLines() throws {
    let vectors = try read("a 1 2\nb x nan\nc 3 4\n", words: ["c"])
    #expect(vectors.values == [3, 4])
    #expect(vectors.fileCount == 3)
  }

  @Test func damagedFiles() {
    readDamaged(Array("2 3\nthe 1 -2.5 1e-3\nof 4 5 6\n".utf8), end: 28) { bytes in
      _ = try WordVectors(contentsOf: folder.file("damaged", bytes))
    }
  }
}
