/// A text to learn from or to be scored: a file, or what standard input and pipes hold.
///
/// A file is read piece by piece whenever its text is wanted, so that a large one never lies in memory. What cannot be read twice is kept.
public struct TextSource: Sendable {
  /// What messages call the source: its path or "standard input".
  public let name: String
  /// The path of a file that can be read again; `nil` for standard input and pipes.
  public let path: String?
  private let kept: [UInt8]

  /// Opens a file, or standard input if the path is `-`.
  ///
  /// - Throws: ``FileError`` if it cannot be read, ``FormatError`` if it is empty.
  public init(_ path: String) throws {
    let file = try FileDescriptor.reading(path)
    name = file.path
    if try file.kind() == .regular, path != "-" {
      self.path = path
      kept = []
      guard try file.size() > 0 else { throw TextSource.empty(name) }
    } else {
      self.path = nil
      kept = try Files.read(file, limit: 1 << 36)
      guard !kept.isEmpty else { throw TextSource.empty(name) }
    }
  }

  /// A text in memory.
  ///
  /// - Throws: ``FormatError`` if it is empty.
  public init(_ text: String, name: String) throws {
    self.name = name
    path = nil
    kept = Array(text.utf8)
    guard !kept.isEmpty else { throw TextSource.empty(name) }
  }

  private static func empty(_ name: String) -> FormatError {
    FormatError(
      .init(name), expected: "text", found: name == Files.standardInputName ? "none" : "an empty file")
  }

  /// The SHA-256 of the bytes, as 64 hexadecimal digits.
  public func checksum() throws -> String { try path.map { try Files.checksum($0) } ?? SHA256.hash(kept) }

  /// Where a text may be cut into pieces.
  package enum Cut {
    /// Anywhere: the bytes need not be text.
    case bytes
    /// Between Unicode scalars.
    case scalars
    /// After whitespace, so that no word is cut.
    case words
  }

  /// Hands the text to `body` piece by piece, in order. Unless bytes are wanted, a byte order mark is left out and every piece is
  /// valid UTF-8.
  ///
  /// - Throws: ``FileError``, a ``FormatError`` for what is not text, or what `body` throws.
  package func forEachPiece(
    _ cut: Cut, size: Int = 1 << 20, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    var position = Position()
    guard let path else {
      return try kept.withUnsafeBufferPointer { try position.advance($0, cut, of: name, body) }
    }
    let file = try FileDescriptor.reading(path)
    var buffer = [UInt8](repeating: 0, count: max(size, 8))
    var held = 0
    while true {
      let (rest, isLast) = try buffer.withUnsafeMutableBufferPointer { buffer in
        let read = try file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[held...]))
        let isLast = held + read < buffer.count
        let bytes = UnsafeBufferPointer(rebasing: buffer[..<(held + read)])
        let end = isLast ? bytes.count : TextSource.cut(bytes, cut)
        try position.advance(UnsafeBufferPointer(rebasing: bytes[..<end]), cut, of: name, body)
        buffer.baseAddress!.update(from: buffer.baseAddress! + end, count: bytes.count - end)
        return (bytes.count - end, isLast)
      }
      if isLast { return }
      held = rest
      if held == buffer.count {
        // A word that fills the whole buffer; nobody writes one of 64 MB.
        guard held < 1 << 26 else {
          throw FormatError(
            .init(name, line: position.line, offset: position.offset), expected: "words between whitespace",
            found: "\(held >> 20) MB without any")
        }
        buffer += Array(repeating: 0, count: held)
      }
    }
  }

  /// How much of a full buffer makes a piece.
  private static func cut(_ bytes: UnsafeBufferPointer<UInt8>, _ cut: Cut) -> Int {
    switch cut {
    case .bytes: bytes.count
    case .scalars:
      // A character has at most four bytes; its first is not a continuation.
      (bytes.count - 3..<bytes.count).last { bytes[$0] >= 0xC0 } ?? bytes.count
    case .words: (bytes.lastIndex { $0 == 0x20 || 0x09...0x0D ~= $0 } ?? -1) + 1
    }
  }

  /// How far a text has been read.
  private struct Position {
    var line = 1
    var offset = 0

    mutating func advance(
      _ piece: UnsafeBufferPointer<UInt8>, _ cut: Cut, of name: String,
      _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
      var piece = piece
      if cut != .bytes {
        try UTF8Check.requireText(piece, of: name, line: line, offset: offset)
        line += UTF8Check.lineCount(piece)
        if offset == 0, piece.starts(with: [0xEF, 0xBB, 0xBF]) {
          offset = 3
          piece = UnsafeBufferPointer(rebasing: piece[3...])
        }
      }
      offset += piece.count
      if !piece.isEmpty { try body(piece) }
    }
  }
}
