import RondoCore
import RondoRecurrence

/// What every cell owes, whatever its equations: each method measures one promise of the engine.
///
/// Sizes and lengths are small and pairwise different, so that a transposition cannot hide.
package struct CellConformance: Sendable, CustomStringConvertible {
  package let name: String
  package let cell: any Cell
  package let inputSize: Int

  package var description: String { name }

  package init(_ name: String, _ cell: some Cell, inputSize: Int = 3) {
    self.name = name
    self.cell = cell
    self.inputSize = inputSize
  }

  /// An error with the name of the tensor that has it.
  package typealias Errors = [(name: String, error: Double)]

  package func plans(hoisting: Bool = true, recomputing: Bool = true) -> RecurrencePlans {
    RecurrencePlans(cell, inputSize: inputSize, hoisting: hoisting, recomputing: recomputing)
  }

  /// Ragged, out of order, with an empty sequence and two of equal length.
  private static let layout = SequenceLayout([3, 5, 0, 1, 7, 5])

  private static func walk(_ plans: RecurrencePlans, reverse: Bool) -> Walk {
    Walk(layout, isUpwards: !reverse, slotCounts: plans.sampleSlotCounts(layout))
  }

  // MARK: The promises

  /// The reference executor computes what the equations say.
  package func errorsOfReference(reverse: Bool) -> Errors {
    let plans = plans()
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout).map(Double.init)
    let expected = StepOracle(cell, inputSize: inputSize).run(walk, values).named(plans)
    let training = run(ReferenceExecutor.self, plans, walk, values).named(plans)
    let inference = ReferenceExecutor.run(plans, walk, values).named(plans)
    return zip(training, expected).map { ($0.name, relativeError($0.values, $1.values)) }
      + zip(inference, expected).map { ("\($0.name) without gradients", relativeError($0.values, $1.values)) }
  }

  /// The backward step is the derivative of the forward step.
  package func errorsOfGradients(reverse: Bool) -> Errors {
    GradientCheck(plans(), lengths: [4, 3, 1, 0], reverse: reverse).errors
  }

  /// The vector executor computes what the reference executor computes.
  package func errorsOfVector(reverse: Bool) -> Errors {
    let plans = plans()
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout)
    let vector = run(VectorExecutor.self, plans, walk, values).named(plans)
    let reference = run(ReferenceExecutor.self, plans, walk, values.map(Double.init)).named(plans)
    return zip(vector, reference).map { ($0.name, relativeError($0.values, $1.values)) }
  }

  /// Tensors that depend on whether work is hoisted out of the loop.
  package func differencesByHoisting(reverse: Bool) -> [String] {
    let (plans, unhoisted) = (plans(), plans(hoisting: false))
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout)
    let exact = values.map(Double.init)
    return differing(
      run(VectorExecutor.self, plans, walk, values), run(VectorExecutor.self, unhoisted, walk, values), plans)
      + differing(
        run(ReferenceExecutor.self, plans, walk, exact), run(ReferenceExecutor.self, unhoisted, walk, exact),
        plans
      ).map { $0 + " of the reference" }
  }

  /// Tensors that depend on whether values are computed again for the backward pass or kept.
  package func differencesByRecomputing(reverse: Bool) -> [String] {
    let (plans, keeping) = (plans(), plans(recomputing: false))
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout)
    return differing(
      run(VectorExecutor.self, plans, walk, values), run(VectorExecutor.self, keeping, walk, values), plans)
  }

  /// Tensors that depend on whether a batch runs whole or in chunks that hand on their states.
  package func differencesByChunks(of steps: Int, reverse: Bool) -> [String] {
    let plans = plans()
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout)
    let exact = values.map(Double.init)
    return differing(
      VectorExecutor.run(plans, walk, values), runChunks(VectorExecutor.self, plans, walk, values, steps),
      plans)
      + differing(
        ReferenceExecutor.run(plans, walk, exact),
        runChunks(ReferenceExecutor.self, plans, walk, exact, steps), plans
      ).map { $0 + " of the reference" }
  }

  /// Tensors, and gradients of inputs and states, that differ between a sequence that runs by itself and in a ragged batch.
  package func differencesByBatch(reverse: Bool) -> [String] {
    let plans = plans()
    let walk = Self.walk(plans, reverse: reverse)
    let layout = walk.layout
    let values = plans.randomValues(layout)
    let gradients = plans.randomGradients(layout)
    let whole = VectorExecutor.run(plans, walk, values, resultGradients: gradients)
    func states(_ place: Int, of all: [[Float]]) -> [[Float]] {
      zip(plans.step.states, all).map { pick([place], of: $1, width: $0.width) }
    }
    return layout.order.enumerated().flatMap { place, sequence in
      let rows = (0..<layout.lengths[sequence]).map { layout.row(place: place, time: $0) }
      let alone = VectorExecutor.run(
        plans,
        Walk(
          SequenceLayout([rows.count], ids: [sequence]), isUpwards: walk.isUpwards,
          slotCounts: walk.slotCounts.map { $0.isEmpty ? [] : [$0[sequence]] }),
        SequenceValues(
          input: pick(rows, of: values.input, width: inputSize),
          further: plans.step.further.enumerated().map { index, input in
            let rows =
              switch input.kind {
              case .step: rows
              case .sequence: [place]
              case .memory: Array(walk.slots[index].rows(ofPlace: place))
              }
            return pick(rows, of: values.further[index], width: input.width)
          },
          states: states(place, of: values.states), parameters: values.parameters),
        resultGradients: (
          pick(rows, of: gradients.output, width: plans.outputSize), states(place, of: gradients.final)
        ))
      let expected = SequenceResults(
        output: pick(rows, of: whole.output, width: plans.outputSize), final: states(place, of: whole.final))
      let results = SequenceResults(output: alone.output, final: alone.final)
      let (own, all) = (alone.gradients!, whole.gradients!)
      let slopes = SequenceResults(output: own.input, final: own.states)
      let expectedSlopes = SequenceResults(
        output: pick(rows, of: all.input, width: inputSize), final: states(place, of: all.states))
      return differing(results, expected, plans).map { "\($0) of sequence \(sequence)" }
        + differing(slopes, expectedSlopes, plans).map { "the gradient before \($0) of sequence \(sequence)" }
    }
  }

  /// Tensors that differ between a recurrence on a tape and the passes it is made of.
  package func differencesOnTape(reverse: Bool) -> [String] {
    let builder = Builder(seed: 2)
    let recurrence = Recurrence(builder / "rnn", cell, inputSize: inputSize, reverse: reverse)
    let plans = recurrence.plans
    let walk = Self.walk(plans, reverse: reverse)
    let layout = walk.layout
    let values = plans.randomValues(layout)
    let gradients = plans.randomGradients(layout)
    var store = builder.finish()
    for (parameter, values) in zip(recurrence.parameters, values.parameters) {
      store.set(parameter, values)
    }

    let tape = Tape(store, training: true, seed: 3, pass: 4)
    let x = tape.leaf(Tensor([layout.rowCount, inputSize], values.input))
    let initial = zip(plans.step.states, values.states).map {
      tape.leaf(Tensor([layout.sequenceCount, $0.width], layout.sequences(ofPlaces: $1)))
    }
    var (inputs, memories): ([String: Variable], [String: Memory]) = ([:], [:])
    for (index, input) in plans.step.further.enumerated() {
      let rows = values.further[index]
      switch input.kind {
      case .step: inputs[input.name] = tape.leaf(Tensor([layout.rowCount, input.width], rows))
      case .sequence:
        inputs[input.name] = tape.leaf(
          Tensor([layout.sequenceCount, input.width], layout.sequences(ofPlaces: rows)))
      case .memory:
        // In the order of its own lengths.
        let own = SequenceLayout(walk.slotCounts[index])
        let bySequence = walk.sequences(ofSlots: rows, of: index, width: input.width)
        let sorted = own.rows(ofSequences: bySequence, width: input.width)
        memories[input.name] = Memory(
          rows: tape.leaf(Tensor([own.rowCount, input.width], sorted)), layout: own)
      }
    }
    let (output, final) = recurrence(x, layout, initial: initial, inputs: inputs, memories: memories)
    let loss = zip(
      [output] + final, [gradients.output] + gradients.final.map { layout.sequences(ofPlaces: $0) }
    )
    .map { sum($0 * tape.constant(Tensor($0.shape, $1))) }
    .reduce(tape.constant(Tensor(0))) { $0 + $1 }
    let found = tape.backward(from: loss)
    var results = SequenceResults(
      output: output.value.values, final: final.map { layout.places(ofSequences: $0.value.values) },
      gradients: SequenceValues(
        input: found[x]?.values ?? [],
        further: plans.step.further.enumerated().map { index, input in
          switch input.kind {
          case .step: return found[inputs[input.name]!]?.values ?? []
          case .sequence: return layout.places(ofSequences: found[inputs[input.name]!]?.values ?? [])
          case .memory:
            let memory = memories[input.name]!
            let bySequence = memory.layout.sequences(
              ofRows: found[memory.rows]?.values ?? [], width: input.width)
            return walk.slots(ofSequences: bySequence, of: index, width: input.width)
          }
        },
        states: initial.map { layout.places(ofSequences: found[$0]?.values ?? []) },
        parameters: recurrence.parameters.map { found[$0].values }))
    results.gradients!.further = results.gradients!.further.map { $0.map { $0 + 0 } }
    var expected = VectorExecutor.run(
      plans, walk, values, masks: recurrence.masks(seed: 3, pass: 4), resultGradients: gradients)
    // The tape adds gradients of reordered rows to zeros, which makes −0 a 0.
    expected.gradients!.further = expected.gradients!.further.map { $0.map { $0 + 0 } }
    return differing(results, expected, plans)
  }

  /// Whether single steps of a session give the bits of the whole batch, and end in the same states.
  package func differencesInSession() -> [String] {
    let (steps, streams) = (6, 4)
    let layout = SequenceLayout(uniform: steps, count: streams)
    let builder = Builder(seed: 2)
    let recurrence = Recurrence(builder / "rnn", cell, inputSize: inputSize)
    let plans = recurrence.plans
    var values = plans.randomValues(layout)
    values.states = zip(plans.step.states, values.states).map { shape, values in
      guard case .number(let start) = shape.start else { return values.map { _ in 0 } }
      return values.map { _ in Float(start) }
    }
    var store = builder.finish()
    for (parameter, values) in zip(recurrence.parameters, values.parameters) {
      store.set(parameter, values)
    }
    let walk = Walk(layout, isUpwards: true, slotCounts: plans.sampleSlotCounts(layout))
    var memories: [String: [Tensor]] = [:]
    for (index, input) in plans.step.further.enumerated() where input.kind == .memory {
      memories[input.name] = (0..<streams).map { stream in
        let rows = Array(walk.slots[index].rows(ofPlace: stream))
        return Tensor([rows.count, input.width], pick(rows, of: values.further[index], width: input.width))
      }
    }
    // All but one of the memories are there from the beginning.
    let session = Session(
      [recurrence], store, streams: streams, memories: memories.mapValues { [$0[1]] + $0.dropFirst() })
    for (name, memory) in memories { session.setMemory(name, memory[0], stream: 0) }
    let width = streams * inputSize
    let output = (0..<steps).flatMap { step in
      for (index, input) in plans.step.further.enumerated() where input.kind != .memory {
        let rows = (0..<streams).map { $0 + (input.kind == .step ? step * streams : 0) }
        session.setInput(input.name, pick(rows, of: values.further[index], width: input.width))
      }
      return session.step(Array(values.input[step * width..<(step + 1) * width]))
    }
    let final = plans.step.states.map { state in
      (0..<streams).flatMap { session.state(state.name, stream: $0) }
    }
    return differing(
      SequenceResults(output: output, final: final),
      VectorExecutor.run(plans.evaluating, walk, values), plans)
  }

  // MARK: Parts

  private func run<E: Executor>(
    _ executor: E.Type, _ plans: RecurrencePlans, _ walk: Walk, _ values: SequenceValues<E.Element>
  ) -> SequenceResults<E.Element> {
    let gradients = plans.randomGradients(walk.layout)
    return E.run(
      plans, walk, values,
      resultGradients: (
        gradients.output.map { E.Element($0) }, gradients.final.map { $0.map { E.Element($0) } }
      ))
  }

  private func runChunks<E: Executor>(
    _ executor: E.Type, _ plans: RecurrencePlans, _ walk: Walk, _ values: SequenceValues<E.Element>,
    _ steps: Int
  ) -> SequenceResults<E.Element> {
    let layout = walk.layout
    var results = SequenceResults<E.Element>(
      output: Array(repeating: .nan, count: layout.rowCount * plans.outputSize), final: values.states)
    let starts = Array(stride(from: 0, to: layout.stepCount, by: steps))
    for start in walk.isUpwards ? starts : starts.reversed() {
      let chunkWalk = walk.chunk(start..<min(start + steps, layout.stepCount))
      let chunk = chunkWalk.layout
      let first = layout.stepOffsets[start]
      let part = E.run(
        plans, chunkWalk,
        SequenceValues(
          input: Array(values.input[first * inputSize..<(first + chunk.rowCount) * inputSize]),
          further: zip(plans.step.further, values.further).map { input, values in
            input.kind == .step
              ? Array(values[first * input.width..<(first + chunk.rowCount) * input.width]) : values
          },
          states: results.final, parameters: values.parameters))
      results.output.replaceSubrange(
        first * plans.outputSize..<(first + chunk.rowCount) * plans.outputSize, with: part.output)
      results.final = part.final
    }
    return results
  }

  private func pick<Element>(_ rows: [Int], of values: [Element], width: Int) -> [Element] {
    rows.flatMap { values[$0 * width..<($0 + 1) * width] }
  }
}

extension ParameterStore {
  /// Sets the values of a parameter.
  package mutating func set(_ parameter: Parameter, _ values: [Float]) {
    let range = info(parameter).range
    precondition(values.count == range.count, "\(values.count) values for \(info(parameter))")
    withUnsafeMutableValues { all in
      for (index, value) in zip(range, values) { all[index] = value }
    }
  }
}
