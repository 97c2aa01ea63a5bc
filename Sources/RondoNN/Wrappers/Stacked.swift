import RondoCore
import RondoRecurrence

/// Cells one above the other as one cell: each reads what the one below gives in the same step.
///
/// It computes what the same cells compute as layers run one after the other, with the same parameters: names end with `_l0`, `_l1` and so on, as
/// those of layers do. A step of a decoder that feeds its output back to its input needs a stack in this form.
public struct Stacked: Cell {
  /// The cells, the lowest first.
  public let cells: [any Cell]

  /// The cells as one. Traps if there is none.
  public init(_ cells: [any Cell]) {
    require(!cells.isEmpty, "Stacked: no cells")
    self.cells = cells
  }

  /// The states if none is as wide as the input.
  public var states: StateShapes { states(inputSize: 1) }

  public func states(inputSize: Int) -> StateShapes {
    var shapes: [StateShape] = []
    var width = inputSize
    for (layer, cell) in cells.enumerated() {
      shapes += cell.states(inputSize: width).shapes.map {
        StateShape(name: "\($0.name)_l\(layer)", width: $0.width, start: $0.start)
      }
      if layer + 1 < cells.count { width = trace(cell, inputSize: width).outputSize }
    }
    return StateShapes(shapes)
  }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    var y = x
    for (layer, cell) in cells.enumerated() {
      y = s.step(cell, suffix: "_l\(layer)", y, w.layer(layer, cell, inputSize: y.width))
    }
    return y
  }
}
