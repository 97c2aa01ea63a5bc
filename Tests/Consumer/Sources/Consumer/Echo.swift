import Rondo

/// A model that learns to say again what it heard three steps ago.
struct EchoModel {
  let rnn: Recurrence
  let output: Linear

  init(_ builder: Builder, _ cell: some Cell) {
    rnn = Recurrence(builder / "rnn", cell, inputSize: 1)
    output = Linear(builder / "output", inputSize: rnn.outputSize, outputSize: 1)
  }

  /// The mean squared error over sequences of random numbers, and the outputs of the recurrence.
  func loss(_ tape: Tape, step: Int) -> Variable {
    // Ragged on purpose: nothing is padded and nothing is masked.
    let layout = SequenceLayout([12, 9, 9, 4, 0, 1, 12, 7])
    let source = RandomSource(seed: 7)
    let stream = RandomSource.stream("echo.\(step)")
    var x = [Float](repeating: 0, count: layout.rowCount)
    var y = x
    for place in 0..<layout.sequenceCount {
      for time in 0..<layout.lengths[layout.order[place]] {
        let row = layout.row(place: place, time: time)
        x[row] = 2 * source.uniform(stream: stream, position: UInt64(row)) - 1
        y[row] = time >= 3 ? x[layout.row(place: place, time: time - 3)] : 0
      }
    }
    let (rows, _) = rnn(tape.constant(Tensor([layout.rowCount, 1], x)), layout)
    return meanSquaredError(output(rows), tape.constant(Tensor([layout.rowCount, 1], y)))
  }
}

/// Its training, as the trainer sees it.
final class EchoProgram: TrainingProgram {
  let model: EchoModel
  var carried: [Tensor] = []
  let stepsPerEpoch = 100
  let unitsPerStep = 8
  let validationUnits = 0
  let unitName = "sequence"
  let lossUnit = "squared error"

  init(_ model: EchoModel) { self.model = model }

  func step(_ step: Int, _ parameters: ParameterStore, into gradients: inout Gradients) -> StepResult {
    let tape = Tape(parameters, training: true, pass: UInt64(step))
    let loss = model.loss(tape, step: step)
    tape.backward(from: loss, into: &gradients)
    return StepResult(loss: Double(loss.value.scalar), units: unitsPerStep)
  }

  func validate(_ parameters: ParameterStore, atMost units: Int) -> Double { .nan }
}
