import Rondo

/// The speed of the cell that this package defines beside the built-in one: forward and backward, run in turn.
///
/// - Returns: The ratio of the built-in cell's time to this one's: the median of the alternations.
func speedOfMyLSTM(hiddenSize: Int = 256, batch: Int = 32, length: Int = 35, alternations: Int = 20) -> Double
{
  let mine = Pass(MyLSTM(hiddenSize: hiddenSize), batch: batch, length: length)
  let builtIn = Pass(LSTM(hiddenSize: hiddenSize), batch: batch, length: length)
  for pass in [mine, builtIn] { for _ in 0..<3 { pass.run() } }
  let ratios = (0..<alternations).map { _ in builtIn.seconds() / mine.seconds() }.sorted()
  return (ratios[(alternations - 1) / 2] + ratios[alternations / 2]) / 2
}

/// One pass forward and backward over random sequences.
private struct Pass {
  private let rnn: Recurrence
  private let weights: ParameterStore
  private let layout: SequenceLayout
  private let x: Tensor

  init(_ cell: some Cell, batch: Int, length: Int) {
    let builder = Builder(seed: 1)
    rnn = Recurrence(builder, cell, inputSize: 256)
    weights = builder.finish()
    layout = SequenceLayout(uniform: length, count: batch)
    let random = RandomSource(seed: 2)
    x = Tensor(
      [layout.rowCount, 256],
      (0..<layout.rowCount * 256).map { random.uniform(stream: 0, position: UInt64($0)) - 0.5 })
  }

  func run() {
    let tape = Tape(weights, training: true)
    _ = tape.backward(from: sum(rnn(tape.leaf(x), layout).output))
  }

  /// The time of five passes.
  func seconds() -> Double {
    let stopwatch = Stopwatch()
    for _ in 0..<5 { run() }
    return stopwatch.seconds
  }
}
