import CRondoKernels
import RondoCore
import Synchronization

/// A cell run over whole sequences: one layer in one direction.
///
/// The cell is traced and planned once, when the layer is built; its parameters are registered with the builder under the cell's names
/// followed by `_l{layer}` and, for the reverse direction, `_reverse`, as PyTorch names them.
///
/// ```swift
/// let builder = Builder(seed: 1)
/// let rnn = Recurrence(builder / "rnn", LSTM(hiddenSize: 256), inputSize: 40)
/// let weights = builder.finish()
/// let tape = Tape(weights, training: true)
/// let (output, final) = rnn(tape.constant(x), SequenceLayout([9, 5, 0]))
/// ```
public struct Recurrence: Sendable {
  /// The width of the input.
  public let inputSize: Int
  /// The width of the output.
  public let outputSize: Int
  /// The states' names and widths, in the cell's order.
  public let states: [StateShape]
  /// Whether each sequence is walked from its own end.
  public let isReversed: Bool
  /// The cell's parameters in the order of their declaration.
  public let parameters: [Parameter]
  /// For each state the parameter that it begins with, if it does.
  package let startParameters: [Parameter?]
  package let plans: RecurrencePlans
  /// What the cell's random masks are drawn by, beside seed and pass.
  private let maskStreams: [UInt64]

  /// Traces and plans a cell and registers its parameters.
  public init(
    _ builder: Builder, _ cell: some Cell, inputSize: Int, layer: Int = 0, reverse: Bool = false
  ) {
    plans = RecurrencePlans(cell, inputSize: inputSize)
    self.inputSize = inputSize
    outputSize = plans.outputSize
    states = plans.step.states
    isReversed = reverse
    /// A cell that is a stack has numbered its layers already.
    func name(_ name: String, _ hasLayer: Bool) -> String {
      name + (hasLayer ? "" : "_l\(layer)") + (reverse ? "_reverse" : "")
    }
    parameters = plans.step.parameters.map {
      builder.parameter(name($0.name, $0.hasLayer), $0.shape, $0.initializer)
    }
    let initializer = standardInitializer(states)
    startParameters = states.map { state in
      guard case .parameter(let initial) = state.start else { return nil }
      return builder.parameter(
        name("initial_" + state.name, state.hasLayer), [1, state.width], initial ?? initializer)
    }
    maskStreams = plans.step.masks.map {
      RandomSource.stream(builder.qualified(name($0.name, $0.hasLayer)))
    }
  }

  /// What the engine makes of the cell: which products run for all rows at once, what each step computes, what is kept.
  public var plan: String { plans.description }

  /// Runs the recurrence over a batch.
  ///
  /// - Parameters:
  ///   - x: [rows, inputSize]: the rows of the batch as `layout` places them.
  ///   - initial: The states before the first step walked, one [sequences, width] each, in the user's order of the sequences; what the cell
  ///     says if not given: zeros, other numbers, or parameters.
  ///   - inputs: What the cell reads by `w.input` [rows, width] and by `w.perSequence` [sequences, width], by name.
  ///   - memories: What it reads by `w.memory`, by name.
  ///   - recording: Gets values of the cell by their names, and their gradients in the backward pass.
  /// - Returns: The outputs [rows, outputSize], and the states after the last step walked, one [sequences, width] each; those of an empty
  ///   sequence are its initial states.
  public func callAsFunction(
    _ x: Variable, _ layout: SequenceLayout, initial: [Variable]? = nil, inputs: [String: Variable] = [:],
    memories: [String: Memory] = [:], recording: Recording? = nil
  ) -> (output: Variable, final: [Variable]) {
    let tape = x.tape
    let initial = initial ?? startingValues(layout, tape)
    check(x, layout, initial)
    let weights = parameters.map { tape.parameter($0) }
    let further = FurtherRows(plans.step.further, layout, inputs: inputs, memories: memories)
    let inputs = [x] + weights + (initial ?? []) + further.variables
    let walk = Walk(layout, isUpwards: !isReversed, slotCounts: further.slotCounts)
    var output = Tensor(uninitialized: [layout.rowCount, outputSize])

    let bare = tape.isTraining ? plans : plans.evaluating
    let plans = recording?.plans(for: bare) ?? bare
    let masks = masks(seed: tape.seed, pass: tape.pass)
    let records = tape.records && inputs.contains { $0.requiresGradient }
    let forward = runForward(
      plans, masks, x.value, further.variables.map(\.value), weights.map(\.value), initial?.map(\.value),
      walk,
      into: &output, isKept: records, isWhole: recording != nil)
    recording?.readValues(forward, walk)
    let final = states.indices.map { state in
      rows(layout, width: states[state].width) { place, row in
        row.update(from: forward.finalState(state, place: place), count: states[state].width)
      }
    }
    let (xID, weightIDs, initialIDs) = (x.id, weights.map(\.id), initial?.map(\.id))
    let furtherIDs = further.variables.map(\.id)
    let kept = Kept(
      x: x.value, further: further.variables.map(\.value), weights: weights.map(\.value), output: output,
      initial: initial?.map(\.value))
    let results = tape.nodes("recurrence", [output] + final, inputs: inputs) { gradients, sink in
      withExtendedLifetime(kept) {
        runBackward(
          plans, forward, walk, gradients, sink, x: xID, further: furtherIDs, weights: weightIDs,
          initial: initialIDs, kept, recording)
      }
    }
    return (results[0], Array(results.dropFirst()))
  }

