/// Text to symbols and back, by a vocabulary.
///
/// Bytes and characters come back as they were (an unknown character as U+FFFD; a byte order mark at the beginning of a file belongs to the
/// file, not to its text, except at byte level). Words come back with one space between them and a
/// newline for each `<eos>`: how much whitespace there was is not kept.
public struct TextCodec: Sendable {
  /// The symbols and their numbers.
  public let vocabulary: Vocabulary

  /// The codec of a vocabulary.
  public init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// An encoded text.
  public struct Encoded: Sendable {
    /// The symbols, four bytes each.
    public var tokens: [Int32]
    /// The number of Unicode scalars of the text; at byte level, where it need not be text, of bytes that do not continue one.
    public var characterCount: Int
    /// How many symbols are `<unk>`.
    public var unknownCount: Int
  }

  /// The symbols of a prompt. A last line without a newline does not end, so that a model can go on with it.
  public func encode(_ text: String) -> [Int32] {
    var text = text
    return text.withUTF8 { piece in
      var tokens: [Int32] = []
      var scanner = WordScanner()
      append(piece, &scanner, to: &tokens)
      return tokens
    }
  }

  /// The words or characters of a prompt that the vocabulary does not have, each once.
  public func unknownSymbols(in text: String) -> [String] {
    var found: [String] = []
    func note(_ symbol: String) {
      if vocabulary.number(of: symbol) == nil, !found.contains(symbol) { found.append(symbol) }
    }
    switch vocabulary.level {
    case .byte: break
    case .character: for scalar in text.unicodeScalars { note(String(scalar)) }
    case .word:
      var text = text
      text.withUTF8 { piece in
        var scanner = WordScanner()
        scanner.scan(piece, word: { note(String(decoding: $0, as: UTF8.self)) }, endOfLine: {})
        scanner.finish {}
      }
    }
    return found
  }

  /// The symbols of texts, one after the other. At word level each text's last line ends even without a newline.
  ///
  /// Files are read twice, first to count: memory is taken for the symbols and nothing else.
  ///
  /// - Throws: ``FileError``, or ``FormatError`` for what is not text.
  public func encode(_ sources: [TextSource]) throws -> Encoded {
    var (tokenCount, characterCount) = (0, 0)
    for source in sources {
      let (tokens, characters) = try count(source)
      tokenCount += tokens
      characterCount += characters
    }
    var tokens: [Int32] = []
    tokens.reserveCapacity(tokenCount)
    for source in sources {
      var scanner = WordScanner()
      try source.forEachPiece(cut) { piece in
        append(piece, &scanner, to: &tokens)
        guard tokens.count <= tokenCount else { throw FileError(.read, source.name, .changed) }
      }
      scanner.finish { tokens.append(1) }
    }
    guard tokens.count == tokenCount else {
      throw FileError(.read, sources.map(\.name).joined(separator: ", "), .changed)
    }
    let unknownCount = vocabulary.unknown.map { unknown in tokens.reduce(0) { $0 &+ ($1 == unknown ? 1 : 0) }
    }
    return Encoded(tokens: tokens, characterCount: characterCount, unknownCount: unknownCount ?? 0)
  }

  /// The number of Unicode scalars of the text of symbols.
  public func characterCount(of tokens: ArraySlice<Int32>) -> Int {
    switch vocabulary.level {
    case .byte: tokens.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    case .character: tokens.count
    case .word: decode(tokens).unicodeScalars.count
    }
  }

  /// The text of symbols. Bytes that do not form UTF-8 come back as U+FFFD; ``Decoder`` gives the bytes themselves.
  public func decode(_ tokens: some Sequence<Int32>) -> String {
    var decoder = decoder()
    var bytes: [UInt8] = []
    for token in tokens { bytes += decoder.next(token) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A decoder at the beginning of a text.
  public func decoder() -> Decoder { Decoder(vocabulary: vocabulary) }

  /// Turns symbols into bytes one by one, for text that is shown as it is produced. To go on from a prompt, hand it the prompt first.
  public struct Decoder: Sendable {
    fileprivate let vocabulary: Vocabulary
    private var isWithinLine = false

    fileprivate init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// The bytes that a symbol adds to the text.
    public mutating func next(_ token: Int32) -> [UInt8] {
      switch vocabulary.level {
      case .byte: return vocabulary.spelling(of: token)
      case .character:
        return token == vocabulary.unknown ? [0xEF, 0xBF, 0xBD] : vocabulary.spelling(of: token)
      case .word:
        if token == vocabulary.endOfLine {
          isWithinLine = false
          return [0x0A]
        }
        defer { isWithinLine = true }
        return (isWithinLine ? [0x20] : []) + vocabulary.spelling(of: token)
      }
    }
  }

  private var cut: TextSource.Cut {
    switch vocabulary.level {
    case .byte: .bytes
    case .character: .scalars
    case .word: .words
    }
  }

  private func count(_ source: TextSource) throws -> (tokens: Int, characters: Int) {
    var (tokens, characters, bytes) = (0, 0, 0)
    var scanner = WordScanner()
    try source.forEachPiece(cut) { piece in
      // Bytes that continue a scalar of UTF-8 begin with the bits 10.
      characters +=
        vocabulary.level == .byte
        ? piece.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } : UTF8Check.scalarCount(piece)
      bytes += piece.count
      if vocabulary.level == .word {
        scanner.scan(piece, word: { _ in tokens += 1 }, endOfLine: { tokens += 1 })
      }
    }
    scanner.finish { tokens += 1 }
    switch vocabulary.level {
    case .byte: return (bytes, characters)
    case .character: return (characters, characters)
    case .word: return (tokens, characters)
    }
  }

  private func append(
    _ piece: UnsafeBufferPointer<UInt8>, _ scanner: inout WordScanner, to tokens: inout [Int32]
  ) {
    switch vocabulary.level {
    case .byte: tokens.append(contentsOf: piece.lazy.map(Int32.init))
    case .character: forEachScalar(piece) { tokens.append(vocabulary.number(ofScalar: $0)) }
    case .word:
      scanner.scan(
        piece, word: { tokens.append(vocabulary.number(ofWord: $0)) }, endOfLine: { tokens.append(1) })
    }
  }
}
