/// Word vectors in the text format of word2vec and GloVe: one word on each line, then its numbers, separated by spaces.
///
/// word2vec's first line has the number of words and the width; GloVe has no such line. A word may hold spaces: the numbers are the last
/// fields of its line. The file is read line by line, and only the vectors of wanted words are kept, so that files of gigabytes pass through
/// little memory.
///
/// Sources of the format: Mikolov, Chen, Corrado, Dean, "Efficient Estimation of Word Representations in Vector Space", arXiv:1301.3781;
/// Pennington, Socher, Manning, "GloVe: Global Vectors for Word Representation", EMNLP 2014, doi:10.3115/v1/D14-1162.
public struct WordVectors: Sendable {
  /// What messages call the file.
  public let name: String
  /// The numbers of one vector.
  public let width: Int
  /// The words that have a vector, in the order of the file.
  public let words: [String]
  /// Their vectors, `[words, width]`, row-major.
  public let values: [Float]
  /// How many words the file has, wanted or not, repetitions included.
  public let fileCount: Int
  private let table: WordTable

  /// Reads a file, or standard input if the path is `-`. If a word occurs twice, its first vector counts.
  ///
  /// - Parameter wanted: The words whose vectors are kept, compared by their bytes; without it, all.
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(contentsOf path: String, words wanted: [String]? = nil) throws {
    var filter: WordTable?
    if let wanted {
      var table = WordTable()
      for word in wanted { word.withUTF8Bytes { _ = table.insert($0) } }
      filter = table
    }
    let name = path == "-" ? Files.standardInputName : path
    var reader = Reader(file: name)
    var table = WordTable()
    var words: [String] = []
    var values: [Float] = []
    try LineScanner.forEachLine(in: path) { line, number in
      guard let wordEnd = try reader.wordEnd(line, number) else { return }
      let word = UnsafeBufferPointer(rebasing: line[..<wordEnd])
      guard filter?.find(word) != nil || filter == nil, table.insert(word).isNew else { return }
      try UTF8Check.requireText(word, of: name, line: number)
      words.append(String(decoding: word, as: UTF8.self))
      try reader.appendVector(line, from: wordEnd, number, to: &values)
    }
    width = try reader.finish()
    fileCount = reader.count
    self.name = name
    self.words = words
    self.values = values
    self.table = table
  }

  /// The vector of a word, `nil` if it has none.
  public subscript(word: String) -> ArraySlice<Float>? {
    word.withUTF8Bytes { table.find($0) }.map { values[($0 * width)..<(($0 + 1) * width)] }
  }
}

extension WordVectors {
  /// What has been read so far.
  private struct Reader {
    let file: String
    var count = 0
    private var width = 0
    private var lastLine = 0
    /// What the first line says, if it is one of word2vec.
    private var claimed: (count: Int, width: Int)?

    init(file: String) { self.file = file }

    /// Where the word of a line ends; `nil` if the line has none.
    mutating func wordEnd(_ line: UnsafeBufferPointer<UInt8>, _ number: Int) throws(FormatError) -> Int? {
      lastLine = number
      if number == 1 {
        let fields = line.split { DecimalNumber.isSpace($0) }
        guard !line.contains(0) else { throw binary(number) }
        if fields.count == 2, let count = WordVectors.integer(fields[0]),
          let width = WordVectors.integer(fields[1])
        {
          guard width > 0 else { throw failure(number, "a width from 1", "\(width)") }
          (claimed, self.width) = ((count, width), width)
          return nil
        }
        guard fields.count > 1 else {
          throw failure(number, "a word and its numbers, or the numbers of words and of columns", found(line))
        }
        width = fields.count - 1
      }
      // From the end: a word may hold spaces, a number cannot.
      var i = line.count
      while i > 0, DecimalNumber.isSpace(line[i - 1]) { i -= 1 }
      if i == 0 { return nil }
      for field in 0..<width {
        while i > 0, !DecimalNumber.isSpace(line[i - 1]) { i -= 1 }
        while i > 0, DecimalNumber.isSpace(line[i - 1]) { i -= 1 }
        guard i > 0 else {
          if claimed != nil, line.contains(0) { throw binary(number) }
          throw failure(
            number, "a word and \(width) numbers", "\(field + 1) field\(field == 0 ? "" : "s")",
            "The file may be truncated.")
        }
      }
      count += 1
      return i
    }

    /// Reads the numbers after a word.
    func appendVector(
      _ line: UnsafeBufferPointer<UInt8>, from wordEnd: Int, _ number: Int, to values: inout [Float]
    ) throws(FormatError) {
      var i = wordEnd
      for column in 0..<width {
        while DecimalNumber.isSpace(line[i]) { i += 1 }
        let begin = i
        while i < line.count, !DecimalNumber.isSpace(line[i]) { i += 1 }
        let before = UnsafeBufferPointer(rebasing: line[..<begin])
        values.append(
          try Float(
            field: UnsafeBufferPointer(rebasing: line[begin..<i]),
            "a number as component \(column + 1) of the vector",
            at: .init(file, line: number, column: 1 + UTF8Check.scalarCount(before))))
      }
    }

    /// Checks that all is there, and returns the width.
    func finish() throws(FormatError) -> Int {
      guard count > 0 else {
        throw FormatError(
          .init(file), expected: "word vectors", found: lastLine == 0 ? "an empty file" : "none",
          hint: lastLine == 0 ? nil : "The file may be truncated.")
      }
      if let claimed, claimed.count != count {
        throw FormatError(
          .init(file), expected: "\(claimed.count) words, as the first line says", found: "\(count)",
          hint: claimed.count > count ? "The file may be truncated." : nil)
      }
      return width
    }

    private func found(_ line: UnsafeBufferPointer<UInt8>) -> String {
      line.isEmpty ? "a blank line" : quoted(String(decoding: line.prefix(200), as: UTF8.self))
    }

    private func binary(_ line: Int) -> FormatError {
      failure(line, "word vectors as text", "a binary file", "Save them in word2vec's text format.")
    }

    private func failure(_ line: Int, _ expected: String, _ found: String, _ hint: String? = nil)
      -> FormatError
    {
      FormatError(.init(file, line: line), expected: expected, found: found, hint: hint)
    }
  }

  private static func integer(_ field: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard field.count <= 12, field.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
      return nil
    }
    return Int(String(decoding: field, as: UTF8.self))
  }
}

extension String {
  /// Hands the UTF-8 bytes to `body`.
  func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    var text = self
    return try text.withUTF8(body)
  }
}
