import RondoRecurrence

/// The minimal GRU, whose gate and candidate do not see the state.
///
///     z = sigmoid(W_z x + b_z)
///     n = W_n x + b_n
///     h = (1 − z) · h' + z · n
///
/// The weight is `weight_ih` [2·hiddenSize, inputSize], the bias `bias_ih` [2·hiddenSize]; their rows are in the order z, n.
///
/// Source: Feng et al., Were RNNs all we needed?, 2024, arXiv 2410.01201.
public struct MinGRU: Cell {
  /// The width of the state and of the output.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["h": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (z, n) = w.linear("ih", x, 2 * hiddenSize).split("z", "n")
    s.h = (1 - sigmoid(z)) * s.h + sigmoid(z) * n
    return s.h
  }
}

extension MinGRU: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "mingru", summary: "minimal GRU: no product in the loop",
        paper: "Feng et al. 2024, arXiv 2410.01201"
      ) { hiddenSize, _ in MinGRU(hiddenSize: hiddenSize) }
    ]
  }
}
