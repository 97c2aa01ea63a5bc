import RondoCore
import RondoRecurrence

/// The real-gated linear recurrent unit: a diagonal linear recurrence whose decay the input gates.
///
///     u = W_u x + b_u
///     r = sigmoid(W_r x + b_r), i = sigmoid(W_i x + b_i)
///     a = exp(−8 · softplus(−Λ) · r)
///     h = a · h' + √(1 − a²) · (i · u)
///
/// The weight is `weight_ih` [3·hiddenSize, inputSize], the bias `bias_ih` [3·hiddenSize]; their rows are in the order u, r, i. Λ is the
/// vector `decay` [hiddenSize], so drawn that sigmoid(Λ)⁸ begins between 0.9 and 0.999. (In the paper u is x.)
///
/// Source: De et al., Griffin: mixing gated linear recurrences with local attention for efficient language models, 2024, arXiv 2402.19427.
public struct RGLRU: Cell {
  /// The width of the state and of the output.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["h": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (u, r, i) = w.linear("ih", x, 3 * hiddenSize).split("u", "r", "i")
    let decay = w.vector("decay", hiddenSize, initial: .between(4.32, 8.97))
    let a = exp(-8 * softplus(-decay) * sigmoid(r)).named("a")
    // Where a is 1 the root would have an infinite slope.
    s.h = a * s.h + sqrt(max(1 - a * a, 1e-6)) * (sigmoid(i) * u)
    return s.h
  }
}

extension RGLRU: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "rg-lru", summary: "real-gated linear recurrent unit: a decay that the input gates",
        paper: "De et al. 2024, arXiv 2402.19427"
      ) { hiddenSize, _ in RGLRU(hiddenSize: hiddenSize) }
    ]
  }
}
