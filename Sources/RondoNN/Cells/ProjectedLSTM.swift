import RondoRecurrence

/// The LSTM whose output is projected to fewer units before it is fed back.
///
///     i, f, o = sigmoid(W_ih x + b_ih + W_hh h' + b_hh), g = tanh(the same), each with its own rows
///     c = f · c' + i · g
///     h = W_hr (o · tanh(c))
///
/// The weights are `weight_ih` [4·hiddenSize, inputSize], `weight_hh` [4·hiddenSize, projectionSize] and `weight_hr` [projectionSize,
/// hiddenSize], the biases `bias_ih` and `bias_hh` [4·hiddenSize]: PyTorch's `LSTM(proj_size:)`.
///
/// Source: Sak, Senior and Beaufays, Long short-term memory based recurrent neural network architectures for large vocabulary speech
/// recognition, 2014, arXiv 1402.1128.
public struct ProjectedLSTM: Cell {
  /// The width of the state c.
  public let hiddenSize: Int
  /// The width of the state h, which is the output.
  public let projectionSize: Int

  /// The cell.
  public init(hiddenSize: Int, projectionSize: Int) {
    self.hiddenSize = hiddenSize
    self.projectionSize = projectionSize
  }

  public var states: StateShapes { ["h": projectionSize, "c": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (i, f, g, o) = z.split("i", "f", "g", "o")
    s.c = sigmoid(f) * s.c + sigmoid(i) * tanh(g)
    s.h = w.linear("hr", sigmoid(o) * tanh(s.c), projectionSize, bias: false)
    return s.h
  }
}

extension ProjectedLSTM: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "lstm-projected", summary: "LSTM with an output projected to fewer units (half of them)",
        paper: "Sak et al. 2014, arXiv 1402.1128", hiddenSizeMultiple: 2,
        variants: ["", "projection=3"]
      ) { hiddenSize, options throws(CellOptions.Problem) in
        ProjectedLSTM(
          hiddenSize: hiddenSize, projectionSize: try options.count("projection", hiddenSize / 2))
      }
    ]
  }
}
