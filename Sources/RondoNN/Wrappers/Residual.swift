import RondoRecurrence

/// A cell whose input is added to its output.
///
///     y ↦ y + x
///
/// Source: He et al., Deep residual learning for image recognition, 2016, arXiv 1512.03385; for recurrent layers Wu et al., Google's neural
/// machine translation system, 2016, arXiv 1609.08144.
public struct Residual<Base: Cell>: CellWrapper {
  /// The wrapped cell, whose output is as wide as its input.
  public let base: Base

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let y = base.step(x, &s, w)
    return y.width == x.width ? y + x : mismatch(y, x)
  }

  private func mismatch(_ y: Term, _ x: Term) -> Term {
    fatalError("residual: the output has width \(y.width), the input \(x.width)")
  }
}

extension Cell {
  /// This cell with its input added to its output. Traps when it is traced if their widths differ.
  public func residual() -> Residual<Self> { Residual(base: self) }
}
