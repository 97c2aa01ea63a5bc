import RondoCore

/// What counts as one symbol of a text.
public enum TextLevel: String, CaseIterable, Sendable {
  /// One of the 256 bytes; any file can be read so.
  case byte
  /// A Unicode scalar.
  ///
  /// A scalar rather than what a reader sees as one character: decoding scalars gives back the very bytes that were encoded, where
  /// characters cut a text differently with every version of Unicode, and combining marks would each make symbols of their own with
  /// every letter that carries them.
  case character = "char"
  /// What stands between whitespace, and the end of each line.
  case word
}

extension TextLevel {
  /// The size of the smallest vocabulary that something can be learned with: two symbols beside the special ones.
  public var smallestVocabulary: Int { self == .byte ? 256 : Vocabulary.special(self).count + 2 }
}

/// The symbols a text model knows, numbered from 0.
///
/// At character and word level number 0 is `<unk>`, which stands for every symbol that is not in the vocabulary. At word level number 1 is
/// `<eos>`, which stands at each line's end (the convention of the Penn Treebank corpus; where these words occur in a text they mean
/// the same). The other symbols follow by descending count, ties by bytes, so that equal texts give equal vocabularies.
public struct Vocabulary: Sendable {
  /// What counts as one symbol.
  public let level: TextLevel
  /// The symbols' UTF-8, in order. Empty at byte level.
  private let words: WordTable
  /// At character level, the number of each scalar up to the largest known one.
  private let scalars: [Int32]

  /// The spelling of the symbol for everything unknown.
  public static let unknownWord = "<unk>"
  /// The spelling of the symbol at each line's end at word level.
  public static let endOfLineWord = "<eos>"

  fileprivate static func special(_ level: TextLevel) -> [String] {
    level == .word ? [unknownWord, endOfLineWord] : [unknownWord]
  }

  /// The number of symbols.
  public var count: Int { level == .byte ? 256 : words.count }

  /// The symbol for everything unknown; bytes are all known.
  public var unknown: Int32? { level == .byte ? nil : 0 }

  /// The symbol that ends a line: `<eos>` of words, the newline of bytes and characters if it is known.
  public var endOfLine: Int32? {
    switch level {
    case .byte: 0x0A
    case .character: number(of: "\n")
    case .word: 1
    }
  }

  /// The vocabulary of all bytes.
  public static let bytes = Vocabulary(.byte, WordTable())

  private init(_ level: TextLevel, _ words: WordTable) {
    self.level = level
    self.words = words
    var scalars: [Int32] = []
    if level == .character {
      for number in 1..<max(words.count, 1) {
        let scalar = Int(String(decoding: words[number], as: UTF8.self).unicodeScalars.first!.value)
        if scalar >= scalars.count { scalars += Array(repeating: 0, count: scalar + 1 - scalars.count) }
        scalars[scalar] = Int32(number)
      }
    }
    self.scalars = scalars
  }

  /// The symbol of a word, a character or a byte, if it is known.
  public func number(of symbol: String) -> Int32? {
    var symbol = symbol
    if level == .byte { return symbol.utf8.count == 1 ? Int32(symbol.utf8.first!) : nil }
    return symbol.withUTF8 { words.find($0) }.map(Int32.init)
  }

  /// The UTF-8 of a symbol as it is listed, the special ones in their spelling.
  public func spelling(of number: Int32) -> [UInt8] {
    require(0..<count ~= Int(number), "Vocabulary: there is no symbol \(number) among \(count)")
    return level == .byte ? [UInt8(number)] : Array(words[Int(number)])
  }

  /// The number of a word, that of `<unk>` if it is not known.
  func number(ofWord word: UnsafeBufferPointer<UInt8>) -> Int32 { Int32(words.find(word) ?? 0) }

  /// The number of a Unicode scalar, that of `<unk>` if it is not known.
  @inline(__always)
  func number(ofScalar scalar: UInt32) -> Int32 { scalar < scalars.count ? scalars[Int(scalar)] : 0 }
}

// MARK: Counting

extension Vocabulary {
  /// The symbols that occur in texts.
  ///
  /// - Parameters:
  ///   - minimumCount: Symbols that occur less often become `<unk>`.
  ///   - maximumSize: The most frequent symbols are kept, so many that the vocabulary, `<unk>` and `<eos>` included, has this size.
  /// - Throws: ``FileError``, or ``FormatError`` for what is not text, or has fewer than two different symbols.
  public init(
    _ level: TextLevel, of sources: [TextSource], minimumCount: Int = 1, maximumSize: Int? = nil
  ) throws {
    require(minimumCount >= 1, "Vocabulary: a minimum count of \(minimumCount)")
    require(
      maximumSize ?? .max >= level.smallestVocabulary, "Vocabulary: a maximum size of \(maximumSize ?? 0)")
    guard level != .byte else {
      self = .bytes
      return
    }
    let (words, counts) =
      try level == .word ? Vocabulary.countWords(sources) : Vocabulary.countScalars(sources)
    var order = counts.indices.filter { counts[$0] >= minimumCount }
    order.sort { a, b in
      counts[a] != counts[b] ? counts[a] > counts[b] : words[a].lexicographicallyPrecedes(words[b])
    }
    let special = Vocabulary.special(level)
    var table = WordTable()
    for word in special { table.insert(word) }
    for number in order {
      if table.count == maximumSize { break }
      words[number].withUnsafeBufferPointer { _ = table.insert($0) }
    }
    let found = table.count - special.count
    guard found >= 2 else {
      throw FormatError(
        .init(sources.map(\.name).joined(separator: ", ")),
        expected: "at least two different \(level == .word ? "words" : "characters")",
        found: found == 0
          ? "none" : "only \(quoted(String(decoding: table[table.count - 1], as: UTF8.self)))",
        hint: minimumCount > 1 ? "A smaller minimum count would keep more." : nil)
    }
    self.init(level, table)
  }

