import RondoCore

/// A row of a table for each symbol.
///
/// Its parameter, as PyTorch names it: `weight` [count, width], normal with deviation 1 unless told
/// otherwise. To tie it with the output layer, make that with `Linear(_:tiedTo:hasBias:)`.
public struct Embedding: Sendable {
  /// The number of symbols.
  public let count: Int
  /// The number of columns of the table.
  public let width: Int
  /// The table [count, width].
  public let weight: Parameter

  /// Registers the table. Traps unless both sizes are positive.
  public init(_ builder: Builder, count: Int, width: Int, initial: Initializer = .normal(1)) {
    require(count > 0 && width > 0, "Embedding \(builder.path): \(count) symbols of width \(width)")
    self.count = count
    self.width = width
    weight = builder.parameter("weight", [count, width], initial)
  }

  /// Symbols [n] give rows [n, width]. Traps on a symbol outside 0..<count.
  public func callAsFunction(_ tape: Tape, _ symbols: [Int32]) -> Variable {
    gatherRows(tape.parameter(weight), symbols)
  }
}
