/// The options of a registered cell: what was asked for by name, read with the cell's own names and defaults.
public struct CellOptions: Sendable {
  /// What does not fit a cell.
  public enum Problem: Error, Equatable, Sendable, CustomStringConvertible {
    /// A name that the cell does not know, and those that it knows.
    case unknown(String, known: [String])
    /// A value that an option does not take; the requirement completes "must be …".
    case invalid(name: String, value: String, requirement: String)
    /// A hidden size that the cell cannot have.
    case hiddenSize(Int, multipleOf: Int)

    public var description: String {
      switch self {
      case .unknown(let name, let known):
        known.isEmpty
          ? "the cell has no option \(name), and no other"
          : "the cell has no option \(name); there are: \(known.joined(separator: ", "))"
      case .invalid(let name, let value, let requirement): "\(name)=\(value): must be \(requirement)"
      case .hiddenSize(let size, let multiple): "a hidden size of \(size): must be a multiple of \(multiple)"
      }
    }
  }

  /// Names and values as they were given.
  public let values: [String: String]
  /// The options that the cell asked for.
  private(set) var known: [String] = []

  /// Options by name.
  public init(_ values: [String: String] = [:]) { self.values = values }

  private mutating func value(_ name: String) -> String? {
    if !known.contains(name) { known.append(name) }
    return values[name]
  }

  /// `true` or `false`.
  public mutating func flag(_ name: String, _ standard: Bool) throws(Problem) -> Bool {
    try choice(name, standard ? "true" : "false", ["true", "false"]) == "true"
  }

  /// One of some words.
  public mutating func choice(_ name: String, _ standard: String, _ words: [String]) throws(Problem) -> String
  {
    guard let value = value(name) else { return standard }
    guard words.contains(value) else {
      throw .invalid(name: name, value: value, requirement: words.joined(separator: " or "))
    }
    return value
  }

  /// A whole number of 1 or more.
  public mutating func count(_ name: String, _ standard: Int) throws(Problem) -> Int {
    guard let value = value(name) else { return standard }
    guard let count = Int(value), 1...100_000 ~= count else {
      throw .invalid(name: name, value: value, requirement: "a whole number from 1 to 100000")
    }
    return count
  }

  /// A number above 0.
  public mutating func positive(_ name: String, _ standard: Double) throws(Problem) -> Double {
    guard let value = value(name) else { return standard }
    guard let number = Double(value), number > 0, number.isFinite else {
      throw .invalid(name: name, value: value, requirement: "a number above 0")
    }
    return number
  }

  /// Throws for a name that the cell did not ask for.
  func requireAllKnown() throws(Problem) {
    if let name = values.keys.sorted().first(where: { !known.contains($0) }) {
      throw .unknown(name, known: known)
    }
  }
}
