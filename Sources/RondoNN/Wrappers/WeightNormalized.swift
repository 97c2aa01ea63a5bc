import RondoCore
import RondoRecurrence

/// A cell whose weights have rows of learned length: weight normalisation.
///
///     W ↦ g · W / √(|W|² + ε), row by row, ε = 1e−12
///
/// The weight of each product NAME keeps its name and gives the direction; the lengths are `weight_NAME_g` [outputs, 1], which begin with 1.
///
/// Source: Salimans and Kingma, Weight normalization, 2016, arXiv 1602.07868.
public struct WeightNormalized<Base: Cell>: CellWrapper {
  /// The wrapped cell.
  public let base: Base

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    base.step(x, &s, w.hooked(by: Hook(), base, x))
  }

  private struct Hook: ProductHook {
    func weight(_ weight: Term, _ product: ProductSite, _ w: Weights) -> Term {
      let length = w.parameter("weight_" + product.name + "_g", [weight.rowCount, 1], initial: .constant(1))
      // A row that lost all its elements stays zero.
      return weight * (length / sqrt((weight * weight).sum() + 1e-12))
    }
  }
}

extension Cell {
  /// This cell with weights of learned length.
  public func weightNormalized() -> WeightNormalized<Self> { WeightNormalized(base: self) }
}
