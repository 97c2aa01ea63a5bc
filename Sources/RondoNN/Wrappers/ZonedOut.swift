import RondoCore
import RondoRecurrence

/// A cell whose units keep their previous states at random while it trains: zoneout.
///
///     s ↦ m · s' + (1 − m) · s, m being 1 with probability p; where nothing is trained, m = p
///
/// In a cell with a stabiliser, a state that begins at −∞ and scales others, it is the output alone that is kept: two values of another
/// scale have no mean. What only counts steps is never kept.
///
/// Source: Krueger et al., Zoneout: regularizing RNNs by randomly preserving hidden activations, 2017, arXiv 1606.01305.
public struct ZonedOut<Base: Cell>: CellWrapper {
  /// The wrapped cell.
  public let base: Base
  /// The probability with which a unit keeps its state.
  public let probability: Double

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let before = s
    let y = base.step(x, &s, w)
    let after = s
    var output = y
    let isStabilised = s.names.contains { name in
      if case .number(let start) = before.start(of: name) { !start.isFinite } else { false }
    }
    for name in s.names {
      let isOutput = y.isSame(as: after[name])
      if isStabilised && !isOutput || after[name].isCounter(from: before[name]) { continue }
      // 1 − p on the average.
      let isNew = w.mask("zoneout_" + name, after[name].width, probability: probability) * (1 - probability)
      s[name] = isNew * after[name] + (1 - isNew) * before[name]
      if isOutput { output = s[name] }
    }
    return output
  }
}

extension Cell {
  /// This cell with units that keep their states at random while it trains. An output that is a state is that state as it is kept.
  public func zoneout(_ probability: Double) -> ZonedOut<Self> {
    ZonedOut(base: self, probability: probability)
  }
}
