import RondoCore

/// A row of a table for each symbol.
///
/// Its parameter, as PyTorch names it: `weight` [count, width], normal with deviation 1 unless told
/// otherwise. To tie it with the output layer, make that with `Linear(_:tiedTo:hasBias:)`.
public struct Embedding: Sendable {
  /// The number of symbols.
  public let count: Int
  public let width: Int
  public let weight: Parameter

  public init(_ builder: Builder, count: Int, width: Int, initial: Initializer = .normal(1)) {
    require(count > 0 && width > 0, "Embedding \(builder.path): \(count) symbols of width \(width)")
    self.count = count
    self.width = width
    weight = builder.parameter("weight", [count, width], initial)
  }

  /// Symbols [n] give rows [n, width].
  public func callAsFunction(_ tape: Tape, _ symbols: [Int32]) -> Variable {
    gatherRows(tape.parameter(weight), symbols)
  }
}
