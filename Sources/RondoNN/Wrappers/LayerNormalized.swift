import RondoCore
import RondoRecurrence

/// A cell whose products are normalised over their columns: layer normalisation.
///
///     y ↦ g · (y − mean(y)) / √(mean((y − mean(y))²) + ε) + b,  ε = 1e−5
///
/// Each product NAME gets the vectors `norm_weight_NAME`, which begins with 1, and `norm_bias_NAME`, which begins with 0. A product of one
/// column, such as a score of attention, stays as it is: it is its own mean, and normalised nothing would be left of it.
///
/// Source: Ba, Kiros and Hinton, Layer normalization, 2016, arXiv 1607.06450.
public struct LayerNormalized<Base: Cell>: CellWrapper {
  /// The wrapped cell.
  public let base: Base

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    base.step(x, &s, w.hooked(by: Hook(), base, x))
  }

  private struct Hook: ProductHook {
    func result(_ y: Term, _ product: ProductSite, _ w: Weights) -> Term {
      guard y.width > 1 else { return y }
      let centred = y - y.mean()
      let scaled = centred / sqrt((centred * centred).mean() + 1e-5)
      let gain = w.vector("norm_weight_" + product.name, y.width, initial: .constant(1))
      return scaled * gain + w.vector("norm_bias_" + product.name, y.width, initial: .constant(0))
    }
  }
}

extension Cell {
  /// This cell with normalised products.
  public func normalized() -> LayerNormalized<Self> { LayerNormalized(base: self) }
}
