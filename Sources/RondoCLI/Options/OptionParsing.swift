import ArgumentParser
import RondoTasks
import RondoTraining

/// What turns an option's text into its value, or says what would have been right.
enum OptionParsing {
  struct Requirement: Error, CustomStringConvertible {
    let description: String
  }

  static func count(_ text: String) throws -> Int {
    guard let value = Int(text), 1...1_000_000_000 ~= value else {
      throw Requirement(description: "it must be a whole number from 1 to 1000000000")
    }
    return value
  }

  /// Two counts with a hyphen between them, the smaller one first.
  static func countRange(_ text: String) throws -> ClosedRange<Int> {
    let counts = try text.split(separator: "-", omittingEmptySubsequences: false).map {
      try count(String($0))
    }
    guard counts.count == 2, counts[0] <= counts[1] else {
      throw Requirement(description: "it must be two whole numbers like 5-35, the smaller one first")
    }
    return counts[0]...counts[1]
  }

  /// The width of a layer.
  static func width(_ text: String) throws -> Int {
    guard let value = Int(text), 1...ArchitectureOptions.largestWidth ~= value else {
      throw Requirement(
        description: "it must be a whole number from 1 to \(ArchitectureOptions.largestWidth)")
    }
    return value
  }

  /// The widths of layers, with commas between them.
  static func widths(_ text: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { try width(String($0)) }
  }

  static func countOrZero(_ text: String) throws -> Int {
    guard let value = Int(text), 0...1_000_000_000 ~= value else {
      throw Requirement(description: "it must be a whole number from 0 to 1000000000")
    }
    return value
  }

  static func seed(_ text: String) throws -> UInt64 {
    guard let value = UInt64(text) else {
      throw Requirement(description: "it must be a whole number from 0 to \(UInt64.max)")
    }
    return value
  }

  static func positive(_ text: String) throws -> Double {
    guard let value = Double(text), value > 0, value.isFinite else {
      throw Requirement(description: "it must be a number above 0")
    }
    return value
  }

  static func notNegative(_ text: String) throws -> Double {
    guard let value = Double(text), value >= 0, value.isFinite else {
      throw Requirement(description: "it must be a number of 0 or more")
    }
    return value
  }

  static func number(_ text: String) throws -> Double {
    guard let value = Double(text), value.isFinite else {
      throw Requirement(description: "it must be a number")
    }
    return value
  }

  /// A share that may be 0 and not 1, such as a dropout probability.
  static func share(_ text: String) throws -> Double {
    guard let value = Double(text), value >= 0, value < 1 else {
      throw Requirement(description: "it must be a number from 0 to less than 1")
    }
    return value
  }

  /// A share of something of which some is taken and some left.
  static func part(_ text: String) throws -> Double {
    guard let value = Double(text), value > 0, value < 1 else {
      throw Requirement(description: "it must be a number above 0 and less than 1")
    }
    return value
  }

  /// A probability above 0, such as that of top-p.
  static func probability(_ text: String) throws -> Double {
    guard let value = Double(text), value > 0, value <= 1 else {
      throw Requirement(description: "it must be a number above 0 and at most 1")
    }
    return value
  }

  /// A positive number, or `none`.
  static func positiveOrNone(_ text: String) throws -> Double? {
    if text == "none" { return nil }
    guard let value = Double(text), value > 0, value.isFinite else {
      throw Requirement(description: "it must be a number above 0, or none")
    }
    return value
  }

  struct Pair: Sendable {
    var name: String
    var value: String
  }

  static func pair(_ text: String) throws -> Pair {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw Requirement(description: "it must be NAME=VALUE")
    }
    return Pair(name: String(parts[0]), value: String(parts[1]))
  }

  static func duration(_ text: String) throws -> Double {
    guard let seconds = DurationText.seconds(text), seconds > 0 else {
      throw Requirement(description: "it must be a duration such as 10ms, 90s, 8m or 1h30m")
    }
    return seconds
  }
}
