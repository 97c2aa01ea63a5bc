import RondoRecurrence

/// The LSTM whose memory is a matrix, written by keys and read by queries.
///
///     q, k, v = W x + b, k divided by √hiddenSize; i, f = w x + b of width 1; o = sigmoid(W_o x + b_o)
///     m = max(log sigmoid(f) + m', i)
///     C = exp(log sigmoid(f) + m' − m) · C' + exp(i − m) · v kᵀ
///     n = exp(log sigmoid(f) + m' − m) · n' + exp(i − m) · k
///     h = o · (C q) / max(|n · q|, exp(−m))
///
/// The weight is `weight_ih` [4·hiddenSize + 2, inputSize], the bias `bias_ih` [4·hiddenSize + 2]; their rows are in the order q, k, v, o, i, f.
/// The state C has hiddenSize² columns, row by row.
///
/// Source: Beck et al., xLSTM: extended long short-term memory (one head), 2024, arXiv 2405.04517.
public struct MLSTM: Cell {
  /// The width of the output, of keys, queries and values.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  // Before the first step there is nothing to be kept, however little that step writes.
  public var states: StateShapes {
    (["n": hiddenSize, "C": hiddenSize * hiddenSize, "m": 1] as StateShapes).starting("m", at: -.infinity)
  }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 4 * hiddenSize + 2).named("z")
    let (q, key, v, o) = z[0..<4 * hiddenSize].split("q", "key", "v", "o")
    let (i, f) = z[4 * hiddenSize..<4 * hiddenSize + 2].split("i", "f")
    let k = (key / Double(hiddenSize).squareRoot()).named("k")
    let kept = (s.m - softplus(-f)).named("kept")
    s.m = max(kept, i)
    let (forget, write) = (exp(kept - s.m).named("forget"), exp(i - s.m).named("write"))
    s.C = forget * s.C + write * v.repeated(hiddenSize) * k.tiled(hiddenSize)
    s.n = forget * s.n + write * k
    let read = (s.C * q.tiled(hiddenSize)).sum(groups: hiddenSize).named("read")
    return (sigmoid(o) * read / max(abs((s.n * q).sum()), exp(-s.m))).named("h")
  }
}

extension MLSTM: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "mlstm", summary: "LSTM whose memory is a matrix (xLSTM)",
        paper: "Beck et al. 2024, arXiv 2405.04517"
      ) { hiddenSize, _ in MLSTM(hiddenSize: hiddenSize) }
    ]
  }
}
