import Rondo

/// The LSTM's equations, typed as a user would type those of a cell that Rondo does not have.
struct MyLSTM: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "c": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (i, f, g, o) = z.split("i", "f", "g", "o")
    s.c = sigmoid(f) * s.c + sigmoid(i) * tanh(g)
    s.h = sigmoid(o) * tanh(s.c)
    return s.h
  }
}
