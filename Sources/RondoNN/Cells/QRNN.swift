import RondoRecurrence

/// The quasi-recurrent network: a convolution over two steps of the input, then a gated mean over time.
///
///     z, f, o = W x + b + V x', with x' the input of the step before
///     c = sigmoid(f) · c' + (1 − sigmoid(f)) · tanh(z)
///     h = sigmoid(o) · c
///
/// V x' is the state p: what the step before made of its input for this one. The weights are `weight_ih` and `weight_before` [3·hiddenSize,
/// inputSize], the bias is `bias_ih` [3·hiddenSize]; their rows are in the order z, f, o.
///
/// Source: Bradbury et al., Quasi-recurrent neural networks (fo-pooling), 2017, arXiv 1611.01576.
public struct QRNN: Cell {
  /// The width of the state c and of the output.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["c": hiddenSize, "p": 3 * hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (z, f, o) = (w.linear("ih", x, 3 * hiddenSize) + s.p).split("z", "f", "o")
    s.p = w.linear("before", x, 3 * hiddenSize, bias: false)
    s.c = sigmoid(f) * s.c + (1 - sigmoid(f)) * tanh(z)
    return (sigmoid(o) * s.c).named("h")
  }
}

extension QRNN: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "qrnn", summary: "quasi-recurrent network: a convolution over two steps, then a gated mean",
        paper: "Bradbury et al. 2017, arXiv 1611.01576"
      ) { hiddenSize, _ in QRNN(hiddenSize: hiddenSize) }
    ]
  }
}
