import RondoRecurrence

/// The LSTM with exponential gates, kept from overflowing by a stabiliser.
///
///     i, f, z, o = W x + b + R h', each with its own rows
///     m = max(log sigmoid(f) + m', i)
///     c = exp(log sigmoid(f) + m' − m) · c' + exp(i − m) · tanh(z)
///     n = exp(log sigmoid(f) + m' − m) · n' + exp(i − m)
///     h = sigmoid(o) · c / n
///
/// The weights are `weight_ih` [4·hiddenSize, inputSize] and `weight_hh` [4·hiddenSize, hiddenSize], the biases `bias_ih` and `bias_hh`
/// [4·hiddenSize]; their rows are in the order i, f, z, o.
///
/// Source: Beck et al., xLSTM: extended long short-term memory (one head), 2024, arXiv 2405.04517.
public struct SLSTM: Cell {
  /// The width of the states and of the output, which is h.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  // Before the first step there is nothing to be kept, however little that step writes.
  public var states: StateShapes {
    (["h": hiddenSize, "c": hiddenSize, "n": hiddenSize, "m": hiddenSize] as StateShapes)
      .starting("m", at: -.infinity)
  }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let gates = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (i, f, z, o) = gates.split("i", "f", "z", "o")
    let kept = (s.m - softplus(-f)).named("kept")
    s.m = max(kept, i)
    let (forget, write) = (exp(kept - s.m).named("forget"), exp(i - s.m).named("write"))
    s.c = forget * s.c + write * tanh(z)
    s.n = forget * s.n + write
    s.h = sigmoid(o) * s.c / s.n
    return s.h
  }
}

extension SLSTM: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "slstm", summary: "LSTM with exponential gates and a stabiliser (xLSTM)",
        paper: "Beck et al. 2024, arXiv 2405.04517"
      ) { hiddenSize, _ in SLSTM(hiddenSize: hiddenSize) }
    ]
  }
}
