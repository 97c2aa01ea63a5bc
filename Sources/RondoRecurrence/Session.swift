import CRondoKernels
import RondoCore

/// A recurrence that runs one step at a time: one or many streams side by side, each with its own state.
///
/// A step gives the bits that the same rows would give inside a whole sequence, and allocates nothing. What has no time in it (packed
/// weights, what is computed of parameters alone) is made when the session is opened; it serves the weights it was opened with.
///
/// ```swift
/// let session = Session([rnn], weights)
/// let y = session.step([0.5, -1, 2])
/// ```
///
/// Memories that the layers read are given when it is opened, one for each stream, or set later by `setMemory`; other further inputs by
/// `setInput`.
public final class Session {
  /// The number of streams: rows of every input and output.
  public let streamCount: Int
  /// The width of an input row: that of the first layer.
  public let inputSize: Int
  /// The width of an output row: that of the last layer.
  public let outputSize: Int
  private let layers: [Recurrence]
  private var runners: [Runner<VectorExecutor>] = []
  private let weights: ParameterStore
  /// For each stream the memory of each name.
  private var memories: [String: [Tensor]]
  /// What each layer reads beside its input, and how many slots that has.
  private var further: [[Tensor]] = []
  private var walks: [Walk] = []
  /// What a step reads and gives, and what the layers hand on to each other.
  private var input: Tensor
  private var output: Tensor
  private var rows: (input: UnsafeMutablePointer<Float>, output: UnsafePointer<Float>)
  private var hidden: [Tensor]
  /// A step with all its addresses; nil where they change from step to step.
  private var code: StepCode?

  /// Opens a session on a layer or a stack of layers, each fed by the one before.
  ///
  /// - Parameters:
  ///   - layers: All walk forwards: a reverse direction needs the end of the sequence first, so it traps.
  ///   - streams: How many sequences step together.
  ///   - memories: For each memory that a layer reads one [slots, width] for each stream; those that are not given are empty.
  public init(
    _ layers: [Recurrence], _ weights: ParameterStore, streams: Int = 1, memories: [String: [Tensor]] = [:]
  ) {
    require(!layers.isEmpty, "Session: no layers")
    require(streams > 0, "Session: \(streams) streams")
    for (below, above) in zip(layers, layers.dropFirst()) {
      require(
        below.outputSize == above.inputSize,
        "Session: a layer of input size \(above.inputSize) above one of output size \(below.outputSize)")
    }
    for layer in layers {
      require(
        !layer.isReversed, "Session: a reverse direction cannot step, it begins at the end of a sequence")
    }
    self.layers = layers
    self.weights = weights
    streamCount = streams
    inputSize = layers[0].inputSize
    outputSize = layers[layers.count - 1].outputSize
    input = Tensor(zeros: [streams, layers[0].inputSize])
    output = Tensor(zeros: [streams, layers[layers.count - 1].outputSize])
    rows = (input.mutablePointer(), output.pointer)
    hidden = layers.dropLast().map { Tensor(zeros: [streams, $0.outputSize]) }
    self.memories = memories
    for input in layers.flatMap(\.plans.step.further) where input.kind == .memory {
      if memories[input.name] == nil {
        self.memories[input.name] = Array(repeating: Tensor(zeros: [0, input.width]), count: streams)
      }
      let given = self.memories[input.name]!
      require(
        given.count == streams,
        "Session: \(given.count) memories \(input.name) for \(streams) streams")
      for memory in given { Self.check(memory, input) }
    }
    for name in memories.keys.sorted() { checkMemory(name) }
    for layer in layers.indices {
      let rows = furtherRows(layer)
      further.append(rows)
      walks.append(walk(layer))
      runners.append(runner(layer))
    }
    connect()
    reset()
  }

  private static func check(_ memory: Tensor, _ input: FurtherInput) {
    require(
      memory.shape.count == 2 && memory.columns == input.width,
      "Session: a memory \(input.name) of shape \(memory.shape), its width is \(input.width)")
  }

  private func checkMemory(_ name: String) {
    let names = layers.flatMap(\.plans.step.further).filter { $0.kind == .memory }.map(\.name)
    require(names.contains(name), "Session: no memory named \(name) in [\(names.joined(separator: ", "))]")
  }

  /// The rows of what a layer reads beside its input: those of a memory stream by stream.
  private func furtherRows(_ layer: Int) -> [Tensor] {
    layers[layer].plans.step.further.map { input in
      guard input.kind == .memory else { return Tensor(zeros: [streamCount, input.width]) }
      let parts = memories[input.name]!
      return Tensor([parts.map(\.rows).reduce(0, +), input.width], parts.flatMap(\.values))
    }
  }

