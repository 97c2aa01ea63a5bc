import RondoRecurrence

/// The simple recurrent unit: gates that see their own unit's state, and a highway past the cell.
///
///     f = sigmoid(W_f x + b_f + v_f · c'), r = sigmoid(W_r x + b_r + v_r · c')
///     c = f · c' + (1 − f) · (W x + b)
///     h = r · c + (1 − r) · W_skip x
///
/// The weights are `weight_ih` [3·hiddenSize, inputSize], with rows in the order n, f, r, and `weight_skip` [hiddenSize, inputSize]; the bias
/// is `bias_ih` [3·hiddenSize]; the vectors are `recurrent_f` and `recurrent_r` [hiddenSize]. The paper takes x itself for W_skip x where the
/// widths allow it.
///
/// Source: Lei et al., Simple recurrent units for highly parallelizable recurrence, 2018, arXiv 1709.02755.
public struct SRU: Cell {
  /// The width of the state and of the output.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["c": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (n, xf, xr) = w.linear("ih", x, 3 * hiddenSize).split("n", "xf", "xr")
    let f = sigmoid(xf + w.vector("recurrent_f", hiddenSize) * s.c).named("f")
    let r = sigmoid(xr + w.vector("recurrent_r", hiddenSize) * s.c).named("r")
    s.c = f * s.c + (1 - f) * n
    return (r * s.c + (1 - r) * w.linear("skip", x, hiddenSize, bias: false)).named("h")
  }
}

extension SRU: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "sru", summary: "simple recurrent unit: gates that see their own unit, a highway past the cell",
        paper: "Lei et al. 2018, arXiv 1709.02755"
      ) { hiddenSize, _ in SRU(hiddenSize: hiddenSize) }
    ]
  }
}
