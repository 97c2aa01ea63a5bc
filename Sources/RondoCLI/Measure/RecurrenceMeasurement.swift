import RondoCore
import RondoRecurrence
import RondoTraining

/// Times one recurrence over a batch of sequences: forward alone, and forward and backward with the gradients of the input
/// and of all weights.
struct RecurrenceMeasurement {
  private let recurrence: Recurrence
  private let weights: ParameterStore
  private let layout: SequenceLayout
  private let input: Tensor
  private(set) var forwardSeconds: [Double] = []
  private(set) var trainSeconds: [Double] = []

  init(_ cell: any Cell, lengths: [Int], inputSize: Int) {
    let builder = Builder(seed: 1)
    recurrence = Recurrence(builder, cell, inputSize: inputSize)
    weights = builder.finish()
    layout = SequenceLayout(lengths)
    input = Self.noise([layout.rowCount, inputSize])
  }

  /// Measures forward for at least so long, then forward and backward for twice as long; each at least twice.
  mutating func round(seconds: Double) {
    repeatedly(seconds, &forwardSeconds, forward)
    repeatedly(2 * seconds, &trainSeconds, train)
  }

  /// One pass of each that is not counted.
  func warmUp() {
    forward()
    train()
  }

  private func repeatedly(_ seconds: Double, _ times: inout [Double], _ body: () -> Void) {
    let whole = Stopwatch()
    var count = 0
    while count < 2 || whole.seconds < seconds {
      let stopwatch = Stopwatch()
      body()
      times.append(stopwatch.seconds)
      count += 1
    }
  }

  private func forward() {
    let tape = Tape(weights, training: false)
    _ = recurrence(tape.constant(input), layout)
  }

  private func train() {
    let tape = Tape(weights, training: true)
    let (output, _) = recurrence(tape.leaf(input), layout)
    _ = tape.backward(from: sum(output))
  }

  static func noise(_ shape: [Int]) -> Tensor {
    let random = RandomSource(seed: 1)
    return Tensor(
      shape, (0..<shape.reduce(1, *)).map { 2 * random.uniform(stream: 0, position: UInt64($0)) - 1 })
  }
}
