import ArgumentParser
import Foundation
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

  /// Sets the limit for the process, and says on standard error if it is more than there are processors.
  func apply() {
    if let threads { Parallel.limit = threads }
    guard Parallel.limit > Machine.processorCount else { return }
    let processors = Machine.processorCount == 1 ? "1 processor" : "\(Machine.processorCount) processors"
    let note =
      "\(Parallel.limit) threads on \(processors): they take turns, which is slower than as many threads as processors"
    FileHandle.standardError.write(Data("rondo: \(note)\n".utf8))
  }
}
