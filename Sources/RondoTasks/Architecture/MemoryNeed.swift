import Foundation
import RondoCore
import RondoTraining

/// What a computation will take of the machine's memory, known before any of it is taken.
public struct MemoryNeed: Sendable {
  /// Bytes.
  public private(set) var bytes = 0.0

  public init() {}

  /// Counts so many copies of every parameter that was made: values, gradients, what the optimiser remembers, the best weights.
  public mutating func add(parametersOf builder: Builder, copies: Int) {
    for (_, shape) in builder.shapes { bytes += 4 * Double(copies) * shape.reduce(1) { $0 * Double($1) } }
  }

  /// Counts rows of floats.
  public mutating func add(rows: Int, width: Int) { bytes += 4 * Double(rows) * Double(width) }

  /// Throws if the machine has less memory.
  ///
  /// - Parameter hint: What to choose smaller.
  public func requireAvailable(hint: String) throws(OptionError) {
    let there = Double(ProcessInfo.processInfo.physicalMemory)
    guard bytes > there else { return }
    throw .conflict(
      String(
        format: "this takes %.0f GB of memory; the machine has %.0f GB. \(hint)", bytes / 1e9, there / 1e9))
  }
}
