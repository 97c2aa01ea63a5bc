import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct SessionTests {
  static let cells: [any Cell] = [
    Elman(hiddenSize: 19), LSTM(hiddenSize: 19), GRU(hiddenSize: 19), GRU(hiddenSize: 19, reset: .before),
    StackInOneCell(lower: 7, upper: 19), DelayedOutput(hiddenSize: 19),
  ]
  private static let inputSize = 7

  private static func stack(
    _ cell: some Cell, layers: Int = 2, reverse: Bool = false
  ) -> ([Recurrence], ParameterStore) {
    let builder = Builder(seed: 3)
    var result: [Recurrence] = []
    for layer in 0..<layers {
      result.append(
        Recurrence(
          builder / "rnn", cell, inputSize: result.last?.outputSize ?? inputSize, layer: layer,
          reverse: reverse))
    }
    return (result, builder.finish())
  }

  private func rows(_ count: Int) -> [Float] {
    var random = RandomNumbers(seed: 9)
    return random.next(count * Self.inputSize)
  }

  // MARK: Steps

  @Test(arguments: cells.indices, [1, 3])
  func stepsGiveTheBitsOfTheWholeSequence(_ index: Int, streams: Int) {
    let (layers, weights) = Self.stack(Self.cells[index])
    let steps = 11
    let layout = SequenceLayout(uniform: steps, count: streams)
    let x = rows(steps * streams)
    let tape = Tape(weights, training: false)
    var y = tape.constant(Tensor([steps * streams, Self.inputSize], x))
    var final: [[Float]] = []
    for layer in layers {
      let results = layer(y, layout)
      y = results.output
      final += results.final.map(\.value.values)
    }
    let session = Session(layers, weights, streams: streams)
    let width = streams * Self.inputSize
    let stepped = (0..<steps).flatMap { session.step(Array(x[$0 * width..<($0 + 1) * width])) }
    #expect(stepped == y.value.values)
    let states = layers.indices.flatMap { layer in
      layers[layer].states.map { state in
        (0..<streams).flatMap { session.state(state.name, layer: layer, stream: $0) }
      }
    }
    #expect(states == final)
  }

  @Test func bothWaysToStepAreOne() {
    let (layers, weights) = Self.stack(LSTM(hiddenSize: 19))
    let (arrays, pointers) = (Session(layers, weights, streams: 2), Session(layers, weights, streams: 2))
    var y = [Float](repeating: 0, count: 2 * 19)
    for _ in 0..<3 {
      let x = rows(2)
      x.withUnsafeBufferPointer { x in
        y.withUnsafeMutableBufferPointer { pointers.step(x.baseAddress!, into: $0.baseAddress!) }
      }
      #expect(arrays.step(x) == y)
    }
  }

  /// A session serves the weights that it was opened with.
  @Test func trainingGoesOnBesideASession() {
    var (layers, weights) = Self.stack(GRU(hiddenSize: 19))
    let session = Session(layers, weights)
    let before = session.step(rows(1))
    session.reset()
    weights.withUnsafeMutableValues { values in for index in values.indices { values[index] = 0 } }
    #expect(session.step(rows(1)) == before)
    layers = []
    session.reset()
    #expect(session.step(rows(1)) == before)
  }

  // MARK: States

  @Test(arguments: cells.indices)
  func snapshotsComeBack(_ index: Int) {
    let (layers, weights) = Self.stack(Self.cells[index])
    let session = Session(layers, weights, streams: 2)
    let x = rows(2)
    for _ in 0..<3 { _ = session.step(x) }
    let snapshot = session.snapshot()
    let next = [session.step(x), session.step(x)]
    #expect(next[0] != next[1])
    #expect(session.snapshot() != snapshot)
    session.restore(snapshot)
    #expect([session.step(x), session.step(x)] == next)
  }

  @Test(arguments: cells.indices)
  func aResetStreamBeginsAnew(_ index: Int) {
    let (layers, weights) = Self.stack(Self.cells[index])
    let session = Session(layers, weights, streams: 2)
    let x = rows(2)
    let first = [session.step(x), session.step(x), session.step(x)]
    session.reset(stream: 0)
    let after = session.step(x)
    let width = session.outputSize
    #expect(Array(after[..<width]) == Array(first[0][..<width]))
    #expect(Array(after[width...]) != Array(first[0][width...]))
    session.reset()
    #expect([session.step(x), session.step(x), session.step(x)] == first)
  }

  /// As a beam search picks them: some streams twice, others not at all.
  @Test(arguments: cells.indices)
  func reorderedStreamsGoOnFromTheirSources(_ index: Int) {
    let (layers, weights) = Self.stack(Self.cells[index])
    let session = Session(layers, weights, streams: 3)
    for _ in 0..<2 { _ = session.step(rows(3)) }
    let snapshot = session.snapshot()
    // The same input for every stream, so that only their states differ.
    let x = Array(repeating: rows(1), count: 3).flatMap { $0 }
    let y = session.step(x)
    session.restore(snapshot)
    session.reorder([2, 2, 0])
    let width = session.outputSize
    let expected: [Float] = [2, 2, 0].flatMap { (source: Int) in y[source * width..<(source + 1) * width] }
    #expect(session.step(x) == expected)
  }

  /// Two products of one step, of which the second overwrites what the first reads: threads must not run them side by side.
  @Test func threadsDoNotOverwriteWhatOthersRead() {
    let cell = Equations(["g": 320, "h": 320]) { x, s, w in
      let next = tanh(w.linear("gh", s.h, 320) + x.sum())
      s.h = w.linear("hg", s.g, 320)
      s.g = next
      return s.g
    }
    let (layers, weights) = Self.stack(cell, layers: 1)
    let width = layers[0].inputSize
    func steps(_ threads: Int) -> [[Float]] {
      Parallel.withThreads(threads) {
        let session = Session(layers, weights, streams: 8)
        return (0..<60).map { step in
          session.step((0..<8 * width).map { Float(($0 + step) % 7) * 0.1 - 0.3 })
        }
      }
    }
    let alone = steps(1)
    for _ in 0..<5 { #expect(steps(2) == alone) }
  }

  // MARK: Misuse

  @Test func whatCannotStepTraps() async throws {
    let reversed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (layers, weights) = SessionTests.stack(LSTM(hiddenSize: 19), layers: 1, reverse: true)
      _ = Session(layers, weights)
    }
    #expect(try #require(reversed).says("Session: a reverse direction cannot step"))
    let gap = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (layers, weights) = SessionTests.stack(LSTM(hiddenSize: 19))
      _ = Session(layers.reversed(), weights)
    }
    #expect(
      try #require(gap).says("Session: a layer of input size 7 above one of output size 19"))
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Session([], SessionTests.stack(LSTM(hiddenSize: 19)).1)
    }
    #expect(try #require(empty).says("Session: no layers"))
  }

  @Test func wrongSizesTrap() async throws {
    let values = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (layers, weights) = SessionTests.stack(LSTM(hiddenSize: 19))
      _ = Session(layers, weights, streams: 2).step([1, 2, 3])
    }
    #expect(try #require(values).says("Session.step: 3 values for 2 streams of input size 7"))
    let stream = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (layers, weights) = SessionTests.stack(LSTM(hiddenSize: 19))
      Session(layers, weights, streams: 2).reset(stream: 2)
    }
    #expect(try #require(stream).says("Session: stream 2 of 2"))
    let state = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (layers, weights) = SessionTests.stack(LSTM(hiddenSize: 19))
      _ = Session(layers, weights).state("m")
    }
    #expect(try #require(state).says("Session: no state named m in [h, c]"))
    let snapshot = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (layers, weights) = SessionTests.stack(LSTM(hiddenSize: 19))
      Session(layers, weights, streams: 2).restore(Session(layers, weights, streams: 4).snapshot())
    }
    #expect(try #require(snapshot).says("Session.restore: a snapshot of"))
  }
}
