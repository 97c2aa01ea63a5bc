import ArgumentParser
import Foundation
import RondoCore
import RondoData
import RondoNN
import RondoRecurrence

/// `rondo gradcheck`
struct GradcheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcheck",
    abstract: "Compare every gradient with difference quotients in double precision.",
    discussion: """
      Cells: the gradients derived from the equations, over a ragged batch, in both directions; below 1e-6.
      Operations: the fast backward against quotients of the plain forward; below 1e-5.
      An error is the largest difference in a tensor divided by the largest quotient.
      """)

  @Flag(help: "Print the results as one JSON array.")
  var json = false

  /// One line of the table.
  private struct Result {
    let cell: String
    let options: String
    let direction: String
    let error: Double
    let bar: Double

    var isGood: Bool { error < bar }
  }

  func run() throws {
    var results: [Result] = []
    func report(_ result: Result) throws {
      results.append(result)
      if !json { try StandardOutput.print(Self.line(result)) }
    }
    try checkCells(report)
    for result in checkOperations() { try report(result) }
    if json { try StandardOutput.print(.array(results.map(Self.object))) }
    let bad = results.count { !$0.isGood }
    if bad > 0 { throw GradientsDiffer(count: bad) }
  }

  private func checkCells(_ report: (Result) throws -> Void) throws {
    for entry in AllCells.entries {
      // Widths that differ from each other and from the number of sequences, so that no transposition fits by chance.
      let forms = entry.variants.map {
        (name: $0, cell: entry.make(hiddenSize: entry.hiddenSize(from: 5), variant: $0), inputSize: 3)
      }
      let wrapped = WrapperChoice.samples(inputSize: 3) { entry.make(hiddenSize: entry.hiddenSize(from: $0)) }
      for (options, cell, inputSize) in forms + wrapped {
        for reverse in [false, true] {
          let check = GradientCheck(cell, inputSize: inputSize, lengths: [4, 3, 1, 0], reverse: reverse)
          try report(
            Result(
              cell: entry.name, options: options, direction: reverse ? "reverse" : "forward",
              error: check.maximumRelativeError, bar: 1e-6))
        }
      }
    }
  }

  private func checkOperations() -> [Result] {
    OperationCheck.all.map { check in
      Result(
        cell: "op:\(check.name)", options: check.options, direction: "backward",
        error: check.run().largestGradientError, bar: 1e-5)
    }
  }

  private static func object(_ result: Result) -> JSON {
    .object([
      "cell": .string(result.cell), "options": .string(result.options),
      "direction": .string(result.direction),
      "max_relative_error": .number(result.error),
    ])
  }

  private static func line(_ result: Result) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      text.padding(toLength: max(width, text.count + 1), withPad: " ", startingAt: 0)
    }
    return padded(result.cell, 26) + padded(result.options, 34) + padded(result.direction, 10)
      + String(format: "%.1e", result.error) + (result.isGood ? "" : "  TOO LARGE")
  }
}

/// Some gradients are wrong.
struct GradientsDiffer: Error, CustomStringConvertible {
  let count: Int
  var description: String {
    "\(count) gradients differ from their difference quotients by more than they may"
  }
}
