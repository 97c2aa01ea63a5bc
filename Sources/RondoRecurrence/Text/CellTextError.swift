/// What is wrong with the text of a cell, and where.
public struct CellTextError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The place, counted from 1.
  public struct Position: Hashable, Sendable, Comparable {
    /// The line.
    public var line: Int
    /// The character in the line.
    public var column: Int

    /// A place in a text.
    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }

    public static func < (a: Position, b: Position) -> Bool { (a.line, a.column) < (b.line, b.column) }
  }

  /// Where it was noticed.
  public let position: Position
  /// What was expected there, or what is wrong.
  public let problem: String
  /// What to do about it, if that is known.
  public let hint: String?

  init(_ position: Position, _ problem: String, hint: String? = nil) {
    self.position = position
    self.problem = problem
    self.hint = hint
  }

  public var description: String {
    "line \(position.line), column \(position.column): \(problem)"
      + (hint.map { ". \(String($0.hasSuffix(".") ? $0.dropLast() : $0[...]))" } ?? "")
  }
}
