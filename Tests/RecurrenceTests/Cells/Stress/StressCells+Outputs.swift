import RondoNN
import RondoRecurrence
import RondoTestSupport

struct OutputSlice: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.h = tanh(w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize))
    return s.h[1..<3]
  }
}

/// What the loop computes beside a part of what follows it.
struct OutputConcatenation: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.h = tanh(w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize))
    return concatenate(s.h, w.linear("out", s.h, 5)[1..<4], x)
  }
}

struct OutputIsInput: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.h = tanh(w.linear("ih", x, hiddenSize) + s.h)
    return x
  }
}

struct OutputIsParameter: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.h = tanh(w.linear("ih", x, hiddenSize) + s.h)
    return w.vector("answer", 2)
  }
}