  /// The states before the first step, if one of them is a parameter.
  private func startingValues(_ layout: SequenceLayout, _ tape: Tape) -> [Variable]? {
    guard startParameters.contains(where: { $0 != nil }) else { return nil }
    return zip(states, startParameters).map { state, parameter in
      guard let parameter else {
        return tape.constant(
          Tensor(repeating: Float(state.startNumber), [layout.sequenceCount, state.width]))
      }
      return gatherRows(tape.parameter(parameter), Array(repeating: 0, count: layout.sequenceCount))
    }
  }

  /// What the random masks of a pass are drawn by.
  package func masks(seed: UInt64, pass: UInt64) -> MaskSource {
    MaskSource(seed: seed, pass: pass, streams: maskStreams)
  }

  /// What the forward pass reads and writes and the backward pass reads again.
  private final class Kept {
    let x: Tensor
    let further: [Tensor]
    let weights: [Tensor]
    let output: Tensor
    let initial: [Tensor]?

    init(x: Tensor, further: [Tensor], weights: [Tensor], output: Tensor, initial: [Tensor]?) {
      self.x = x
      self.further = further
      self.weights = weights
      self.output = output
      self.initial = initial
    }
  }

  private func check(_ x: Variable, _ layout: SequenceLayout, _ initial: [Variable]?) {
    require(
      x.shape == [layout.rowCount, inputSize],
      "Recurrence: input of shape \(x.shape), expected [\(layout.rowCount), \(inputSize)]")
    guard let initial else { return }
    let expected = states.map { [layout.sequenceCount, $0.width] }
    require(
      initial.map(\.shape) == expected,
      "Recurrence: initial states of shapes \(initial.map(\.shape)), expected \(expected)")
  }

  private func runForward(
    _ plans: RecurrencePlans, _ masks: MaskSource, _ x: Tensor, _ further: [Tensor], _ weights: [Tensor],
    _ initial: [Tensor]?, _ walk: Walk, into output: inout Tensor, isKept: Bool,
    isWhole: Bool
  ) -> Runner<VectorExecutor> {
    let layout = walk.layout
    let chunks = isKept || isWhole ? [0..<layout.stepCount] : Self.windows(layout, isUpwards: walk.isUpwards)
    let isMasked = !plans.step.masks.isEmpty
    // Without a backward pass the weights are likely to be the same the next time; with one they are about to change.
    if isKept { self.plans.evaluating.forgetPreparation() }
    let preparation = isKept || isMasked ? nil : plans.preparation(of: weights)
    let runner = Runner<VectorExecutor>(
      isKept ? plans.training : plans.inference, for: walk, chunks: chunks, preparation: preparation)
    for (index, weight) in weights.enumerated() {
      runner.bind(.parameter(index), Region(reading: weight.pointer, stride: weight.columns))
    }
    for (state, shape) in states.enumerated() {
      for (place, sequence) in layout.order.enumerated() {
        if let initial {
          runner.setState(state, place: place, initial[state].pointer + sequence * shape.width)
        } else {
          runner.setState(state, place: place, repeating: Float(shape.startNumber))
        }
      }
    }
    let y = output.mutablePointer()
    if isMasked { runner.draw(masks, for: layout.chunk(chunks.first ?? 0..<0)) }
    runner.prepare()
    if let preparation { plans.keep(preparation) }
    for (number, steps) in chunks.enumerated() {
      if isMasked, number > 0 { runner.draw(masks, for: layout.chunk(steps)) }
      let row = layout.stepOffsets[steps.lowerBound]
      for (index, input) in plans.step.further.enumerated() {
        let first = input.kind == .step ? row * input.width : 0
        runner.bind(.further(index), Region(reading: further[index].pointer + first, stride: input.width))
      }
      runner.bind(.input, Region(reading: x.pointer + row * inputSize, stride: inputSize))
      runner.bind(.output, Region(y + row * outputSize, stride: outputSize))
      let part = chunks.count == 1 ? walk : walk.chunk(steps)
      if number == 0 { runner.prepare(for: part) }
      runner.walkSteps(part)
      // The backward pass reads the states that the forward pass began with.
      if !isKept { runner.carryOver() }
    }
    return runner
  }

