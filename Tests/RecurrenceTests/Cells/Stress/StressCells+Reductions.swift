import RondoNN
import RondoRecurrence
import RondoTestSupport

/// Layer normalisation of both products and of the cell state: Ba, Kiros and Hinton, 2016, arXiv 1607.06450.
struct LayerNormLSTM: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "c": hiddenSize] }

  static func normalised(_ name: String, _ x: Term, _ w: Weights) -> Term {
    let centred = x - x.mean()
    let variance = (centred * centred).mean()
    return centred / sqrt(variance + 1e-2) * w.vector("gain_" + name, x.width)
      + w.vector("shift_" + name, x.width)
  }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z =
      Self.normalised("ih", w.linear("ih", x, 4 * hiddenSize, bias: false), w)
      + Self.normalised("hh", w.linear("hh", s.h, 4 * hiddenSize, bias: false), w)
    let (i, f, g, o) = z.split("i", "f", "g", "o")
    s.c = sigmoid(f) * s.c + sigmoid(i) * tanh(g)
    s.h = sigmoid(o) * tanh(Self.normalised("c", s.c, w))
    return s.h
  }
}

/// Every kind of node that a cell can write, each on a path that matters to the output.
struct EveryOperation: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "m": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let n = hiddenSize
    let z = w.linear("ih", x, 5 * n) + w.linear("hh", s.h, 5 * n)
    let p = z.parts(["a", "b", "c", "d", "e"])
    let positive = exp(p[0]) + 0.5
    let ratio = p[1] / (1 + p[2] * p[2]) - log(positive)
    let bounded = min(max(ratio, -2), p[3]) + max(p[4], s.m) + min(p[0], 0.25)
    let chosen = select(p[1] < p[2], abs(p[3]), relu(p[4]) - sqrt(positive))
    let moved = p[1].repeated(2) * p[2].tiled(2)
    let grouped = 0.25 * (moved.sum(groups: n) + moved.maximum(groups: n) + sin(p[0]) * cos(p[3]))
    let source = w.memory("source", n)
    let found = sumOverMemory(softmaxOverMemory(source * s.h) * source)
    let gate = sigmoid(p[2]) * softplus(bounded) + tanh(chosen) + grouped + found
    let spread = gate - gate.mean() + (p[3] * w.vector("v", n)).sum() - p[4].maximum()
    s.m = 0.5 * s.m + -gate
    s.h = tanh(concatenate(spread, gate * p[0])[n / 2..<n / 2 + n]) + 0.1 * (0.2 < x[0..<1])
    return select(s.h < 0.1, s.h * 2, s.m)[0..<max(1, n - 1)]
  }
}

/// A softmax over the features: a row maximum, a row sum, and operations between and after them.
struct SoftmaxGate: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize)
    let e = exp(z - z.maximum())
    s.h = e / e.sum() * s.h + tanh(z)
    return s.h
  }
}
