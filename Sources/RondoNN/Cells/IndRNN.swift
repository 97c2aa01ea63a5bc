import RondoCore
import RondoRecurrence

/// The independently recurrent network: each unit sees only its own past.
///
///     h = relu(W_ih x + b_ih + u · h')
///
/// The weight is `weight_ih` [hiddenSize, inputSize], the bias `bias_ih` [hiddenSize], u the vector `recurrent` [hiddenSize], which begins
/// uniform between 0 and 1.
///
/// Source: Li et al., Independently recurrent neural network (IndRNN), 2018, arXiv 1803.04831.
public struct IndRNN: Cell {
  /// The width of the state and of the output.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["h": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, hiddenSize)
    s.h = relu(z + w.vector("recurrent", hiddenSize, initial: .between(0, 1)) * s.h)
    return s.h
  }
}

extension IndRNN: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "indrnn", summary: "independently recurrent network: each unit sees only its own past",
        paper: "Li et al. 2018, arXiv 1803.04831"
      ) { hiddenSize, _ in IndRNN(hiddenSize: hiddenSize) }
    ]
  }
}