  private static func countWords(_ sources: [TextSource]) throws -> (WordTable, [Int]) {
    var words = WordTable()
    var counts: [Int] = []
    for source in sources {
      var scanner = WordScanner()
      try source.forEachPiece(.words) { piece in
        scanner.scan(
          piece,
          word: { word in
            let (number, isNew) = words.insert(word)
            if isNew { counts.append(1) } else { counts[number] += 1 }
          }, endOfLine: {})
      }
    }
    return (words, counts)
  }

  private static func countScalars(_ sources: [TextSource]) throws -> (WordTable, [Int]) {
    var counts = [Int](repeating: 0, count: 0x11_0000)
    for source in sources {
      try source.forEachPiece(.scalars) { piece in
        counts.withUnsafeMutableBufferPointer { counts in
          forEachScalar(piece) { counts[Int($0)] += 1 }
        }
      }
    }
    var words = WordTable()
    for (value, count) in counts.enumerated() where count > 0 {
      words.insert(String(Unicode.Scalar(UInt32(value))!))
    }
    return (words, counts.filter { $0 > 0 })
  }
}

extension WordTable {
  /// Adds a string unless it is there.
  mutating func insert(_ word: String) {
    var word = word
    word.withUTF8 { _ = insert($0) }
  }
}

/// Calls `body` with each scalar of valid UTF-8.
@inline(__always)
func forEachScalar(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (UInt32) -> Void) {
  var i = 0
  while i < bytes.count {
    let first = UInt32(bytes[i])
    if first < 0x80 {
      body(first)
      i += 1
    } else {
      let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      var scalar = first & (0x7F >> UInt32(length))
      for k in 1..<length { scalar = scalar << 6 | UInt32(bytes[i + k] & 0x3F) }
      body(scalar)
      i += length
    }
  }
}

// MARK: Files

extension Vocabulary {
  /// The name of the file in a model's directory.
  public static let fileName = "vocabulary.json"
  private static let formatVersion = 1

  /// The vocabulary as the value that its file holds.
  public var json: JSON {
    var object: JSON.Object = [
      "format": .integer(Vocabulary.formatVersion), "level": .string(level.rawValue),
    ]
    if level != .byte {
      object["symbols"] = .array(
        (0..<words.count).map { .string(String(decoding: words[$0], as: UTF8.self)) })
    }
    return .object(object)
  }

  /// Writes `vocabulary.json` into a directory.
  public func write(toDirectory directory: String) throws {
    try AtomicFile.write(fileText, to: "\(directory)/\(Vocabulary.fileName)")
  }

  /// The SHA-256 of the file that holds it, as 64 hexadecimal digits.
  public var checksum: String { SHA256.hash(Array(fileText.utf8)) }

  private var fileText: String { json.text(pretty: true) + "\n" }

  /// Reads `vocabulary.json` of a directory.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(directory: String) throws {
    let path = "\(directory)/\(Vocabulary.fileName)"
    try self.init(JSON(contentsOf: path), of: path)
  }

  /// The vocabulary that a JSON value describes.
  public init(_ json: JSON, of file: String) throws(FormatError) {
    func failure(_ expected: String, _ found: JSON?) -> FormatError {
      FormatError(.init(file), expected: expected, found: found?.summary ?? "none")
    }
    guard json["format"]?.integer == Vocabulary.formatVersion else {
      throw failure("a vocabulary of format \(Vocabulary.formatVersion)", json["format"])
    }
    guard let level = json["level"]?.string.flatMap(TextLevel.init) else {
      throw failure("a level among byte, char, word", json["level"])
    }
    guard level != .byte else {
      self = .bytes
      return
    }
    guard let symbols = json["symbols"]?.array, symbols.count < Int(Int32.max) else {
      throw failure("an array of symbols", json["symbols"])
    }
    let special = Vocabulary.special(level)
    guard symbols.count > special.count, zip(symbols, special).allSatisfy({ $0.string == $1 }) else {
      throw failure("the symbols to begin with \(special.joined(separator: ", ")) and go on", symbols.first)
    }
    var table = WordTable()
    for (number, symbol) in symbols.enumerated() {
      guard let text = symbol.string, !text.isEmpty else {
        throw failure("a string as symbol \(number)", symbol)
      }
      if level == .character, number > 0, text.unicodeScalars.count != 1 {
        throw failure("one character as symbol \(number)", symbol)
      }
      table.insert(text)
      guard table.count == number + 1 else { throw failure("every symbol once", symbol) }
    }
    self.init(level, table)
  }
}
