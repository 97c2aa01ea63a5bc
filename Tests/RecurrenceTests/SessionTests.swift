import RondoCore
import RondoNN
import RondoRecurrence
import Testing

@Suite struct SessionTests {
  static let cells: [any Cell] = [
    Elman(hiddenSize: 19), LSTM(hiddenSize: 19), GRU(hiddenSize: 19), GRU(hiddenSize: 19, reset: .before),
  ]

  private func stack(_ cell: some Cell, layers: Int = 2) -> ([Recurrence], ParameterStore) {
    let builder = Builder(seed: 3)
    var result: [Recurrence] = []
    for layer in 0..<layers {
      result.append(
        Recurrence(builder / "rnn", cell, inputSize: result.last?.outputSize ?? 7, layer: layer))
    }
    return (result, builder.finish())
  }

  private func rows(_ count: Int, _ width: Int) -> [Float] {
    (0..<count * width).map { RandomSource(seed: 9).uniform(stream: 1, position: UInt64($0)) - 0.5 }
  }

  @Test(arguments: cells.indices)
  func aStepEqualsTheWholeSequence(_ index: Int) {
    let (layers, weights) = stack(Self.cells[index])
    let (steps, streams) = (11, 3)
    let layout = SequenceLayout(uniform: steps, count: streams)
    let x = rows(steps * streams, 7)
    let tape = Tape(weights, training: false)
    var y = tape.constant(Tensor([steps * streams, 7], x))
    for layer in layers { y = layer(y, layout).output }
    let session = Session(layers, weights, streams: streams)
    var stepped: [Float] = []
    for step in 0..<steps {
      stepped += session.step(Array(x[step * streams * 7..<(step + 1) * streams * 7]))
    }
    #expect(stepped == y.value.values)
  }

  @Test func snapshotsComeBack() {
    let (layers, weights) = stack(LSTM(hiddenSize: 19))
    let session = Session(layers, weights, streams: 2)
    let x = rows(2, 7)
    _ = session.step(x)
    let snapshot = session.snapshot()
    let next = session.step(x)
    #expect(session.step(x) != next)
    session.restore(snapshot)
    #expect(session.step(x) == next)
    session.reset()
    #expect(session.snapshot() != snapshot)
    #expect(session.state("h") == Array(repeating: 0, count: 19))
  }

  @Test func reorderedStreamsGoOnFromTheirSources() {
    let (layers, weights) = stack(GRU(hiddenSize: 19))
    let session = Session(layers, weights, streams: 3)
    _ = session.step(rows(3, 7))
    let before = (0..<3).map { session.state("h", layer: 1, stream: $0) }
    session.reorder([2, 2, 0])
    #expect((0..<3).map { session.state("h", layer: 1, stream: $0) } == [before[2], before[2], before[0]])
  }
}
