import RondoData
import RondoTestSupport
import Testing

@Suite struct VocabularyTests {
  let folder = TemporaryFolder()

  private func spellings(_ vocabulary: Vocabulary) -> [String] {
    (0..<vocabulary.count).map { String(decoding: vocabulary.spelling(of: Int32($0)), as: UTF8.self) }
  }

  private func vocabulary(
    _ level: TextLevel, _ texts: String..., minimumCount: Int = 1, maximumSize: Int? = nil
  ) throws -> Vocabulary {
    try Vocabulary(
      level, of: texts.map { try TextSource($0, name: "text") }, minimumCount: minimumCount,
      maximumSize: maximumSize)
  }

  @Test func orderIsByCountThenBytes() throws {
    #expect(spellings(try vocabulary(.word, "b a c", "c b")) == ["<unk>", "<eos>", "b", "c", "a"])
    #expect(spellings(try vocabulary(.character, "ba", "écé")) == ["<unk>", "é", "a", "b", "c"])
    #expect(try vocabulary(.byte, "a").count == 256)
  }

  @Test func minimumCountAndMaximumSize() throws {
    let text = "a a a b b c d <unk>"
    #expect(spellings(try vocabulary(.word, text, minimumCount: 2)) == ["<unk>", "<eos>", "a", "b"])
    #expect(spellings(try vocabulary(.word, text, maximumSize: 5)) == ["<unk>", "<eos>", "a", "b", "c"])
    #expect(try vocabulary(.word, text, maximumSize: 100).count == 6)
    #expect(spellings(try vocabulary(.character, "aabbbc", minimumCount: 2)) == ["<unk>", "b", "a"])
  }

  @Test func tooFewSymbols() throws {
    let error = #expect(throws: FormatError.self) { try vocabulary(.character, "aaaa") }
    #expect(error?.description == "text: expected at least two different characters, found only \"a\".")
    #expect(throws: FormatError.self) { try vocabulary(.word, " \n ") }
    #expect(throws: FormatError.self) { try vocabulary(.word, "a b", minimumCount: 2) }
  }

  /// Canonically equivalent strings are different bytes and stay different symbols.
  @Test func equivalentSpellingsDiffer() throws {
    let words = try vocabulary(.word, "\u{E9} e\u{301}")
    #expect(words.count == 4)
    #expect(words.number(of: "\u{E9}") != words.number(of: "e\u{301}"))
  }

  @Test func manyWords() throws {
    let words = (0..<50_000).map { "w\($0 &* 2_654_435_761 % 1_000_003)" }
    let vocabulary = try vocabulary(.word, words.joined(separator: " "))
    #expect(vocabulary.count == 50_002)
    #expect(Set(words.map { vocabulary.number(of: $0) }).count == 50_000)
    #expect(vocabulary.number(of: "w") == nil)
  }

  @Test(arguments: TextLevel.allCases)
  func filesRoundTrip(level: TextLevel) throws {
    let written = try vocabulary(level, "a \"b\" \\ é e\u{301} 🎼 \u{1} a")
    try written.write(toDirectory: folder.path)
    let read = try Vocabulary(directory: folder.path)
    #expect(read.level == level)
    #expect(spellings(read) == spellings(written))
    let codec = (TextCodec(written), TextCodec(read))
    #expect(codec.0.encode("a é b 🎼") == codec.1.encode("a é b 🎼"))
    #expect(folder.names == ["vocabulary.json"])
  }

  @Test(arguments: [
    "[]", "{}", #"{"format":2,"level":"byte"}"#, #"{"format":1}"#, #"{"format":1,"level":"line"}"#,
    #"{"format":1,"level":"word"}"#, #"{"format":1,"level":"word","symbols":[]}"#,
    #"{"format":1,"level":"word","symbols":["<unk>","<eos>"]}"#,
    #"{"format":1,"level":"word","symbols":["<eos>","<unk>","a"]}"#,
    #"{"format":1,"level":"word","symbols":["<unk>","<eos>","a","a"]}"#,
    #"{"format":1,"level":"word","symbols":["<unk>","<eos>","<unk>"]}"#,
    #"{"format":1,"level":"word","symbols":["<unk>","<eos>",""]}"#,
    #"{"format":1,"level":"word","symbols":["<unk>","<eos>",3]}"#,
    #"{"format":1,"level":"char","symbols":["<unk>","ab"]}"#,
    #"{"format":1,"level":"char","symbols":["a","b"]}"#,
  ])
  func hostileFiles(text: String) throws {
    let path = folder.file("vocabulary.json", text)
    let error = #expect(throws: FormatError.self) { try Vocabulary(directory: folder.path) }
    #expect(error?.place.file == path)
  }

  @Test(arguments: TextLevel.allCases)
  func missingAndDamagedFiles(level: TextLevel) throws {
    let path = folder("vocabulary.json")
    #expect(throws: FileError(.read, path, .missing)) { try Vocabulary(directory: folder.path) }
    let written = try vocabulary(level, "some words to write")
    try written.write(toDirectory: folder.path)
    let whole = try Files.read(path)
    // The last byte is a newline, which may be missing.
    readDamaged(whole, end: whole.count - 1) { bytes in
      _ = try Vocabulary(JSON(contentsOf: folder.file("vocabulary.json", bytes)), of: path)
    }
  }
}
