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
    /// The byte, counted from 0.
    public let offset: Int?

    public init(_ file: String, line: Int? = nil, offset: Int? = nil) {
      self.file = file
      self.line = line
      self.offset = offset
    }

    public var description: String {
      file + (line.map { ", line \($0)" } ?? "") + (offset.map { ", byte \($0)" } ?? "")
    }
  }

  public let place: Place
  public let expected: String
  public let found: String
  public let hint: String?

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

/// Text from a file made fit for a message: in quotes, short, with control characters escaped.
package func quoted(_ text: some StringProtocol, limit: Int = 40) -> String {
  var result = "\""
  for scalar in text.unicodeScalars.prefix(limit) {
    result += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
  }
  return result + (text.unicodeScalars.dropFirst(limit).isEmpty ? "\"" : "…\"")
}
