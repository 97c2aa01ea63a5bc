import RondoNN
import RondoRecurrence
import RondoTestSupport

/// Gates that see the cell state: Gers and Schmidhuber, 2000, DOI 10.1109/IJCNN.2000.861302.
struct PeepholeLSTM: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "c": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (i, f, g, o) = z.split("i", "f", "g", "o")
    let (pi, pf) = (w.vector("peephole_i", hiddenSize), w.vector("peephole_f", hiddenSize))
    s.c = sigmoid(f + pf * s.c) * s.c + sigmoid(i + pi * s.c) * tanh(g)
    s.h = sigmoid(o + w.vector("peephole_o", hiddenSize) * s.c) * tanh(s.c)
    return s.h
  }
}

/// A hidden state that is a projection: Sak, Senior and Beaufays, 2014, arXiv 1402.1128; with a second one that the output alone reads.
struct ProjectedLSTM: Cell {
  let hiddenSize: Int
  let outputSize: Int
  var states: StateShapes { ["h": outputSize, "c": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let z = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (i, f, g, o) = z.split("i", "f", "g", "o")
    s.c = sigmoid(f) * s.c + sigmoid(i) * tanh(g)
    let m = sigmoid(o) * tanh(s.c)
    s.h = w.linear("hr", m, outputSize, bias: false)
    return concatenate(s.h, w.linear("out", m, outputSize + 1))
  }
}

/// Every entry of a weight times a gate of its column: a weight that is computed of two parameters.
struct GatedWeights: Cell {
  let hiddenSize: Int
  var isRecurrent = true
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let width = isRecurrent ? hiddenSize : x.width
    let weight = w.parameter("weight", [hiddenSize, width]) * sigmoid(w.vector("gate", width))
    if isRecurrent {
      s.h = tanh(w.linear("ih", x, hiddenSize) + w.product(s.h, weight))
      return s.h
    }
    let before = s.h
    s.h = w.product(x, weight) + w.vector("bias", hiddenSize)
    return before * s.h
  }
}

/// Rows of length 1 times a parameter: Salimans and Kingma, 2016, arXiv 1602.07868.
struct NormalisedWeights: Cell {
  let hiddenSize: Int
  var isRecurrent = true
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    func normalised(_ name: String, _ shape: [Int]) -> Term {
      let v = w.parameter(name, shape)
      return v * w.parameter("gain_" + name, [shape[0], 1]) / sqrt((v * v).sum())
    }
    let drive = w.product(x, normalised("ih", [hiddenSize, x.width]))
    if isRecurrent {
      s.h = tanh(drive + w.product(s.h, normalised("hh", [hiddenSize, hiddenSize])))
      return s.h
    }
    let before = s.h
    s.h = tanh(drive)
    return w.product(before, normalised("hh", [3, hiddenSize]))
  }
}

/// A weight of rank 1 that is the sum of a column and a row; its product is read by a loop and by the output.
struct WeightsOfVectors: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let weight = tanh(w.parameter("column", [hiddenSize, 1]) * w.vector("row", hiddenSize)) + 0.25
    s.h = tanh(w.linear("ih", x, hiddenSize) + w.product(s.h, weight))
    return w.product(s.h, weight * weight) + w.product(exp(s.h), weight)
  }
}

/// A product of parameters with parameters, in a sum of products.
struct ProductOfVector: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let code = w.vector("code", 2)
    let z = w.linear("ih", x, hiddenSize) + w.linear("vh", code, hiddenSize) + w.linear("hh", s.h, hiddenSize)
    s.h = tanh(z)
    return s.h * sigmoid(w.linear("vo", tanh(code), hiddenSize))
  }
}

struct BiasOfWidth1: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let bias = w.vector("bias", 1)
    s.h = tanh(w.linear("ih", x, hiddenSize, bias: false) + bias + w.linear("hh", s.h, hiddenSize))
    return w.linear("out", s.h, 3, bias: false) + bias
  }
}

/// A weight of one output, also used as an ordinary row.
struct MatrixOfOneRow: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let row = w.parameter("row", [1, hiddenSize])
    s.h = tanh(w.linear("ih", x, hiddenSize) + s.h * row)
    return s.h * w.product(s.h, row)
  }
}

struct TiedParameters: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "g": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let drive = w.linear("ih", x, hiddenSize)
    s.h = tanh(drive + w.linear("hh", s.h, hiddenSize))
    s.g = tanh(w.linear("ih", x * x, hiddenSize) + w.linear("hh", s.g + s.h, hiddenSize))
    return s.g * w.vector("bias_hh", hiddenSize) + s.h
  }
}

/// Minimal gated units: Feng et al., 2024, arXiv 2410.01201, without recurrent products; with them, Zhou et al., 2016, arXiv 1603.09420.
struct MinGRU: Cell {
  let hiddenSize: Int
  var isRecurrent = false
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    var (z, n) = (w.linear("iz", x, hiddenSize), w.linear("in", x, hiddenSize))
    if isRecurrent { z = z + w.linear("hz", s.h, hiddenSize) }
    z = sigmoid(z).named("z")
    if isRecurrent { n = tanh(n + w.linear("hn", z * s.h, hiddenSize)) }
    s.h = (1 - z) * s.h + z * n
    return isRecurrent ? s.h : w.linear("out", s.h, hiddenSize + 1)
  }
}

/// Masks that are no factors of a row beside them: they have columns and rows of their own, while nothing is trained too.
struct MasksAsRows: Cell {
  let hiddenSize: Int
  /// Without them there are parameters in their places.
  var hasMasks = true
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    func mask(_ name: String, _ width: Int, perSequence: Bool = false) -> Term {
      hasMasks
        ? w.mask(name, width, probability: 0.4, perSequence: perSequence) : w.vector(name, width)
    }
    let noise = mask("noise", 2)
    let own = mask("own", 4, perSequence: true)
    let square = w.parameter("square", [hiddenSize, hiddenSize])
    let rows =
      hasMasks
      ? w.mask("rows", for: square, probability: 0.4) : w.parameter("rows", [hiddenSize, hiddenSize])
    // A row of parameters becomes a matrix by its mask.
    let vector = w.parameter("vector", [1, hiddenSize]) * rows
    let z = w.linear("ih", concatenate(x, noise), hiddenSize) + w.linear("own", 2 * own, hiddenSize)
    let recurrent = w.product(s.h, rows) + w.product(s.h, vector) + w.product(s.h, square * rows)
    let single = mask("single", 1)
    s.h = tanh(z * own[1..<2] + 0.3 * recurrent * single + w.linear("parts", own[1..<4], hiddenSize))
    return concatenate(s.h, noise, own.sum() * x)
  }
}

/// A weight that has one column, many times.
struct WeightOfRepeatedColumns: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    func repeated(_ name: String, _ width: Int) -> Term {
      w.parameter(name, [hiddenSize, 1]).repeated(width)
    }
    s.h = tanh(w.product(x, repeated("input", x.width)) + w.product(s.h, repeated("hidden", hiddenSize)))
    return s.h
  }
}

/// Exponential gates with a stabiliser state: Beck et al., 2024, arXiv 2405.04517.
struct StabilisedLSTM: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize, "c": hiddenSize, "n": hiddenSize, "m": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let gates = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
    let (i, f, z, o) = gates.split("i", "f", "z", "o")
    let m = max(f + s.m, i)
    let (input, forget) = (exp(i - m), exp(f + s.m - m))
    s.c = forget * s.c + input * tanh(z)
    s.n = forget * abs(s.n) + input
    s.m = m
    s.h = sigmoid(o) * s.c / (s.n + 0.5)
    return s.h
  }
}
