import RondoCore
import RondoRecurrence

/// Long short-term memory: a cell state that gates decide to keep, to write and to read.
///
///     i, f, o = sigmoid(W_ih x + b_ih + W_hh h' + b_hh), g = tanh(the same), each with its own rows
///     c = f · c' + i · g
///     h = o · tanh(c)
///
/// The weights are `weight_ih` [4·hiddenSize, inputSize] and `weight_hh` [4·hiddenSize, hiddenSize], the
/// biases `bias_ih` and `bias_hh` [4·hiddenSize]; their rows are in the order i, f, g, o.
///
/// Source: Hochreiter and Schmidhuber, Long short-term memory, 1997, DOI 10.1162/neco.1997.9.8.1735, with the forget gate of Gers,
/// Schmidhuber and Cummins, Learning to forget, 2000, DOI 10.1162/089976600300015015.
public struct LSTM: Cell {
  /// The width of the states h and c and of the output, which is h.
  public let hiddenSize: Int
  /// Whether there are `bias_ih` and `bias_hh`.
  public let bias: Bool
  /// The initial bias of the forget gate; drawn like the others if nil.
  ///
  /// In the rows of f, `bias_ih` begins with it and `bias_hh` with 0. Without biases it has no effect.
  public let forgetBias: Float?

  /// The cell; with biases, all drawn alike, unless told otherwise.
  public init(hiddenSize: Int, bias: Bool = true, forgetBias: Float? = nil) {
    self.hiddenSize = hiddenSize
    self.bias = bias
    self.forgetBias = forgetBias
  }

  public var states: StateShapes { ["h": hiddenSize, "c": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z =
      w.linear("ih", x, 4 * hiddenSize, bias: bias, biasInitial: initialBias(w, forget: forgetBias))
      + w.linear(
        "hh", s.h, 4 * hiddenSize, bias: bias, biasInitial: initialBias(w, forget: forgetBias.map { _ in 0 }))
    let (i, f, g, o) = z.split("i", "f", "g", "o")
    s.c = sigmoid(f) * s.c + sigmoid(i) * tanh(g)
    s.h = sigmoid(o) * tanh(s.c)
    return s.h
  }
}

extension LSTM: ForgetGated {
  public func withForgetBias(_ bias: Float) -> LSTM {
    LSTM(hiddenSize: hiddenSize, bias: self.bias, forgetBias: bias)
  }

  /// Biases drawn like others, but for the forget gate's.
  private func initialBias(_ w: Weights, forget: Float?) -> Initializer? {
    forget.map {
      .blocks([
        (hiddenSize, w.defaultInitializer), (hiddenSize, .constant($0)),
        (2 * hiddenSize, w.defaultInitializer),
      ])
    }
  }
}

extension LSTM: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "lstm", summary: "long short-term memory with input, forget and output gates",
        paper: "Hochreiter and Schmidhuber 1997, DOI 10.1162/neco.1997.9.8.1735",
        variants: ["bias=true", "bias=false"]
      ) { hiddenSize, options throws(CellOptions.Problem) in
        LSTM(hiddenSize: hiddenSize, bias: try options.flag("bias", true))
      }
    ]
  }
}
