import RondoRecurrence

/// The gated recurrent unit, with its reset gate after the recurrent product or before it.
///
///     r, z = sigmoid(W_ih x + b_ih + W_hh h' + b_hh), each with its own rows
///     after:  n = tanh(W_in x + b_in + r · (W_hn h' + b_hn))       (PyTorch's; it needs one recurrent product)
///     before: n = tanh(W_in x + b_in + W_hn (r · h') + b_hn)       (the paper's)
///     h = (1 − z) · n + z · h'
///
/// The weights are `weight_ih` [3·hiddenSize, inputSize] and `weight_hh` [3·hiddenSize, hiddenSize], the
/// biases `bias_ih` and `bias_hh` [3·hiddenSize]; their rows are in the order r, z, n. The form `before` has
/// only the rows r and z in `weight_hh` and `bias_hh`, and those of n as parameters of their own, `weight_hn`
/// [hiddenSize, hiddenSize] and `bias_hn` [hiddenSize].
///
/// Source: Cho et al., Learning phrase representations using RNN encoder–decoder, 2014, arXiv 1406.1078.
public struct GRU: Cell {
  /// What the reset gate is multiplied with.
  public enum Reset: String, Sendable, CaseIterable {
    /// The recurrent product of n, with its bias.
    case after
    /// The previous state, of which the recurrent product of n is made.
    case before
  }

  /// The width of the state and of the output.
  public let hiddenSize: Int
  /// What the reset gate is multiplied with.
  public let reset: Reset
  /// Whether there are biases beside the weights.
  public let bias: Bool

  /// The cell; PyTorch's form unless told otherwise.
  public init(hiddenSize: Int, reset: Reset = .after, bias: Bool = true) {
    self.hiddenSize = hiddenSize
    self.reset = reset
    self.bias = bias
  }

  public var states: StateShapes { ["h": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (xr, xz, xn) = w.linear("ih", x, 3 * hiddenSize, bias: bias).split("xr", "xz", "xn")
    let r: Term
    let z: Term
    let n: Term
    switch reset {
    case .after:
      let (hr, hz, hn) = w.linear("hh", s.h, 3 * hiddenSize, bias: bias).split("hr", "hz", "hn")
      (r, z) = (sigmoid(xr + hr).named("r"), sigmoid(xz + hz).named("z"))
      n = tanh(xn + r * hn).named("n")
    case .before:
      let (hr, hz) = w.linear("hh", s.h, 2 * hiddenSize, bias: bias).split("hr", "hz")
      (r, z) = (sigmoid(xr + hr).named("r"), sigmoid(xz + hz).named("z"))
      n = tanh(xn + w.linear("hn", r * s.h, hiddenSize, bias: bias)).named("n")
    }
    s.h = (1 - z) * n + z * s.h
    return s.h
  }
}

extension GRU: RegisteredCell {
  public static var entries: [CellEntry] {
    func entry(_ name: String, _ reset: Reset, _ summary: String) -> CellEntry {
      CellEntry(
        name: name, summary: summary, paper: "Cho et al. 2014, arXiv 1406.1078",
        variants: ["bias=true", "bias=false"]
      ) { hiddenSize, options throws(CellOptions.Problem) in
        GRU(hiddenSize: hiddenSize, reset: reset, bias: try options.flag("bias", true))
      }
    }
    return [
      entry(
        "gru", .after, "gated recurrent unit, reset after the recurrent product (PyTorch's form)"),
      entry(
        "gru-before", .before,
        "gated recurrent unit, reset before the recurrent product (the paper's form)"),
    ]
  }
}
