import RondoCore
import RondoRecurrence

/// A cell of whose products the inputs lose columns while it trains, the same in all steps of a sequence: variational dropout on inputs and
/// states.
///
/// Source: Gal and Ghahramani, A theoretically grounded application of dropout in recurrent neural networks, 2016, arXiv 1512.05287.
public struct VariationallyDropped<Base: Cell>: CellWrapper {
  /// The wrapped cell.
  public let base: Base
  /// The share of columns that are set to zero; the others are divided by what is left.
  public let probability: Double

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    base.step(x, &s, w.hooked(by: Hook(probability: probability), base, x))
  }

  private struct Hook: ProductHook {
    let probability: Double

    func input(_ x: Term, _ product: ProductSite, _ w: Weights) -> Term {
      x * w.mask("variational_" + product.name, x.width, probability: probability, perSequence: true)
    }
  }
}

extension Cell {
  /// This cell with columns of what its products read dropped for whole sequences while it trains.
  public func variationalDropout(_ probability: Double) -> VariationallyDropped<Self> {
    VariationallyDropped(base: self, probability: probability)
  }
}
