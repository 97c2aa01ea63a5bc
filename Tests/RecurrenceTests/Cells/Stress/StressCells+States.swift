import RondoNN
import RondoRecurrence
import RondoTestSupport

struct SwappedStates: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["a": hiddenSize, "b": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (a, b) = (s.a, s.b)
    s.a = b
    s.b = a
    return tanh(w.linear("ih", x, hiddenSize) + a) * b
  }
}

/// States that are put together of parts of the previous ones: every part must be read before any is overwritten.
struct RotatedStates: Cell {
  var states: StateShapes { ["a": 4, "b": 4] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (a, b) = (s.a, s.b)
    s.a = tanh(w.linear("ih", x, 4) + a)
    s.b = concatenate(b[1..<4], a[2..<3])
    return s.a + concatenate(a[3..<4], b[0..<3])
  }
}

struct UnassignedState: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "context": 2] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.h = tanh(
      w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize) + w.linear("ch", s.context, hiddenSize))
    return s.h
  }
}

/// States that are written and never read: a value of the loop, one computed after it, and one before it.
struct StateNobodyReads: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["copy": hiddenSize, "h": hiddenSize, "after": hiddenSize, "before": 2] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.h = tanh(w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize))
    s.copy = s.h
    s.after = exp(s.h)
    s.before = x[0..<2]
    return s.h
  }
}

/// Parts of states in products and sums, and a state of which only a part is read.
struct SlicesOfStates: Cell {
  var states: StateShapes { ["a": 6, "b": 3] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 6) + w.linear("ah", s.a[1..<5], 6) + w.linear("bh", s.b[1..<3], 6)
    let y = tanh(z[0..<3] + s.a[3..<6])
    s.a = concatenate(z[3..<6], y)
    s.b = y * s.b
    return s.a[2..<5]
  }
}

/// An accumulator without input: its gradient with respect to x is zero.
struct Counter: Cell {
  var states: StateShapes { ["n": 1, "square": 1] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.n = s.n + 1
    s.square = s.square + s.n * s.n
    return s.square * w.vector("scale", 2)
  }
}

struct StateSetToParameter: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "k": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let h = tanh(w.linear("ih", x, hiddenSize) + s.h * s.k)
    s.h = w.vector("target", hiddenSize)
    s.k = tanh(w.vector("other", hiddenSize)) * s.h
    return h
  }
}

struct MovingAverage: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    s.h = 0.75 * s.h + 0.25 * x
    return s.h
  }
}

/// The state is a product and nothing else.
struct LinearRecurrence: Cell {
  let hiddenSize: Int
  var isOutput = false
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let before = s.h
    s.h = w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize, bias: false)
    return isOutput ? s.h : tanh(before)
  }
}

/// The next step sees nothing but a product of what this one computed.
struct ProductState: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": 2] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let y = tanh(w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize))
    s.h = w.linear("hr", y, 2)
    return y
  }
}