  /// Windows of steps in walking order: without a backward pass nothing but the states outlives one, so long sequences need little memory.
  static func windows(_ layout: SequenceLayout, isUpwards: Bool) -> [Range<Int>] {
    let rowsPerWindow = 2048
    if layout.rowCount <= rowsPerWindow { return [0..<layout.stepCount] }
    let steps = max(1, rowsPerWindow / max(1, layout.sequenceCount))
    let starts = Array(stride(from: 0, to: layout.stepCount, by: steps))
    let ranges = starts.map { $0..<min($0 + steps, layout.stepCount) }
    return isUpwards ? ranges : ranges.reversed()
  }

  private func runBackward(
    _ plans: RecurrencePlans, _ forward: Runner<VectorExecutor>, _ walk: Walk, _ gradients: [Tensor?],
    _ sink: GradientSink,
    x: Variable.ID, further: [Variable.ID],
    weights: [Variable.ID], initial: [Variable.ID]?, _ kept: Kept, _ recording: Recording?
  ) {
    let layout = walk.layout
    let wantsInput = sink.wants(x)
    let backward = Runner<VectorExecutor>(
      wantsInput ? plans.backward : plans.backwardWithoutInput, for: walk)
    backward.bindForward(forward)
    for (index, weight) in kept.weights.enumerated() {
      backward.bind(.parameter(index), Region(reading: weight.pointer, stride: weight.columns))
    }
    let outputGradient = gradients[0] ?? Tensor(zeros: [layout.rowCount, outputSize])
    backward.bind(.input, Region(reading: outputGradient.pointer, stride: outputSize))
    for (state, shape) in states.enumerated() {
      for (place, sequence) in layout.order.enumerated() {
        if let gradient = gradients[state + 1] {
          backward.setState(state, place: place, gradient.pointer + sequence * shape.width)
        } else {
          backward.setState(state, place: place, repeating: 0)
        }
      }
    }
    var inputGradient = Tensor(uninitialized: wantsInput ? [layout.rowCount, inputSize] : [0])
    backward.bind(.output, Region(inputGradient.mutablePointer(), stride: inputSize))
    withGradients(of: weights[...], in: sink, kept.weights[...], bound: []) { pointers in
      for (index, pointer) in pointers.enumerated() {
        backward.bind(.parameterGradient(index), Region(pointer, stride: kept.weights[index].columns))
      }
      withExtendedLifetime(outputGradient) { backward.run(walk.opposite) }
    }
    recording?.readGradients(backward, walk)
    if wantsInput { sink.add(x, inputGradient) }
    for (index, id) in further.enumerated() where sink.wants(id) {
      let region = backward.region(of: backward.plan.step.furtherGradients[index])
      var gradient = Tensor(uninitialized: kept.further[index].shape)
      let (pointer, width) = (gradient.mutablePointer(), gradient.columns)
      for row in 0..<gradient.rows {
        (pointer + row * width).update(from: region.base + row * region.stride, count: width)
      }
      sink.add(id, gradient)
    }
    for (state, id) in (initial ?? []).enumerated() where sink.wants(id) {
      sink.add(
        id,
        rows(layout, width: states[state].width) { place, row in
          row.update(from: backward.finalState(state, place: place), count: states[state].width)
        })
    }
  }

  /// Calls `body` with the gradient buffers of all weights; one that nobody wants gets a buffer that is thrown away.
  private func withGradients(
    of weights: ArraySlice<Variable.ID>, in sink: GradientSink, _ values: ArraySlice<Tensor>,
    bound: [UnsafeMutablePointer<Float>], _ body: ([UnsafeMutablePointer<Float>]) -> Void
  ) {
    guard let weight = weights.first else { return body(bound) }
    func next(_ pointer: UnsafeMutablePointer<Float>) {
      withGradients(of: weights.dropFirst(), in: sink, values.dropFirst(), bound: bound + [pointer], body)
    }
    if sink.wants(weight) {
      sink.accumulate(weight) { next($0) }
    } else {
      var unwanted = Tensor(zeros: values.first!.shape)
      next(unwanted.mutablePointer())
    }
  }

