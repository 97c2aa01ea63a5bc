import RondoNN
import RondoRecurrence
import RondoTestSupport

struct OverlappingSlices: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, hiddenSize + 3) + w.linear("hh", s.h, hiddenSize + 3)
    s.h = tanh(z[0..<hiddenSize] * z[2..<hiddenSize + 2])
    return s.h + z[2..<hiddenSize + 2]
  }
}

/// A value that is kept could take the place of one of its operands, but the other one has columns in common with it.
struct SumOfOverlappingSlices: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, hiddenSize + 2) + w.linear("hh", s.h, hiddenSize + 2)
    let a = z[0..<hiddenSize] + z[2..<hiddenSize + 2]
    s.h = tanh(0.2 * w.linear("out", a, hiddenSize))
    return s.h
  }
}

/// Concatenations in concatenations, forward, and backward (the parts of a sum of parts).
struct NestedConcatenations: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (left, right) = z.split("left", "right")
    let (a, b) = (left + w.vector("shift", 2 * hiddenSize)).split("a", "b")
    let (c, d) = (right * 2).split("c", "d")
    s.h = tanh(a) * sigmoid(b) + tanh(c + d)
    let inner = concatenate(sigmoid(c), s.h)
    return tanh(concatenate(concatenate(inner, a), concatenate(inner, d[0..<1])))
  }
}

/// Values of width 1 side by side, computed and read in one program, and as the input of a product.
struct SumsSideBySide: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "total": 1] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = tanh(w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize))
    let sums = concatenate(z.sum(), z.maximum(), (z * z).mean(), s.total)
    s.h = z * tanh(sums).sum() / 4
    s.total = z.sum()
    return concatenate(w.linear("out", sums, 2), sigmoid(sums))
  }
}

struct SumOfProduct: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let energy = w.linear("eh", s.h, hiddenSize).sum() + (s.h + w.vector("shift", hiddenSize)).sum()
    s.h = tanh(w.linear("ih", x, hiddenSize) + energy)
    return w.linear("ex", x, 5).mean() * s.h
  }
}

struct SumOfConcatenation: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let a = w.linear("ih", x, hiddenSize) + w.linear("hh", s.h, hiddenSize)
    s.h = tanh(a * concatenate(exp(-a * a), s.h[0..<2], x).sum())
    return s.h
  }
}

struct SumOfParameters: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (a, b) = (w.vector("a", 3), w.vector("b", 2))
    let joined = concatenate(a, b)
    s.h = tanh(w.linear("ih", x, hiddenSize) * a.sum() + s.h * b.maximum() + (joined * joined).sum())
    return w.linear("out", s.h, 5) + joined
  }
}
