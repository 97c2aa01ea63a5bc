/// What is wrong inside a file: where, what was expected there, what was found, and what to do about it.
///
/// Whether the file can be opened at all is the subject of ``FileError``.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A position in a file, as precise as it is known.
  public struct Place: Hashable, Sendable, CustomStringConvertible {
    /// The file as the user named it, or "standard input".
    public let file: String
    /// The line, counted from 1.
    public let line: Int?
    /// The character within the line, counted from 1.
    public let column: Int?
    /// The byte, counted from 0.
    public let offset: Int?

    /// A place in a file; without line and byte, the file as a whole.
    public init(_ file: String, line: Int? = nil, column: Int? = nil, offset: Int? = nil) {
      self.file = file
      self.line = line
      self.column = column
      self.offset = offset
    }

    public var description: String {
      var text = file
      if let line { text += ", line \(line)" }
      if let column { text += ", column \(column)" }
      if let offset { text += ", byte \(offset)" }
      return text
    }
  }

  /// Where it is wrong.
  public let place: Place
  /// What should be there, as "expected …" goes on: `UTF-8 text`.
  public let expected: String
  /// What is there, as "found …" goes on: `the mark of UTF-16`.
  public let found: String
  /// What to do about it, as a sentence of its own.
  public let hint: String?

  /// An error whose message is made of these parts.
  public init(_ place: Place, expected: String, found: String, hint: String? = nil) {
    self.place = place
    self.expected = expected
    self.found = found
    self.hint = hint
  }

  /// One or two sentences: place, expectation and finding, then the hint.
  public var description: String {
    "\(place): expected \(expected), found \(found)." + (hint.map { " \($0)" } ?? "")
  }
}
