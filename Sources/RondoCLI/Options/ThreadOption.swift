import ArgumentParser
import RondoCore

/// How many threads a command may use.
struct ThreadOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Threads to compute with; results do not depend on it. (default: the processors there are)",
    transform: { text in
      guard let count = Int(text), 1...Machine.largestThreadCount ~= count else {
        throw OptionParsing.Requirement(
          description: "it must be a whole number from 1 to \(Machine.largestThreadCount)")
      }
      return count
    })
  var threads: Int?

  /// Sets the limit for the process.
  func apply() {
    if let threads { Parallel.limit = threads }
  }
}
