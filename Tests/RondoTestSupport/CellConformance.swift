import RondoCore
import RondoRecurrence

/// What every cell owes, whatever its equations: each method measures one promise of the engine.
///
/// Sizes and lengths are small and pairwise different, so that a transposition cannot hide.
package struct CellConformance: Sendable, CustomStringConvertible {
  package let name: String
  package let cell: any Cell
  package let inputSize: Int
  /// What the values are drawn from.
  private let seed: UInt64

  package var description: String { name }

  package init(_ name: String, _ cell: any Cell, inputSize: Int = 3, seed: UInt64 = 5) {
    self.name = name
    self.cell = cell
    self.inputSize = inputSize
    self.seed = seed
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
    let values = plans.randomValues(walk.layout, seed: seed).map(Double.init)
    let expected = StepOracle(cell, inputSize: inputSize).run(walk, values).named(plans)
    let training = run(ReferenceExecutor.self, plans, walk, values).named(plans)
    let inference = ReferenceExecutor.run(plans, walk, values).named(plans)
    return zip(training, expected).map { ($0.name, relativeError($0.values, $1.values)) }
      + zip(inference, expected).map { ("\($0.name) without gradients", relativeError($0.values, $1.values)) }
  }

  /// The backward step is the derivative of the forward step.
  package func errorsOfGradients(reverse: Bool) -> Errors {
    let plans = plans()
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout, seed: seed).map(Double.init)
    let reference = run(ReferenceExecutor.self, plans, walk, values)
    let idle = Set(idleParameters(plans, walk, values, reference))
    return GradientCheck(plans, lengths: [4, 3, 1, 0], reverse: reverse).errors.filter {
      !idle.contains($0.name)
    } + errors(reference, reference, idle, plans).filter { idle.contains(String($0.name.dropFirst())) }
  }

  /// The vector executor computes what the reference executor computes.
  package func errorsOfVector(reverse: Bool) -> Errors {
    let plans = plans()
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout, seed: seed)
    let exact = values.map(Double.init)
    let reference = run(ReferenceExecutor.self, plans, walk, exact)
    return errors(
      run(VectorExecutor.self, plans, walk, values), reference,
      Set(idleParameters(plans, walk, exact, reference)), plans)
  }

  /// Gradients of parameters do not depend on the order in which a batch has its sequences.
  package func errorsByOrder(reverse: Bool) -> Errors {
    let plans = plans()
    // Of sequences of equal length the user's order decides which comes first.
    let layout = SequenceLayout([4, 5, 0, 5, 1, 4, 5])
    let walk = Walk(layout, isUpwards: !reverse, slotCounts: plans.sampleSlotCounts(layout))
    let values = plans.randomValues(layout, seed: seed).map(Double.init)
    let gradients = plans.randomGradients(layout)
    let sequences = [6, 2, 5, 4, 0, 3, 1]
    let other = SequenceLayout(sequences.map { layout.lengths[$0] }, ids: sequences)
    let otherWalk = Walk(
      other, isUpwards: walk.isUpwards,
      slotCounts: walk.slotCounts.map { counts in counts.isEmpty ? [] : sequences.map { counts[$0] } })
    let places = other.order.map { place in layout.order.firstIndex(of: sequences[place])! }
    let rows = (0..<other.stepCount).flatMap { time in
      places.prefix(other.rows(ofStep: time).count).map { layout.row(place: $0, time: time) }
    }
    func states<Element>(_ all: [[Element]]) -> [[Element]] {
      zip(plans.step.states, all).map { pick(places, of: $1, width: $0.width) }
    }
    let further = plans.step.further.enumerated().map { index, input in
      let rows =
        switch input.kind {
        case .step: rows
        case .sequence: places
        case .memory: places.flatMap { walk.slots[index].rows(ofPlace: $0) }
        }
      return pick(rows, of: values.further[index], width: input.width)
    }
    let expected = run(ReferenceExecutor.self, plans, walk, values)
    let found = ReferenceExecutor.run(
      plans, otherWalk,
      SequenceValues(
        input: pick(rows, of: values.input, width: inputSize), further: further,
        states: states(values.states), parameters: values.parameters),
      resultGradients: (
        pick(rows, of: gradients.output, width: plans.outputSize).map(Double.init),
        states(gradients.final).map { $0.map(Double.init) }
      ))
    let parameters = Set(plans.step.parameters.map { "d" + $0.name })
    return errors(found, expected, Set(idleParameters(plans, walk, values, expected)), plans)
      .filter { parameters.contains($0.name) }
  }

  /// Tensors that depend on whether work is hoisted out of the loop.
  package func differencesByHoisting(reverse: Bool) -> [String] {
    let (plans, unhoisted) = (plans(), plans(hoisting: false))
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout, seed: seed)
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
    let values = plans.randomValues(walk.layout, seed: seed)
    return differing(
      run(VectorExecutor.self, plans, walk, values), run(VectorExecutor.self, keeping, walk, values), plans)
  }

  /// Tensors that depend on whether a batch runs whole or in chunks that hand on their states.
  package func differencesByChunks(of steps: Int, reverse: Bool) -> [String] {
    let plans = plans()
    let walk = Self.walk(plans, reverse: reverse)
    let values = plans.randomValues(walk.layout, seed: seed)
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
    let values = plans.randomValues(layout, seed: seed)
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
    let layer = Layer(self, reverse: reverse, Self.layout)
    let plans = layer.recurrence.plans
    var results = layer.run()
    results.gradients!.further = results.gradients!.further.map { $0.map { $0 + 0 } }
    var expected = VectorExecutor.run(
      plans, layer.walk, layer.values, masks: layer.recurrence.masks(seed: 3, pass: 4),
      resultGradients: layer.gradients)
    // The tape adds gradients of reordered rows to zeros, which makes −0 a 0.
    expected.gradients!.further = expected.gradients!.further.map { $0.map { $0 + 0 } }
    return differing(results, expected, plans)
  }

  /// Tensors of a recurrence on a tape that depend on whether all values with names are recorded.
  package func differencesByRecording(reverse: Bool) -> [String] {
    let layer = Layer(self, reverse: reverse, Self.layout)
    let plans = layer.recurrence.plans
    // One recording for several passes, as its user would have it.
    let recording = Recording(plans.recordableNames)
    var found: [String] = []
    for wantsInput in [true, false] {
      found += differing(
        layer.run(wantsInput: wantsInput, recording: recording), layer.run(wantsInput: wantsInput), plans
      ).map { $0 + (wantsInput ? "" : " without the input's gradient") }
      found += recording.names.filter { recording[$0].gradient?.shape != recording[$0].value.shape }
        .map { "no gradient of \($0)" }
    }
    // What is made of masks alone is the same in all steps where nothing is trained.
    let evaluation = Recording(plans.evaluating.recordableNames)
    found += differing(
      layer.run(training: false, recording: evaluation), layer.run(training: false), plans
    ).map { $0 + " without training" }
    return found
  }

  /// The same over long sequences without training, where what is not recorded runs in windows of some steps.
  package func differencesByRecordingWindows(reverse: Bool) -> [String] {
    let layer = Layer(self, reverse: reverse, SequenceLayout([700, 1300, 0, 100]))
    let plans = layer.recurrence.plans
    let recorded = layer.run(training: false, recording: Recording(plans.evaluating.recordableNames))
    return differing(recorded, layer.run(training: false), plans)
  }

  /// A recurrence with its parameters, and what goes through it.
  private struct Layer {
    let recurrence: Recurrence
    let walk: Walk
    let values: SequenceValues<Float>
    let gradients: (output: [Float], final: [[Float]])
    private let store: ParameterStore

    init(_ cell: CellConformance, reverse: Bool, _ layout: SequenceLayout) {
      let builder = Builder(seed: 2)
      recurrence = Recurrence(builder / "rnn", cell.cell, inputSize: cell.inputSize, reverse: reverse)
      let plans = recurrence.plans
      walk = Walk(layout, isUpwards: !reverse, slotCounts: plans.sampleSlotCounts(layout))
      values = plans.randomValues(layout, seed: cell.seed)
      gradients = plans.randomGradients(layout)
      var store = builder.finish()
      for (parameter, values) in zip(recurrence.parameters, values.parameters) {
        store.set(parameter, values)
      }
      self.store = store
    }

    /// What it gives on a tape, with gradients if it trains.
    func run(
      training: Bool = true, wantsInput: Bool = true, recording: Recording? = nil
    ) -> SequenceResults<Float> {
      let (layout, step) = (walk.layout, recurrence.plans.step)
      let tape = Tape(store, training: training, seed: 3, pass: 4)
      let rows = Tensor([layout.rowCount, recurrence.inputSize], values.input)
      let x = wantsInput ? tape.leaf(rows) : tape.constant(rows)
      let initial = zip(step.states, values.states).map {
        tape.leaf(Tensor([layout.sequenceCount, $0.width], layout.sequences(ofPlaces: $1)))
      }
      var (inputs, memories): ([String: Variable], [String: Memory]) = ([:], [:])
      for (index, input) in step.further.enumerated() {
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
      let (output, final) = recurrence(
        x, layout, initial: initial, inputs: inputs, memories: memories, recording: recording)
      var results = SequenceResults(
        output: output.value.values, final: final.map { layout.places(ofSequences: $0.value.values) })
      guard training else { return results }
      let loss = zip(
        [output] + final, [gradients.output] + gradients.final.map { layout.sequences(ofPlaces: $0) }
      )
      .map { sum($0 * tape.constant(Tensor($0.shape, $1))) }
      .reduce(tape.constant(Tensor(0))) { $0 + $1 }
      let found = tape.backward(from: loss)
      results.gradients = SequenceValues(
        input: found[x]?.values ?? [],
        further: step.further.enumerated().map { index, input in
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
        parameters: recurrence.parameters.map { found[$0].values })
      return results
    }
  }

  /// Whether single steps of a session give the bits of the whole batch, and end in the same states.
  package func differencesInSession() -> [String] {
    let (steps, streams) = (6, 4)
    let layout = SequenceLayout(uniform: steps, count: streams)
    let builder = Builder(seed: 2)
    let recurrence = Recurrence(builder / "rnn", cell, inputSize: inputSize)
    let plans = recurrence.plans
    var values = plans.randomValues(layout, seed: seed)
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

  /// Parameters on which no result depends: a bias that shifts all scores of a softmax alike is one.
  ///
  /// Their gradients are zero. What is computed of them is rounding, which has no error relative to itself, and neither have its quotients.
  private func idleParameters(
    _ plans: RecurrencePlans, _ walk: Walk, _ values: SequenceValues<Double>,
    _ results: SequenceResults<Double>
  ) -> [String] {
    let gradients = results.gradients!
    let largest = gradients.named(plans).map { largestMagnitude($0.values) }.max()!
    return zip(plans.step.parameters.indices, gradients.parameters).filter { index, gradient in
      guard largestMagnitude(gradient) < 1e-9 * largest else { return false }
      var other = values
      other.parameters[index] = other.parameters[index].map { 1 - 2 * $0 }
      let changed = ReferenceExecutor.run(plans, walk, other)
      return zip(changed.named(plans), results.named(plans)).allSatisfy {
        relativeError($0.values, $1.values) < 1e-12
      }
    }.map { plans.step.parameters[$0.0].name }
  }

  /// The error of each tensor; that of an idle parameter's gradient is its size beside the largest gradient.
  private func errors(
    _ found: SequenceResults<some BinaryFloatingPoint & Sendable>, _ expected: SequenceResults<Double>,
    _ idle: Set<String>, _ plans: RecurrencePlans
  ) -> Errors {
    let largest = expected.gradients!.named(plans).map { largestMagnitude($0.values) }.max()!
    return zip(found.named(plans), expected.named(plans)).map { found, expected in
      let isIdle = found.name.first == "d" && idle.contains(String(found.name.dropFirst()))
      return (
        found.name,
        isIdle
          ? largestMagnitude(found.values) / largest : relativeError(found.values, expected.values)
      )
    }
  }

  private func largestMagnitude(_ values: [some BinaryFloatingPoint]) -> Double {
    values.reduce(0) { $1.isNaN ? .infinity : max($0, Double($1.magnitude)) }
  }

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
