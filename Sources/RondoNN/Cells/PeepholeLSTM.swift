import RondoRecurrence

/// The LSTM whose gates see the cell state.
///
///     i = sigmoid(W_i x + b_i + R_i h' + p_i · c'), f alike with c', g = tanh(without peephole)
///     c = f · c' + i · g
///     o = sigmoid(W_o x + b_o + R_o h' + p_o · c)
///     h = o · tanh(c)
///
/// The weights and biases are those of `LSTM`; the peepholes are the vectors `peephole_i`, `peephole_f` and `peephole_o` [hiddenSize].
///
/// Source: Gers and Schmidhuber, Recurrent nets that time and count, 2000, DOI 10.1109/IJCNN.2000.861302.
public struct PeepholeLSTM: Cell {
  /// The width of the states h and c and of the output, which is h.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["h": hiddenSize, "c": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (zi, zf, g, zo) = z.split("zi", "zf", "g", "zo")
    let i = sigmoid(zi + w.vector("peephole_i", hiddenSize) * s.c).named("i")
    let f = sigmoid(zf + w.vector("peephole_f", hiddenSize) * s.c).named("f")
    s.c = f * s.c + i * tanh(g)
    let o = sigmoid(zo + w.vector("peephole_o", hiddenSize) * s.c).named("o")
    s.h = o * tanh(s.c)
    return s.h
  }
}

extension PeepholeLSTM: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "lstm-peephole", summary: "LSTM whose gates see the cell state",
        paper: "Gers and Schmidhuber 2000, DOI 10.1109/IJCNN.2000.861302"
      ) { hiddenSize, _ in PeepholeLSTM(hiddenSize: hiddenSize) }
    ]
  }
}
