import RondoRecurrence

/// The LSTM whose cell state is kept within bounds.
///
///     i, f, o = sigmoid(W_ih x + b_ih + W_hh h' + b_hh), g = tanh(the same), each with its own rows
///     c = max(−clip, min(clip, f · c' + i · g))
///     h = o · tanh(c)
///
/// The parameters are those of `LSTM`.
///
/// Source: Sak, Senior and Beaufays, Long short-term memory based recurrent neural network architectures for large vocabulary speech
/// recognition, 2014, arXiv 1402.1128; the bound of 3 is that of Peters et al., Deep contextualized word representations, 2018, arXiv
/// 1802.05365.
public struct ClippedLSTM: Cell {
  /// The width of the states h and c and of the output, which is h.
  public let hiddenSize: Int
  /// The largest absolute value of the state c.
  public let clip: Double

  /// The cell.
  public init(hiddenSize: Int, clip: Double = 3) {
    self.hiddenSize = hiddenSize
    self.clip = clip
  }

  public var states: StateShapes { ["h": hiddenSize, "c": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (i, f, g, o) = z.split("i", "f", "g", "o")
    s.c = max(min(sigmoid(f) * s.c + sigmoid(i) * tanh(g), clip), -clip)
    s.h = sigmoid(o) * tanh(s.c)
    return s.h
  }
}

extension ClippedLSTM: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "lstm-clipped", summary: "LSTM whose cell state is kept within bounds",
        paper: "Sak et al. 2014, arXiv 1402.1128", variants: ["", "clip=0.5"]
      ) { hiddenSize, options throws(CellOptions.Problem) in
        ClippedLSTM(hiddenSize: hiddenSize, clip: try options.positive("clip", 3))
      }
    ]
  }
}