  private func walk(_ layer: Int) -> Walk {
    Walk(
      SequenceLayout(uniform: 1, count: streamCount), isUpwards: true,
      slotCounts: layers[layer].plans.step.further.map { input in
        input.kind == .memory ? memories[input.name]!.map(\.rows) : []
      })
  }

  private func runner(_ layer: Int) -> Runner<VectorExecutor> {
    let plans = layers[layer].plans.evaluating
    let values = layers[layer].parameters.map { weights[$0] }
    let preparation = plans.preparation(of: values)
    let runner = Runner<VectorExecutor>(plans.inference, for: walks[layer], preparation: preparation)
    for (index, value) in values.enumerated() {
      runner.bind(.parameter(index), Region(reading: value.pointer, stride: value.columns))
    }
    for (index, input) in layers[layer].plans.step.further.enumerated() {
      let rows = further[layer][index].mutablePointer()
      runner.bind(.further(index), Region(rows, stride: input.width))
    }
    runner.prepare()
    plans.keep(preparation)
    runner.prepare(for: walks[layer])
    return runner
  }

  /// Lets each layer read what the one below gives.
  private func connect() {
    func region(_ tensor: inout Tensor) -> Region<Float> {
      Region(tensor.mutablePointer(), stride: tensor.columns)
    }
    runners[0].bind(.input, region(&input))
    for index in hidden.indices {
      runners[index].bind(.output, region(&hidden[index]))
      runners[index + 1].bind(.input, region(&hidden[index]))
    }
    runners[runners.count - 1].bind(.output, region(&output))
    code = StepCode(runners, streams: streamCount)
  }

  /// Gives a stream another memory [slots, width]; its states stay as they are. The step after it reads the new one.
  public func setMemory(_ name: String, _ memory: Tensor, stream: Int = 0) {
    check(stream)
    checkMemory(name)
    var memories = memories[name]!
    memories[stream] = memory
    setMemories([name: memories])
  }

  private func setMemories(_ changed: [String: [Tensor]]) {
    let states = snapshot()
    memories.merge(changed) { $1 }
    for layer in layers.indices {
      let inputs = layers[layer].plans.step.further.filter { changed[$0.name] != nil }
      guard !inputs.isEmpty else { continue }
      for input in inputs { for memory in memories[input.name]! { Self.check(memory, input) } }
      let before = further[layer]
      further[layer] = furtherRows(layer)
      for (index, input) in layers[layer].plans.step.further.enumerated() where input.kind != .memory {
        further[layer][index] = before[index]
      }
      walks[layer] = walk(layer)
      runners[layer] = runner(layer)
    }
    connect()
    restore(states)
  }

  /// Sets what the layers read as `w.input` or `w.perSequence` from the next step on: [streams × width] values, zeros at first.
  public func setInput(_ name: String, _ values: [Float]) {
    var isKnown = false
    for layer in layers.indices {
      for (index, input) in layers[layer].plans.step.further.enumerated()
      where input.name == name && input.kind != .memory {
        require(
          values.count == streamCount * input.width,
          "Session.setInput: \(values.count) values of \(name) for \(streamCount) streams of width \(input.width)"
        )
        let pointer = further[layer][index].mutablePointer()
        for (position, value) in values.enumerated() { pointer[position] = value }
        if input.kind == .sequence { runners[layer].prepare(for: walks[layer]) }
        isKnown = true
      }
    }
    require(isKnown, "Session.setInput: no layer reads an input \(name)")
  }

  /// One step of all streams.
  ///
  /// - Parameters:
  ///   - x: [streams, inputSize]
  ///   - y: [streams, outputSize]; it may be `x`.
  public func step(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    rows.input.update(from: x, count: streamCount * inputSize)
    if let code {
      code.run()
    } else {
      for (layer, runner) in runners.enumerated() {
        runner.walkSteps(walks[layer])
        runner.carryOver()
      }
    }
    y.update(from: rows.output, count: streamCount * outputSize)
  }

  /// One step of all streams: [streams × inputSize] values in, [streams × outputSize] out.
  public func step(_ x: [Float]) -> [Float] {
    require(
      x.count == streamCount * inputSize,
      "Session.step: \(x.count) values for \(streamCount) streams of input size \(inputSize)")
    return Array(unsafeUninitializedCapacity: streamCount * outputSize) { y, count in
      x.withUnsafeBufferPointer { step($0.baseAddress!, into: y.baseAddress!) }
      count = streamCount * outputSize
    }
  }

