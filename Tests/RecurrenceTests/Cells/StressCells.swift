import RondoNN
import RondoRecurrence
import RondoTestSupport

// Cells that no library needs and every engine must run: each has in it something that planning could get wrong.

enum StressCells {
  static let all: [CellConformance] = ofEveryStep + MemoryCells.all

  private static let ofEveryStep: [CellConformance] = [
    CellConformance("layer-norm LSTM", LayerNormLSTM(hiddenSize: 5)),
    CellConformance("layer-norm LSTM, hidden size 1", LayerNormLSTM(hiddenSize: 1)),
    CellConformance("every operation", EveryOperation(hiddenSize: 4)),
    CellConformance(
      "every operation, hidden size 1, input size 1", EveryOperation(hiddenSize: 1), inputSize: 1),
    CellConformance("softmax gate", SoftmaxGate(hiddenSize: 5)),
    CellConformance("softmax gate, hidden size 1", SoftmaxGate(hiddenSize: 1)),
    CellConformance("stack in one cell", StackInOneCell(lower: 5, upper: 4)),
    CellConformance("swapped states", SwappedStates(hiddenSize: 4)),
    CellConformance("rotated states", RotatedStates()),
    CellConformance("token shift", TokenShift(hiddenSize: 4)),
    CellConformance("token shift, input size 1", TokenShift(hiddenSize: 4, inputSize: 1), inputSize: 1),
    CellConformance("delayed activation", DelayedActivation(hiddenSize: 4)),
    CellConformance("chain of delays", ChainOfDelays(hiddenSize: 4)),
    CellConformance("delay read by a loop", DelayReadByLoop(hiddenSize: 4)),
    CellConformance("delayed output", DelayedOutput(hiddenSize: 4)),
    CellConformance("unassigned state", UnassignedState(hiddenSize: 4)),
    CellConformance("state nobody reads", StateNobodyReads(hiddenSize: 4)),
    CellConformance("output is a slice", OutputSlice(hiddenSize: 4)),
    CellConformance("output is a concatenation", OutputConcatenation(hiddenSize: 4)),
    CellConformance("output is the input", OutputIsInput(hiddenSize: 4)),
    CellConformance("output is a parameter", OutputIsParameter(hiddenSize: 4)),
    CellConformance("slices of states", SlicesOfStates()),
    CellConformance("overlapping slices", OverlappingSlices(hiddenSize: 4)),
    CellConformance("sum of overlapping slices", SumOfOverlappingSlices(hiddenSize: 18)),
    CellConformance("nested concatenations", NestedConcatenations(hiddenSize: 4)),
    CellConformance("sums side by side", SumsSideBySide(hiddenSize: 4)),
    CellConformance("sum of a product", SumOfProduct(hiddenSize: 4)),
    CellConformance("sum of a concatenation", SumOfConcatenation(hiddenSize: 4)),
    CellConformance("sum of parameters", SumOfParameters(hiddenSize: 4)),
    CellConformance("peephole LSTM", PeepholeLSTM(hiddenSize: 5)),
    CellConformance("peephole LSTM, hidden size 1, input size 1", PeepholeLSTM(hiddenSize: 1), inputSize: 1),
    CellConformance("projected LSTM", ProjectedLSTM(hiddenSize: 5, outputSize: 2)),
    CellConformance("gated weights", GatedWeights(hiddenSize: 4)),
    CellConformance("gated weights without a loop", GatedWeights(hiddenSize: 4, isRecurrent: false)),
    CellConformance("normalised weights", NormalisedWeights(hiddenSize: 4)),
    CellConformance(
      "normalised weights without a loop", NormalisedWeights(hiddenSize: 4, isRecurrent: false)),
    CellConformance("weights of vectors", WeightsOfVectors(hiddenSize: 4)),
    CellConformance("product of a vector", ProductOfVector(hiddenSize: 4)),
    CellConformance("bias of width 1", BiasOfWidth1(hiddenSize: 4)),
    CellConformance("matrix of one row", MatrixOfOneRow(hiddenSize: 4)),
    CellConformance("minGRU", MinGRU(hiddenSize: 4)),
    CellConformance("minGRU, input size 1", MinGRU(hiddenSize: 4), inputSize: 1),
    CellConformance("minGRU with recurrent products", MinGRU(hiddenSize: 4, isRecurrent: true)),
    CellConformance("masks that are rows and weights", MasksAsRows(hiddenSize: 4)),
    CellConformance("weight of repeated columns", WeightOfRepeatedColumns(hiddenSize: 4)),
    CellConformance("tied parameters", TiedParameters(hiddenSize: 4)),
    CellConformance("linear recurrence", LinearRecurrence(hiddenSize: 4)),
    CellConformance("linear recurrence as output", LinearRecurrence(hiddenSize: 4, isOutput: true)),
    CellConformance("a state that is a product", ProductState(hiddenSize: 4)),
    CellConformance("moving average without parameters", MovingAverage(hiddenSize: 3)),
    CellConformance("counter", Counter()),
    CellConformance("state set to a parameter", StateSetToParameter(hiddenSize: 4)),
    CellConformance("two loops side by side", TwoLoopsSideBySide(hiddenSize: 4)),
    CellConformance("three loops in a chain", ThreeLoopsInAChain(hiddenSize: 4)),
    CellConformance("sLSTM", StabilisedLSTM(hiddenSize: 4)),
    CellConformance("LSTM, hidden size 1, input size 1", LSTM(hiddenSize: 1), inputSize: 1),
    CellConformance("GRU, hidden size 1", GRU(hiddenSize: 1)),
    CellConformance(
      "GRU with the reset before, input size 1", GRU(hiddenSize: 4, reset: .before), inputSize: 1),
  ]
}

// MARK: Reductions

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

// MARK: Schedules

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

// MARK: States

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

// MARK: Outputs

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

// MARK: Addressing

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

// MARK: Parameters

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
