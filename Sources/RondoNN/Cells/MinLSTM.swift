import RondoRecurrence

/// The minimal LSTM, whose gates do not see the state and share what they let through.
///
///     f, i = sigmoid(W x + b), n = W_n x + b_n
///     h = (f · h' + i · n) / (f + i)
///
/// The weight is `weight_ih` [3·hiddenSize, inputSize], the bias `bias_ih` [3·hiddenSize]; their rows are in the order f, i, n.
///
/// Source: Feng et al., Were RNNs all we needed?, 2024, arXiv 2410.01201.
public struct MinLSTM: Cell {
  /// The width of the state and of the output.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["h": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (f, i, n) = w.linear("ih", x, 3 * hiddenSize).split("f", "i", "n")
    // sigmoid(f) / (sigmoid(f) + sigmoid(i)), also where both are too small to be divided.
    let keep = sigmoid(softplus(-i) - softplus(-f)).named("keep")
    s.h = keep * s.h + (1 - keep) * n
    return s.h
  }
}

extension MinLSTM: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "minlstm", summary: "minimal LSTM: no product in the loop",
        paper: "Feng et al. 2024, arXiv 2410.01201"
      ) { hiddenSize, _ in MinLSTM(hiddenSize: hiddenSize) }
    ]
  }
}
