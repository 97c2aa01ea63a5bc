import RondoRecurrence

/// The minimal gated unit: one gate decides what is kept and what is read.
///
///     f = sigmoid(W_if x + b_if + W_hf h' + b_hf)
///     n = tanh(W_in x + b_in + W_hn (f · h') + b_hn)
///     h = (1 − f) · h' + f · n
///
/// The weights are `weight_ih` [2·hiddenSize, inputSize], with rows in the order f, n, `weight_hf` and `weight_hn` [hiddenSize,
/// hiddenSize]; the biases are `bias_ih` [2·hiddenSize], `bias_hf` and `bias_hn` [hiddenSize].
///
/// Source: Zhou et al., Minimal gated unit for recurrent neural networks, 2016, arXiv 1603.09420.
public struct MinimalGatedUnit: Cell {
  /// The width of the state and of the output.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["h": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (xf, xn) = w.linear("ih", x, 2 * hiddenSize).split("xf", "xn")
    let f = sigmoid(xf + w.linear("hf", s.h, hiddenSize)).named("f")
    let n = tanh(xn + w.linear("hn", f * s.h, hiddenSize)).named("n")
    s.h = (1 - f) * s.h + f * n
    return s.h
  }
}

extension MinimalGatedUnit: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "mgu", summary: "minimal gated unit: one gate",
        paper: "Zhou et al. 2016, arXiv 1603.09420"
      ) { hiddenSize, _ in MinimalGatedUnit(hiddenSize: hiddenSize) }
    ]
  }
}
