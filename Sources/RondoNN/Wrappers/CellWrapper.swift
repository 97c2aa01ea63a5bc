import RondoRecurrence

/// A cell that wraps another one and has its states.
public protocol CellWrapper: Cell {
  associatedtype Base: Cell
  /// The wrapped cell.
  var base: Base { get }
}

extension CellWrapper {
  public var states: StateShapes { base.states }
  public func states(inputSize: Int) -> StateShapes { base.states(inputSize: inputSize) }
}
