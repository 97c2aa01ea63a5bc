import RondoCore
import RondoRecurrence

/// A cell whose recurrent weights lose elements while it trains: DropConnect, one draw for a whole pass.
///
/// Source: Merity, Keskar and Socher, Regularizing and optimizing LSTM language models, 2017, arXiv 1708.02182, after Wan et al.,
/// Regularization of neural networks using DropConnect, 2013, PMLR 28:1058–1066.
public struct DropConnected<Base: Cell>: CellWrapper {
  /// The wrapped cell.
  public let base: Base
  /// The share of elements that are set to zero; the others are divided by what is left.
  public let probability: Double

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    base.step(x, &s, w.hooked(by: Hook(probability: probability), base, x))
  }

  private struct Hook: ProductHook {
    let probability: Double

    func weight(_ weight: Term, _ product: ProductSite, _ w: Weights) -> Term {
      guard product.isRecurrent else { return weight }
      return weight * w.mask("drop_connect_" + product.name, for: weight, probability: probability)
    }
  }
}

extension Cell {
  /// This cell with elements of its recurrent weights dropped while it trains. A cell without recurrent products stays as it is.
  public func dropConnect(_ probability: Double) -> DropConnected<Self> {
    DropConnected(base: self, probability: probability)
  }
}
