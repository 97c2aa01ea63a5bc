import RondoRecurrence

/// The LSTM that forgets just as much as it writes.
///
///     f, o = sigmoid(W_ih x + b_ih + W_hh h' + b_hh), g = tanh(the same), each with its own rows
///     c = f · c' + (1 − f) · g
///     h = o · tanh(c)
///
/// The weights are `weight_ih` [3·hiddenSize, inputSize] and `weight_hh` [3·hiddenSize, hiddenSize], the biases `bias_ih` and `bias_hh`
/// [3·hiddenSize]; their rows are in the order f, g, o.
///
/// Source: Greff et al., LSTM: a search space odyssey (the variant CIFG), 2017, arXiv 1503.04069.
public struct CoupledLSTM: Cell {
  /// The width of the states h and c and of the output, which is h.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["h": hiddenSize, "c": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 3 * hiddenSize) + w.linear("hh", s.h, 3 * hiddenSize)
    let (f, g, o) = z.split("f", "g", "o")
    s.c = sigmoid(f) * s.c + (1 - sigmoid(f)) * tanh(g)
    s.h = sigmoid(o) * tanh(s.c)
    return s.h
  }
}

extension CoupledLSTM: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "lstm-coupled", summary: "LSTM whose input gate is what its forget gate leaves",
        paper: "Greff et al. 2017, arXiv 1503.04069"
      ) { hiddenSize, _ in CoupledLSTM(hiddenSize: hiddenSize) }
    ]
  }
}
