import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// What users give to cells that read memories, on a tape and in sessions.
@Suite struct MemoryTests {
  private static func decoder() -> (Recurrence, ParameterStore) {
    let builder = Builder(seed: 3)
    let cell = GRU(hiddenSize: 6).attending(to: "source", memorySize: 4, attentionSize: 5)
    let rnn = Recurrence(builder / "rnn", cell, inputSize: 3)
    return (rnn, builder.finish())
  }

  private static func memory(_ slots: Int, seed: UInt64) -> Tensor {
    var random = RandomNumbers(seed: seed)
    return Tensor([slots, 4], random.next(slots * 4))
  }

  private static let x: [Float] = [0.5, -1, 0.25]

  /// Long runs without gradients go in windows of steps; the memories stay.
  @Test func windowsChangeNoBit() {
    let (rnn, weights) = Self.decoder()
    let (targets, sources) = (SequenceLayout([900, 700, 0, 900]), SequenceLayout([3, 0, 4, 2]))
    var random = RandomNumbers(seed: 8)
    let rows = Tensor([targets.rowCount, 3], random.next(targets.rowCount * 3))
    let source = Tensor([sources.rowCount, 4], random.next(sources.rowCount * 4))
    func run(records: Bool) -> [Tensor] {
      let tape = Tape(weights, training: false, records: records)
      let memory = Memory(rows: tape.leaf(source), layout: sources)
      let results = rnn(tape.leaf(rows), targets, memories: ["source": memory])
      return [results.output.value] + results.final.map(\.value)
    }
    #expect(run(records: false) == run(records: true))
  }

  @Test func aNewMemoryLeavesTheStates() {
    let (rnn, weights) = Self.decoder()
    let memories = [Self.memory(3, seed: 1), Self.memory(2, seed: 2)]
    let session = Session([rnn], weights, streams: 2, memories: ["source": memories])
    _ = session.step(Self.x + Self.x)
    let state = session.snapshot()
    session.setMemory("source", Self.memory(7, seed: 4), stream: 1)
    #expect(session.snapshot() == state)
    let changed = session.step(Self.x + Self.x)
    session.restore(state)
    session.setMemory("source", memories[1], stream: 1)
    let same = session.step(Self.x + Self.x)
    #expect(changed[..<10] == same[..<10])
    #expect(changed[10...] != same[10...])
    // Another session that begins there gives the same.
    let other = Session(
      [rnn], weights, streams: 2, memories: ["source": [memories[0], Self.memory(7, seed: 4)]])
    other.restore(state)
    #expect(other.step(Self.x + Self.x) == changed)
  }

  /// As a beam search over several strings at once needs it.
  @Test func streamsTakeTheirMemoriesAlong() {
    let (rnn, weights) = Self.decoder()
    let memories = (1...3).map { Self.memory($0, seed: UInt64($0)) }
    let session = Session([rnn], weights, streams: 3, memories: ["source": memories])
    _ = session.step([1, 2, 3, 4, 5, 6, 7, 8, 9])
    let state = session.snapshot()
    let rows = Self.x + Self.x + Self.x
    let y = session.step(rows)
    session.restore(state)
    session.reorder([2, 0, 2])
    let moved = session.step(rows)
    #expect(Array(moved) == [2, 0, 2].flatMap { (source: Int) in y[source * 10..<(source + 1) * 10] })
  }

  /// So do what they read per sequence and their states.
  @Test func streamsTakeTheirInputsAlong() {
    let cell = Equations(["h": 2]) { x, s, w in
      s.h = tanh(x + s.h * w.linear("id", w.perSequence("id", 2), 2))
      return s.h
    }
    let builder = Builder(seed: 3)
    let rnn = Recurrence(builder / "rnn", cell, inputSize: 2)
    let weights = builder.finish()
    func session(_ ids: [[Float]]) -> Session {
      let session = Session([rnn], weights, streams: 3)
      session.setInput("id", ids.flatMap { $0 })
      return session
    }
    let ids: [[Float]] = [[1, 2], [-1, 0.5], [0.25, -2]]
    let (moved, other) = (session(ids), session([2, 2, 0].map { ids[$0] }))
    moved.reorder([2, 2, 0])
    for _ in 0..<3 {
      let x: [Float] = [1, -0.5, 1, -0.5, 1, -0.5]
      #expect(moved.step(x) == other.step(x))
    }
  }

  @Test func memoriesOfABatchAreThoseOfItsSequences() {
    let layout = SequenceLayout([1, 3, 0, 2])
    let values = (0..<12).map { Float($0) }
    let tape = Tape(Builder(seed: 1).finish(), training: false)
    let memory = Memory(rows: tape.constant(Tensor([6, 2], values)), layout: layout)
    // Rows 0, 1, 2 are the first steps of the sequences 1, 3 and 0.
    #expect(memory.sequences.map(\.values) == [[4, 5], [0, 1, 6, 7, 10, 11], [], [2, 3, 8, 9]])
    #expect(memory.sequences[2].shape == [0, 2])
  }

  // MARK: Misuse

  private static func run(_ layout: [Int], _ names: [String]) {
    let (rnn, weights) = Self.decoder()
    let (targets, sources) = (SequenceLayout([2, 1]), SequenceLayout(layout))
    let tape = Tape(weights, training: false)
    let memory = Memory(rows: tape.constant(Tensor(zeros: [sources.rowCount, 4])), layout: sources)
    _ = rnn(
      tape.constant(Tensor(zeros: [3, 3])), targets,
      memories: Dictionary(uniqueKeysWithValues: names.map { ($0, memory) }))
  }

  @Test func whatIsMissingOrTooMuchTraps() async throws {
    let missing = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      MemoryTests.run([1, 2], [])
    }
    #expect(try #require(missing).says("Recurrence: no memory source is given"))
    let unknown = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      MemoryTests.run([1, 2], ["source", "other"])
    }
    #expect(
      try #require(unknown).says("Recurrence: the cell reads no other; its further inputs are [source]"))
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      MemoryTests.run([1, 2, 3], ["source"])
    }
    #expect(
      try #require(count).says("Recurrence: memory source of 3 sequences of width 4, expected 2 of width 4"))
    let width = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (rnn, weights) = MemoryTests.decoder()
      _ = Session([rnn], weights, memories: ["source": [Tensor(zeros: [2, 5])]])
    }
    #expect(try #require(width).says("Session: a memory source of shape [2, 5], its width is 4"))
    let name = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (rnn, weights) = MemoryTests.decoder()
      Session([rnn], weights).setMemory("other", Tensor(zeros: [2, 4]))
    }
    #expect(try #require(name).says("Session: no memory named other in [source]"))
    let input = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (rnn, weights) = MemoryTests.decoder()
      Session([rnn], weights).setInput("gap", [1])
    }
    #expect(try #require(input).says("Session.setInput: no layer reads an input gap"))
  }
}
