import RondoNN
import RondoRecurrence
import RondoTestSupport

/// An LSTM that feeds a GRU inside one step.
struct StackInOneCell: Cell {
  let lower: Int
  let upper: Int
  var states: StateShapes { ["h": lower, "c": lower, "u": upper] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let gates = w.linear("ih_l0", x, 4 * lower) + w.linear("hh_l0", s.h, 4 * lower)
    let (i, f, g, o) = gates.split("i", "f", "g", "o")
    s.c = sigmoid(f) * s.c + sigmoid(i) * tanh(g)
    s.h = sigmoid(o) * tanh(s.c)
    let (xr, xz, xn) = w.linear("ih_l1", s.h, 3 * upper).split("xr", "xz", "xn")
    let (hr, hz, hn) = w.linear("hh_l1", s.u, 3 * upper).split("hr", "hz", "hn")
    let z = sigmoid(xz + hz)
    let n = tanh(xn + sigmoid(xr + hr) * hn)
    s.u = (1 - z) * n + z * s.u
    return s.u
  }
}

/// The input of the step before mixed into this one's; the state is only a delay, so nothing needs a loop.
struct TokenShift: Cell {
  let hiddenSize: Int
  var inputSize = 3
  var states: StateShapes { ["p": inputSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let mix = sigmoid(w.vector("mix", inputSize))
    let mixed = mix * x + (1 - mix) * s.p
    s.p = x
    return relu(w.linear("ih", mixed, hiddenSize))
  }
}

/// A delay of something computed, read by a product and elementwise.
struct DelayedActivation: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["p": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let a = tanh(w.linear("ih", x, hiddenSize))
    let y = a * s.p + w.linear("ph", s.p, hiddenSize)
    s.p = a
    return y
  }
}

/// Delays of one, two and three steps.
struct ChainOfDelays: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["a": hiddenSize, "b": hiddenSize, "c": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.c = s.b
    s.b = s.a
    s.a = sigmoid(w.linear("ih", x, hiddenSize))
    return s.a * s.b + w.linear("ch", s.c, hiddenSize)
  }
}

/// A delay of the input that only the loop reads, once as it is and once in a product.
struct DelayReadByLoop: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "p": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let drive = w.linear("ih", x, hiddenSize)
    s.h = tanh(w.linear("hh", s.h, hiddenSize) + w.linear("ph", s.p, hiddenSize) + s.p)
    s.p = drive
    return s.h
  }
}

/// A state that holds the loop's value of one step ago and is read outside of the loop only.
struct DelayedOutput: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "old": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.h = tanh(w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize))
    let y = s.old * s.h
    s.old = s.h
    return y
  }
}

struct TwoLoopsSideBySide: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["a": hiddenSize, "b": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.a = tanh(w.linear("ia", x, hiddenSize) + w.linear("aa", s.a, hiddenSize))
    s.b = sigmoid(w.linear("ib", x, hiddenSize) + s.b)
    return s.a * s.b
  }
}

/// Each loop feeds the next, through a product, elementwise, and by its value of one step ago.
struct ThreeLoopsInAChain: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["a": hiddenSize, "b": hiddenSize, "c": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let before = s.b
    s.a = tanh(w.linear("ia", x, hiddenSize) + w.linear("aa", s.a, hiddenSize))
    s.b = tanh(w.linear("ab", s.a, hiddenSize) + 0.5 * s.b)
    s.c = tanh(s.b * before + w.linear("bc", before, hiddenSize) + w.linear("cc", s.c, hiddenSize))
    return concatenate(s.c, before)
  }
}
