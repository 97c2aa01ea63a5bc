import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// Values of a cell and their gradients at every step, in both directions, and without a trace in the results.
@Suite struct RecordingTests {
  static let cells =
    StressCells.all
    + AllCells.entries.map { CellConformance($0.name, $0.make(hiddenSize: $0.hiddenSize(from: 5))) }
    + AllDecoders.entries.map { CellConformance($0.name, $0.make(hiddenSize: 5, memorySize: 4)) }

  private static let layout = SequenceLayout([3, 5, 0, 1, 7, 5])

  private static func walk(_ plans: RecurrencePlans, reverse: Bool) -> Walk {
    Walk(layout, isUpwards: !reverse, slotCounts: plans.sampleSlotCounts(layout))
  }

  @Test(arguments: cells, [false, true])
  func recordingChangesNoBit(_ cell: CellConformance, reverse: Bool) {
    let plans = cell.plans()
    let walk = Self.walk(plans, reverse: reverse)
    let (values, gradients) = (plans.randomValues(walk.layout), plans.randomGradients(walk.layout))
    let bare = VectorExecutor.run(plans, walk, values, resultGradients: gradients)
    let recording = plans.recording(plans.recordableNames)
    #expect(!recording.step.recorded.isEmpty)
    let recorded = VectorExecutor.run(recording, walk, values, resultGradients: gradients)
    #expect(differing(recorded, bare, plans) == [])
    let inference = VectorExecutor.run(recording, walk, values)
    #expect(differing(inference, VectorExecutor.run(plans, walk, values), plans) == [])
    #expect(zip(inference.recorded, recorded.recorded).allSatisfy { haveEqualBits($0, $1) })
  }

  /// Double, against another order of the same operations: what is recorded is what the equations call by that name.
  @Test(arguments: cells, [false, true])
  func recordedValuesAreThoseOfTheEquations(_ cell: CellConformance, reverse: Bool) {
    let plans = cell.plans()
    let walk = Self.walk(plans, reverse: reverse)
    let names = plans.recordableNames
    let values = plans.randomValues(walk.layout).map(Double.init)
    let found = ReferenceExecutor.run(plans.recording(names), walk, values).recorded
    let oracle = StepOracle(cell.cell, inputSize: cell.inputSize)
    for (name, rows) in zip(names, found) {
      let expected = oracle.values(of: name, walk, values)
      #expect(rows.count == expected.count)
      // The oracle never comes to an empty sequence, whose memory may have slots.
      let visited = expected.indices.filter { !expected[$0].isNaN }
      #expect(relativeError(visited.map { rows[$0] }, visited.map { expected[$0] }) < 1e-12, "\(name)")
    }
  }