  // MARK: States

  /// The states of all streams at one moment, to come back to.
  public struct Snapshot: Sendable, Equatable {
    fileprivate var values: [Float]
    fileprivate let streamCount: Int
  }

  /// Starts all streams anew: all states are what the cells begin with, zeros unless they say otherwise.
  public func reset() {
    for stream in 0..<streamCount { reset(stream: stream) }
  }

  /// Starts one stream anew.
  public func reset(stream: Int) {
    check(stream)
    for (layer, runner) in zip(layers, runners) {
      for (state, shape) in layer.states.enumerated() {
        if let parameter = layer.startParameters[state] {
          let start = weights[parameter]
          withExtendedLifetime(start) { runner.setState(state, place: stream, start.pointer) }
        } else {
          runner.setState(state, place: stream, repeating: Float(shape.startNumber))
        }
      }
    }
  }

  /// A copy of the states of all streams, which later steps leave as it is.
  public func snapshot() -> Snapshot {
    var values: [Float] = []
    forEachState { layer, state, width in
      for stream in 0..<streamCount {
        values += UnsafeBufferPointer(start: runners[layer].currentState(state, place: stream), count: width)
      }
    }
    return Snapshot(values: values, streamCount: streamCount)
  }

  /// Sets all streams back to where they were when the snapshot was taken.
  ///
  /// It may be one of another session on the same layers. Traps if its number of streams or of values is
  /// another.
  public func restore(_ snapshot: Snapshot) {
    setStates(snapshot, sources: Array(0..<streamCount))
  }

  /// Lets stream i go on from where stream `sources[i]` is, with its memories and what it reads per sequence, as a beam search needs it.
  public func reorder(_ sources: [Int]) {
    require(
      sources.count == streamCount, "Session.reorder: \(sources.count) sources for \(streamCount) streams")
    for source in sources { check(source) }
    var moved: [String: [Tensor]] = [:]
    for (name, own) in memories {
      let others = sources.map { own[$0] }
      // Streams of one search read the same memory, which then stays where it is.
      if others != own { moved[name] = others }
    }
    if !moved.isEmpty { setMemories(moved) }
    for layer in layers.indices {
      var isMoved = false
      for (index, input) in layers[layer].plans.step.further.enumerated() where input.kind == .sequence {
        let before = further[layer][index].values
        let rows = sources.flatMap { before[$0 * input.width..<($0 + 1) * input.width] }
        guard rows != before else { continue }
        further[layer][index].mutablePointer().update(from: rows, count: rows.count)
        isMoved = true
      }
      if isMoved { runners[layer].prepare(for: walks[layer]) }
    }
    setStates(snapshot(), sources: sources)
  }

  /// The value of a state of a stream: what the layer remembers.
  public func state(_ name: String, layer: Int = 0, stream: Int = 0) -> [Float] {
    check(stream)
    guard let state = layers[layer].states.firstIndex(where: { $0.name == name }) else {
      fatalError(
        "Session: no state named \(name) in [\(layers[layer].states.map(\.name).joined(separator: ", "))]")
    }
    let width = layers[layer].states[state].width
    return Array(UnsafeBufferPointer(start: runners[layer].currentState(state, place: stream), count: width))
  }

  private func setStates(_ snapshot: Snapshot, sources: [Int]) {
    var start = 0
    var count = 0
    forEachState { _, _, width in count += width * streamCount }
    require(
      snapshot.values.count == count && snapshot.streamCount == streamCount,
      "Session.restore: a snapshot of \(snapshot.values.count) values of \(snapshot.streamCount) streams for \(count) of "
        + "\(streamCount)")
    snapshot.values.withUnsafeBufferPointer { values in
      forEachState { layer, state, width in
        for (stream, source) in sources.enumerated() {
          runners[layer].setState(state, place: stream, values.baseAddress! + start + source * width)
        }
        start += width * streamCount
      }
    }
  }

  private func forEachState(_ body: (_ layer: Int, _ state: Int, _ width: Int) -> Void) {
    for (number, layer) in layers.enumerated() {
      for (state, shape) in layer.states.enumerated() { body(number, state, shape.width) }
    }
  }

  private func check(_ stream: Int) {
    require(0..<streamCount ~= stream, "Session: stream \(stream) of \(streamCount)")
  }
}
