/// A parsed sentence whose phrases are labelled, as the Stanford Sentiment Treebank has it: `(3 (2 It) (4 (2 is) (4 great)))`.
///
/// A node is a bracket with a label and either a word or further nodes. The treebank's spellings of brackets (`-LRB-`) and slashes (`\/`)
/// are turned back into the characters. Trees are read without recursion.
///
/// Source: Socher et al., "Recursive Deep Models for Semantic Compositionality Over a Sentiment Treebank", EMNLP 2013,
/// <https://aclanthology.org/D13-1170>.
public struct SentimentTree: Sendable, Equatable {
  /// The words below one node.
  public struct Phrase: Sendable, Equatable {
    /// What the node is labelled with.
    public let label: String
    /// Its words.
    public let words: Range<Int>

    /// A phrase with its label.
    public init(label: String, words: Range<Int>) {
      self.label = label
      self.words = words
    }
  }

  /// The words of the sentence.
  public let words: [String]
  /// The phrases of all nodes, every one before those within it: the first is the whole sentence.
  public let phrases: [Phrase]

  /// The label of the whole sentence.
  public var label: String { phrases[0].label }
  /// The whole sentence.
  public var text: String { text(of: phrases[0]) }

  /// The words of a phrase, joined by spaces.
  public func text(of phrase: Phrase) -> String { words[phrase.words].joined(separator: " ") }

  /// Deeper trees are refused, so that the phrases of one line cannot fill the memory. Those of the treebank have at most 30 levels.
  static let maximumDepth = 1000

  /// Reads a tree, and nothing after it.
  ///
  /// - Parameters:
  ///   - file: What error messages call the source.
  ///   - line: The line where it is.
  public init(parsing text: String, of file: String = "tree", line: Int = 1) throws {
    self = try text.withUTF8Bytes { try SentimentTree(parsing: $0, of: file, line: line) }
  }

  init(parsing bytes: UnsafeBufferPointer<UInt8>, of file: String, line: Int) throws(FormatError) {
    func failure(_ i: Int, _ expected: String, _ found: String? = nil) -> FormatError {
      let before = UnsafeBufferPointer(rebasing: bytes[..<i])
      let next = bytes[i..<min(i + 16, bytes.count)]
      return FormatError(
        .init(file, line: line, column: 1 + UTF8Check.scalarCount(before)), expected: expected,
        found: found
          ?? (next.isEmpty ? "the end of the line" : quoted(String(decoding: next, as: UTF8.self), limit: 8)),
        hint: next.isEmpty ? "The file may be truncated." : nil)
    }
    let (opening, closing) = (UInt8(ascii: "("), UInt8(ascii: ")"))
    var words: [String] = []
    var phrases: [(label: String, start: Int, end: Int)] = []
    // The nodes that are not closed yet, by their place in `phrases`.
    var open: [Int] = []
    var i = 0
    func skipSpaces() { while i < bytes.count, DecimalNumber.isSpace(bytes[i]) { i += 1 } }
    func token() -> UnsafeBufferPointer<UInt8> {
      let begin = i
      while i < bytes.count, bytes[i] != opening, bytes[i] != closing, !DecimalNumber.isSpace(bytes[i]) {
        i += 1
      }
      return UnsafeBufferPointer(rebasing: bytes[begin..<i])
    }
    skipSpaces()
    guard i < bytes.count, bytes[i] == opening else {
      throw failure(i, "a tree, which begins with a bracket")
    }
    repeat {
      if bytes[i] == opening {
        guard open.count < SentimentTree.maximumDepth else {
          throw failure(i, "a tree of at most \(SentimentTree.maximumDepth) levels", "one more")
        }
        i += 1
        skipSpaces()
        let label = token()
        guard !label.isEmpty else { throw failure(i, "a label after the bracket") }
        open.append(phrases.count)
        phrases.append((String(decoding: label, as: UTF8.self), words.count, words.count))
        skipSpaces()
        guard i < bytes.count, bytes[i] != closing else {
          throw failure(i, "a word or a bracket after the label")
        }
        if bytes[i] != opening {
          words.append(SentimentTree.word(token()))
          skipSpaces()
          guard i < bytes.count, bytes[i] == closing else {
            throw failure(i, "a closing bracket after the word")
          }
        }
      } else if bytes[i] == closing {
        i += 1
        phrases[open.removeLast()].end = words.count
      } else {
        throw failure(i, "a bracket")
      }
      skipSpaces()
      guard i < bytes.count || open.isEmpty else { throw failure(i, "\(open.count) more closing brackets") }
    } while !open.isEmpty
    guard i == bytes.count else { throw failure(i, "the end of the line after the tree") }
    self.words = words
    self.phrases = phrases.map { Phrase(label: $0.label, words: $0.start..<$0.end) }
  }

  /// A word with the characters that the treebank spells in another way.
  private static func word(_ token: UnsafeBufferPointer<UInt8>) -> String {
    let text = String(decoding: token, as: UTF8.self)
    switch text {
    case "-LRB-": return "("
    case "-RRB-": return ")"
    case "-LSB-": return "["
    case "-RSB-": return "]"
    case "-LCB-": return "{"
    case "-RCB-": return "}"
    default: break
    }
    guard token.contains(UInt8(ascii: "\\")) else { return text }
    var bytes: [UInt8] = []
    for (k, byte) in token.enumerated() {
      let isEscape =
        byte == UInt8(ascii: "\\") && k + 1 < token.count
        && (token[k + 1] == UInt8(ascii: "/") || token[k + 1] == UInt8(ascii: "*"))
      if !isEscape { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension SentimentTree {
  /// Hands the trees of a file, one on each line, to `body` with their lines; blank lines are skipped.
  ///
  /// - Throws: ``FormatError`` for what is no tree, or what `body` throws.
  static func forEach(in bytes: [UInt8], of file: String, _ body: (SentimentTree, Int) throws -> Void) throws
  {
    try bytes.withUnsafeBufferPointer { bytes in
      try UTF8Check.requireText(bytes, of: file)
      try LineScanner.forEachLine(bytes) { line, number in
        guard line.contains(where: { !DecimalNumber.isSpace($0) }) else { return }
        try body(SentimentTree(parsing: line, of: file, line: number), number)
      }
    }
  }

  /// The trees of a file, one on each line; `-` is standard input.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public static func trees(contentsOf path: String) throws -> [SentimentTree] {
    var trees: [SentimentTree] = []
    let name = path == "-" ? Files.standardInputName : path
    try forEach(in: Files.read(path, limit: 1 << 33), of: name) { tree, _ in trees.append(tree) }
    return trees
  }
}