  /// What is added to a value by an input of its own has the value's gradient.
  @Test(arguments: [false, true])
  func recordedGradientsAreThoseOfWhatIsAdded(reverse: Bool) {
    let cell = Equations(["h": 4, "c": 4]) { x, s, w in
      let source = w.memory("source", 3)
      let z = w.linear("ih", x, 4) + w.linear("hh", s.h, 4)
      let part = (z * s.c).named("part")
      let energy = tanh(w.linear("query", s.h, 3) + w.linear("key", source, 3) + w.input("to energy", 3))
      let a = softmaxOverMemory(w.linear("score", energy.named("energy"), 1, bias: false))
      s.c = tanh(part + w.input("to part", 4) + w.linear("c", sumOverMemory(a * source), 4))
      s.h = (sigmoid(z).named("gate") + w.input("to gate", 4)) * s.c
      return s.h
    }
    let plans = RecurrencePlans(cell, inputSize: 3).recording(["part", "gate", "ih", "x", "energy"])
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout).map(Double.init)
    let gradients = plans.randomGradients(walk.layout)
    let results = ReferenceExecutor.run(
      plans, walk, values,
      resultGradients: (gradients.output.map(Double.init), gradients.final.map { $0.map(Double.init) }))
    let found = results.recordedGradients
    func further(_ name: String) -> [Double] {
      results.gradients!.further[plans.step.further.firstIndex { $0.name == name }!]
    }
    #expect(relativeError(found[0], further("to part")) < 1e-12)
    #expect(relativeError(found[1], further("to gate")) < 1e-12)
    #expect(relativeError(found[3], results.gradients!.input) < 1e-12)
    // A bias is added to its product in every row.
    let bias = plans.step.parameters.firstIndex { $0.name == "bias_ih" }!
    #expect(relativeError(columnSums(found[2], 4), results.gradients!.parameters[bias]) < 1e-12)
    // In front of the tanh: what a row adds to all of its slots.
    let energies = plans.recording(["energy"])
    let energy = ReferenceExecutor.run(energies, walk, values).recorded[0]
    var expected: [Double] = []
    let slots = walk.slots[plans.step.further.firstIndex { $0.name == "source" }!]
    for step in 0..<walk.layout.stepCount {
      for place in 0..<walk.layout.rows(ofStep: step).count {
        let rows = slots.rows(ofPlace: place).map { slots.stepOffsets[step] + $0 }
        expected += (0..<3).map { column in
          rows.reduce(0) { sum, row in
            let value = energy[row * 3 + column]
            return sum + found[4][row * 3 + column] * (1 - value * value)
          }
        }
      }
    }
    #expect(relativeError(expected, further("to energy")) < 1e-12)
  }

  private func columnSums(_ values: [Double], _ width: Int) -> [Double] {
    (0..<width).map { column in
      stride(from: column, to: values.count, by: width).reduce(0) { $0 + values[$1] }
    }
  }

  // MARK: On a tape

  @Test func weightsOfAttentionAddUpToOne() throws {
    let builder = Builder(seed: 1)
    let entry = try #require(AllDecoders.entry(named: "gru-additive"))
    let rnn = Recurrence(builder / "rnn", entry.make(hiddenSize: 5, memorySize: 4), inputSize: 3)
    let weights = builder.finish()
    var random = RandomNumbers(seed: 2)
    let (targets, sources) = (SequenceLayout([2, 4, 0, 3]), SequenceLayout([3, 1, 2, 0]))
    let recording = Recording(["attention", "context", "h", "attention_key"])
    for _ in 0..<2 {
      let tape = Tape(weights, training: true)
      let memory = Memory(
        rows: tape.leaf(Tensor([sources.rowCount, 4], random.next(sources.rowCount * 4))), layout: sources)
      let x = tape.constant(Tensor([targets.rowCount, 3], random.next(targets.rowCount * 3)))
      let output = rnn(x, targets, memories: ["source": memory], recording: recording).output
      let attention = recording["attention"]
      #expect(attention.gradient == nil)
      #expect(attention.slots.count == targets.rowCount)
      for place in 0..<3 {
        let sequence = targets.order[place]
        for time in 0..<targets.lengths[sequence] {
          let slots = attention.slots[targets.row(place: place, time: time)]
          #expect(slots.count == sources.lengths[sequence])
          let sum = slots.reduce(Float(0)) { $0 + attention.value.values[$1] }
          #expect(abs(sum - (slots.isEmpty ? 0 : 1)) < 1e-6)
        }
      }
      // The output is the state beside the context.
      let columns = output.value.values
      for row in 0..<targets.rowCount {
        #expect(
          Array(columns[row * 9..<row * 9 + 5]) == Array(recording["h"].value.values[row * 5..<row * 5 + 5]))
        #expect(
          Array(columns[row * 9 + 5..<row * 9 + 9])
            == Array(recording["context"].value.values[row * 4..<row * 4 + 4]))
      }
      #expect(recording["attention_key"].slots.map(\.count) == sources.lengths)
      let gradients = tape.backward(from: sum(output * output))
      #expect(recording["attention"].gradient?.shape == attention.value.shape)
      let keys = try #require(recording["attention_key"].gradient).values
      let bias = gradients[
        try #require(
          rnn.parameters.first { weights.parameters[$0.index].name.hasSuffix("bias_attention_key_l0") })]
      #expect(relativeError(columnSums(keys.map(Double.init), 6), bias.values) < 1e-4)
    }
  }

  @Test func unknownNamesTrap() async throws {
    let name = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecurrencePlans(LSTM(hiddenSize: 4), inputSize: 3).recording(["forget"])
    }
    #expect(try #require(name).says("Recording: no value named forget; this cell names ["))
    let fixed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecurrencePlans(LSTM(hiddenSize: 4), inputSize: 3).recording(["bias_ih"])
    }
    #expect(try #require(fixed).says("Recording: bias_ih is the same in all steps"))
    let early = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Recording(["i"])["i"]
    }
    #expect(try #require(early).says("Recording: no value i in what the last pass recorded, []"))
  }

  @Test func equalNamesAreNumbered() {
    let plans = RecurrencePlans(
      Stacked([LSTM(hiddenSize: 5), LSTM(hiddenSize: 4)]), inputSize: 3)
    let widths = plans.recording(["i", "i.2", "h_l1"]).step.recorded.map { value in
      plans.recording(["i", "i.2", "h_l1"]).step.graph[value.node].width
    }
    #expect(widths == [5, 4, 4])
  }
}
