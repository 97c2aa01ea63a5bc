import RondoData
import RondoTestSupport
import Testing

@Suite struct TextCodecTests {
  let folder = TemporaryFolder()
  static let text = "Grüße, 世界!\r\n\tE\u{301} é 🎼🎼\n\nlast line\u{FEFF}"

  private func source(_ text: String) throws -> TextSource { try TextSource(text, name: "text") }

  @Test(arguments: [TextLevel.byte, .character])
  func everythingComesBack(level: TextLevel) throws {
    let codec = TextCodec(try Vocabulary(level, of: [source(Self.text)]))
    let encoded = try codec.encode([source(Self.text)])
    #expect(Array(codec.decode(encoded.tokens).utf8) == Array(Self.text.utf8))
    #expect(encoded.tokens == codec.encode(Self.text))
    #expect(encoded.unknownCount == 0)
    #expect(encoded.characterCount == Self.text.unicodeScalars.count)
    #expect(codec.characterCount(of: encoded.tokens[...]) == encoded.characterCount)
    var decoder = codec.decoder()
    #expect(encoded.tokens.flatMap { decoder.next($0) } == Array(Self.text.utf8))
  }

  @Test func bytesThatAreNotText() throws {
    let bytes: [UInt8] = [0xFF, 0, 0xC3, 0x28]
    let codec = TextCodec(.bytes)
    let tokens = try codec.encode([TextSource(folder.file("binary", bytes))]).tokens
    #expect(tokens == [255, 0, 195, 40])
    var decoder = codec.decoder()
    #expect(tokens.flatMap { decoder.next($0) } == bytes)
  }

  @Test func wordsAndLines() throws {
    let text = "the cat  sat\r\n\n on\u{A0}the\u{3000}mat\nend"
    let codec = TextCodec(try Vocabulary(.word, of: [source(text)]))
    let tokens = try codec.encode([source(text)]).tokens
    let spelled = tokens.map { String(decoding: codec.vocabulary.spelling(of: $0), as: UTF8.self) }
    #expect(spelled == ["the", "cat", "sat", "<eos>", "<eos>", "on", "the", "mat", "<eos>", "end", "<eos>"])
    #expect(codec.decode(tokens) == "the cat sat\n\non the mat\nend\n")
    // A prompt's last line stays open, and what is generated goes on with a space.
    let prompt = codec.encode("the mat\nthe")
    #expect(codec.decode(prompt) == "the mat\nthe")
    var decoder = codec.decoder()
    for token in prompt { _ = decoder.next(token) }
    #expect(decoder.next(codec.vocabulary.number(of: "cat")!) == Array(" cat".utf8))
  }

  @Test func unknownSymbols() throws {
    let characters = TextCodec(try Vocabulary(.character, of: [source("abcabc")]))
    let encoded = try characters.encode([source("a🎼b\n")])
    #expect(encoded.unknownCount == 2)
    #expect(encoded.characterCount == 4)
    #expect(characters.decode(encoded.tokens) == "a\u{FFFD}b\u{FFFD}")
    let words = TextCodec(try Vocabulary(.word, of: [source("a b <unk> <eos> c")]))
    #expect(words.vocabulary.count == 5)
    #expect(words.decode(try words.encode([source("a zebra <unk> b")]).tokens) == "a <unk> <unk> b\n")
  }

  /// A file of several pieces gives the symbols of the same text in memory.
  @Test(arguments: TextLevel.allCases)
  func filesAreReadInPieces(level: TextLevel) throws {
    let line = "wörter 世界 🎼 " + String(repeating: "x", count: 50) + " end\n"
    let text = String(repeating: line, count: 40_000)
    let source = try TextSource(folder.file("text", text))
    let codec = TextCodec(try Vocabulary(level, of: [source]))
    #expect(try codec.encode([source]).tokens == codec.encode(text))
  }
}
