// A cell of one's own: typed from a paper's equations, trained, and run one step at a time.

import Rondo

/// The minimal gated unit (Zhou et al. 2016, arXiv 1603.09420).
struct MinimalGatedUnit: Cell {
  let hiddenSize: Int
  var states: StateShapes { ["h": hiddenSize] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let f = sigmoid(w.linear("ih_f", x, hiddenSize) + w.linear("hh_f", s.h, hiddenSize)).named("f")
    let n = tanh(w.linear("ih_n", x, hiddenSize) + w.linear("hh_n", f * s.h, hiddenSize)).named("n")
    s.h = (1 - f) * s.h + f * n
    return s.h
  }
}

let builder = Builder(seed: 1)
let rnn = Recurrence(builder / "rnn", MinimalGatedUnit(hiddenSize: 32), inputSize: 1)
let head = Linear(builder / "head", inputSize: 32, outputSize: 1)
var weights = builder.finish()

// Sixteen sequences of twelve numbers; asked for at every step is the sum of the numbers so far.
let layout = SequenceLayout(uniform: 12, count: 16)
let random = RandomSource(seed: 2)
let numbers = (0..<layout.rowCount).map { random.uniform(stream: 0, position: UInt64($0)) - 0.5 }
var sums = numbers
for row in 16..<sums.count { sums[row] += sums[row - 16] }
let (x, target) = (Tensor([layout.rowCount, 1], numbers), Tensor([layout.rowCount, 1], sums))

var optimizer = Adam(for: weights)
for step in 1...400 {
  let tape = Tape(weights, training: true)
  let loss = meanSquaredError(head(rnn(tape.constant(x), layout).output), tape.constant(target))
  optimizer.update(&weights, tape.backward(from: loss), rate: 0.01)
  if step % 100 == 0 { print("step \(step)  loss \(loss.value.scalar)") }
}

let session = Session([rnn], weights)
for number in [0.3, -0.1, 0.4] as [Float] {
  print("after \(number) the sum is about \(head(session.step([number]), weights)[0])")
}
print(rnn.plan)
