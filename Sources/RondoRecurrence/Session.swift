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
public final class Session {
  /// The number of streams: rows of every input and output.
  public let streamCount: Int
  /// The width of an input row: that of the first layer.
  public let inputSize: Int
  /// The width of an output row: that of the last layer.
  public let outputSize: Int
  private let layers: [Recurrence]
  private let runners: [Runner<VectorExecutor>]
  private let weights: ParameterStore
  /// The outputs of all layers but the last, then room for one row of states.
  private var hidden: [Tensor]
  private let walk: Walk

  /// Opens a session on a layer or a stack of layers, each fed by the one before.
  ///
  /// - Parameters:
  ///   - layers: All walk forwards: a reverse direction needs the end of the sequence first, so it traps.
  ///   - streams: How many sequences step together.
  public init(_ layers: [Recurrence], _ weights: ParameterStore, streams: Int = 1) {
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
    walk = Walk(SequenceLayout(uniform: 1, count: streams), isUpwards: true)
    runners = layers.map { layer in
      let runner = Runner<VectorExecutor>(
        layer.plans.evaluating.inference, rowCount: streams, placeCount: streams)
      for (index, parameter) in layer.parameters.enumerated() {
        let value = weights[parameter]
        runner.bind(.parameter(index), Region(reading: value.pointer, stride: value.columns))
      }
      runner.prepare()
      return runner
    }
    hidden = layers.dropLast().map { Tensor(zeros: [streams, $0.outputSize]) }
    reset()
    for (index, pointer) in hidden.indices.map({ ($0, hidden[$0].mutablePointer()) }) {
      runners[index].bind(.output, Region(pointer, stride: layers[index].outputSize))
      runners[index + 1].bind(.input, Region(pointer, stride: layers[index].outputSize))
    }
  }

  /// One step of all streams.
  ///
  /// - Parameters:
  ///   - x: [streams, inputSize]
  ///   - y: [streams, outputSize]; it must not overlap `x`.
  public func step(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    runners[0].bindInput(Region(reading: x, stride: inputSize))
    runners[runners.count - 1].bindOutput(Region(y, stride: outputSize))
    for runner in runners {
      runner.walkSteps(walk)
      runner.carryOver()
    }
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

  /// Starts all streams anew: all states zero.
  public func reset() {
    for stream in 0..<streamCount { reset(stream: stream) }
  }

  /// Starts one stream anew.
  public func reset(stream: Int) {
    check(stream)
    for (layer, runner) in zip(layers, runners) {
      for state in layer.states.indices { runner.setState(state, place: stream, repeating: 0) }
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

  /// Lets stream i go on from where stream `sources[i]` is, as a beam search needs it.
  public func reorder(_ sources: [Int]) {
    require(
      sources.count == streamCount, "Session.reorder: \(sources.count) sources for \(streamCount) streams")
    for source in sources { check(source) }
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
