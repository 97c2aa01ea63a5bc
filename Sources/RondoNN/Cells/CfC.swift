import RondoRecurrence

/// The closed-form continuous-time network, for samples at uneven times.
///
///     b = tanh(W_b [x, h'] + b_b)
///     f, g, k = W b + b, each with its own rows
///     h = sigmoid(−f t) · tanh(g) + (1 − sigmoid(−f t)) · tanh(k)
///
/// t is the time since the sample before: 1, or with `hasGap` the last column of the input. The weights are `weight_ih` [hiddenSize, columns
/// of x], `weight_hh` [hiddenSize, hiddenSize] and `weight_heads` [3·hiddenSize, hiddenSize], with rows in the order f, g, k; each has its bias.
///
/// Source: Hasani et al., Closed-form continuous-time neural networks, 2022, arXiv 2106.13898.
public struct CfC: Cell {
  /// The width of the state and of the output.
  public let hiddenSize: Int
  /// Whether the last column of the input is the time since the sample before.
  public let hasGap: Bool

  /// The cell.
  public init(hiddenSize: Int, hasGap: Bool = false) {
    self.hiddenSize = hiddenSize
    self.hasGap = hasGap
  }

  public var states: StateShapes { ["h": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let columns = hasGap ? x[0..<x.width - 1] : x
    let b = tanh(w.linear("ih", columns, hiddenSize) + w.linear("hh", s.h, hiddenSize)).named("b")
    let (f, g, k) = w.linear("heads", b, 3 * hiddenSize).split("f", "g", "k")
    let late = sigmoid(hasGap ? -f * x[x.width - 1..<x.width] : -f).named("late")
    s.h = late * tanh(g) + (1 - late) * tanh(k)
    return s.h
  }
}

extension CfC: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "cfc",
        summary: "closed-form continuous-time network; gap=true: the last column is the time passed",
        paper: "Hasani et al. 2022, arXiv 2106.13898", variants: ["", "gap=true"]
      ) { hiddenSize, options throws(CellOptions.Problem) in
        CfC(hiddenSize: hiddenSize, hasGap: try options.flag("gap", false))
      }
    ]
  }
}