  /// A tensor [sequences, width] in the user's order, from rows in the sorted order.
  private func rows(
    _ layout: SequenceLayout, width: Int, _ fill: (_ place: Int, _ row: UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    var tensor = Tensor(uninitialized: [layout.sequenceCount, width])
    let pointer = tensor.mutablePointer()
    for (place, sequence) in layout.order.enumerated() { fill(place, pointer + sequence * width) }
    return tensor
  }
}

extension StateShape {
  /// The number that it begins with, unless that is a parameter.
  package var startNumber: Double { if case .number(let number) = start { number } else { 0 } }

  /// Whether its name has the number of a layer already, as those of a stack that is one cell have.
  fileprivate var hasLayer: Bool {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last, last.first == "l" else { return false }
    return Int(last.dropFirst()) != nil
  }
}

/// All plans of a cell.
package final class RecurrencePlans: Sendable, CustomStringConvertible {
  /// How plans are made of a traced step.
  private struct Options: Sendable {
    var hoisting: Bool
    var recomputing: Bool
    var rules: DerivativeRules
  }

  package let step: StepGraph
  package let backwardStep: StepGraph
  /// Keeps nothing but the states.
  package let inference: Plan
  /// Keeps what the backward plans read.
  package let training: Plan
  package let backward: Plan
  package let backwardWithoutInput: Plan
  /// The plans of the step without random masks, if it has any.
  private let withoutMasks: RecurrencePlans?
  /// The step as the cell wrote it.
  private let traced: StepGraph
  private let options: Options
  /// What the last pass of `inference` made of its parameters.
  private let lastPreparation = Mutex<Preparation<VectorExecutor>?>(nil)

  /// What runs where nothing is trained: masks are 1 there.
  package var evaluating: RecurrencePlans { withoutMasks ?? self }

  package convenience init(
    _ cell: some Cell, inputSize: Int, hoisting: Bool = true, recomputing: Bool = true,
    rules: DerivativeRules = .standard
  ) {
    let options = Options(hoisting: hoisting, recomputing: recomputing, rules: rules)
    let traced = trace(cell, inputSize: inputSize)
    let withoutMasks =
      traced.masks.isEmpty
      ? nil : RecurrencePlans(trace(cell, inputSize: inputSize, isTraining: false), nil, options)
    self.init(traced, withoutMasks, options)
  }

  private init(_ traced: StepGraph, _ withoutMasks: RecurrencePlans?, _ options: Options) {
    (self.traced, self.withoutMasks, self.options) = (traced, withoutMasks, options)
    step = pruned(canonicalize(traced))
    let keeping = canonicalize(differentiate(step, rules: options.rules))
    backwardStep = options.recomputing ? recompute(keeping, of: step) : pruned(keeping)
    var withoutInput = backwardStep
    withoutInput.output = nil
    withoutInput = pruned(withoutInput)
    let kept = Set(
      backwardStep.graph.nodes.compactMap { node -> NodeID? in
        if case .kept(let id) = node.operation { id } else { nil }
      })
    let recorded = Set(step.recorded.map(\.node))
    inference = Plan(step, keep: recorded, hoisting: options.hoisting)
    let training = Plan(step, keep: kept.union(recorded), hoisting: options.hoisting)
    func plan(backward step: StepGraph) -> Plan {
      Plan(
        step, keep: Set(step.recorded.map(\.node)), forward: training, hoisting: options.hoisting)
    }
    self.training = training
    backward = plan(backward: backwardStep)
    backwardWithoutInput = plan(backward: withoutInput)
  }

  /// The same plans with values of these names, which change no other value.
  package func recording(_ names: [String]) -> RecurrencePlans {
    RecurrencePlans(traced.recording(names), nil, options)
  }

  /// All names of values that can be recorded.
  package var recordableNames: [String] {
    let named = traced.graph.names.filter { id, _ in
      switch (traced.graph[id].operation, traced.graph[id].domain) {
      case (.mask, _), (_, .fixed): false
      default: true
      }
    }
    return Set(named.values).union(traced.states.map(\.name)).sorted()
  }

  package var outputSize: Int { step.graph[step.output!].width }

  /// What `inference` makes of these parameters: that of the last pass if they are the same, else one that is still to be completed.
  func preparation(of parameters: [Tensor]) -> Preparation<VectorExecutor> {
    lastPreparation.withLock { last in
      if let last, last.isMade(of: parameters) { last } else { Preparation(inference, madeOf: parameters) }
    }
  }

  /// Keeps what has been completed for the next pass with the same parameters.
  func keep(_ preparation: Preparation<VectorExecutor>) {
    lastPreparation.withLock { $0 = preparation }
  }

  /// Gives back its memory.
  func forgetPreparation() { lastPreparation.withLock { $0 = nil } }

  package var description: String {
    "forward\n\(training.description)backward\n\(backward.description)"
  }
}
