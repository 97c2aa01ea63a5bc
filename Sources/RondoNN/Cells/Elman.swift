import RondoRecurrence

/// The simple recurrent cell: the new state is an activation of the input and the previous state.
///
///     h = tanh(W_ih x + b_ih + W_hh h' + b_hh)        (or relu)
///
/// The weights are `weight_ih` [hiddenSize, inputSize] and `weight_hh` [hiddenSize, hiddenSize], the biases
/// `bias_ih` and `bias_hh` [hiddenSize].
///
/// Source: Elman, Finding structure in time, 1990, DOI 10.1207/s15516709cog1402_1.
public struct Elman: Cell {
  /// What the sum goes through.
  public enum Activation: String, Sendable, CaseIterable {
    case tanh, relu
  }

  /// The width of the state and of the output.
  public let hiddenSize: Int
  /// What the sum goes through.
  public let activation: Activation
  /// Whether there are `bias_ih` and `bias_hh`.
  public let bias: Bool

  /// The cell; tanh with biases is what PyTorch's `RNN` is.
  public init(hiddenSize: Int, activation: Activation = .tanh, bias: Bool = true) {
    self.hiddenSize = hiddenSize
    self.activation = activation
    self.bias = bias
  }

  public var states: StateShapes { ["h": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, hiddenSize, bias: bias) + w.linear("hh", s.h, hiddenSize, bias: bias)
    s.h = activation == .tanh ? tanh(z) : relu(z)
    return s.h
  }
}

extension Elman: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "elman", summary: "the simple recurrent cell: one activation of input and state",
        paper: "Elman 1990, DOI 10.1207/s15516709cog1402_1",
        variants: ["activation=tanh", "activation=relu", "bias=false", "activation=relu bias=false"]
      ) { hiddenSize, options throws(CellOptions.Problem) in
        let activation = try options.choice("activation", "tanh", Activation.allCases.map(\.rawValue))
        return Elman(
          hiddenSize: hiddenSize, activation: Activation(rawValue: activation)!,
          bias: try options.flag("bias", true))
      }
    ]
  }
}
