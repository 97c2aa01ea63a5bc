import RondoRecurrence

/// The clockwork network: four groups of units, of which the second is updated every second step, the third every fourth, the last every
/// eighth; each sees itself and the slower ones.
///
///     z_g = W_ih_g x + b_ih_g + W_hh_g [h'_g, …, h'_4] + b_hh_g
///     h_g = tanh(z_g) in every step that its period divides, else h'_g
///
/// The state r counts for each group the steps until its next update. The weights are `weight_ih` [hiddenSize, inputSize] and, for g = 1 to
/// 4, `weight_hh_g` [hiddenSize / 4, (5 − g) · hiddenSize / 4]; each has its bias.
///
/// Source: Koutník et al., A clockwork RNN, 2014, arXiv 1402.3511.
public struct ClockworkRNN: Cell {
  /// The width of the state h and of the output: a multiple of 4.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["h": hiddenSize, "r": 4] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let size = hiddenSize / 4
    let inputs = w.linear("ih", x, hiddenSize).parts(["z1", "z2", "z3", "z4"])
    var (groups, counts): ([Term], [Term]) = ([], [])
    for (g, period) in [1, 2, 4, 8].enumerated() {
      let rest = s.r[g..<g + 1]
      let z = inputs[g] + w.linear("hh_\(g + 1)", s.h[g * size..<hiddenSize], size)
      groups.append(select(rest < 1, tanh(z), s.h[g * size..<(g + 1) * size]).named("h\(g + 1)"))
      counts.append(select(rest < 1, period - 1, rest - 1).named("r\(g + 1)"))
    }
    s.h = concatenate(groups[0], groups[1], groups[2], groups[3])
    s.r = concatenate(counts[0], counts[1], counts[2], counts[3])
    return s.h
  }
}

extension ClockworkRNN: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "clockwork", summary: "clockwork network: four groups of units with periods 1, 2, 4 and 8",
        paper: "Koutník et al. 2014, arXiv 1402.3511", hiddenSizeMultiple: 4
      ) { hiddenSize, _ in ClockworkRNN(hiddenSize: hiddenSize) }
    ]
  }
}
