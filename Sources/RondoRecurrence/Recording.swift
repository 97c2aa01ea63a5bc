import RondoCore

/// Values that a cell names, at every step of a pass, and their gradients.
///
/// Names are those of states, of gates (`z.split("i", "f", …)` names the activations "i", "f", … and what they are computed of "i?", "f?",
/// …), of products and of everything with `.named`. A name that several values have means the first one in the order written; "i.2" is the
/// second. Recording changes no bit of the results.
///
/// ```swift
/// let recording = Recording(["attention", "i"])
/// let output = rnn(x, layout, recording: recording).output
/// let gradients = tape.backward(from: loss(output))
/// print(recording["i"].value, recording["i"].gradient!)
/// ```
///
/// Not `Sendable`: one pass at a time.
public final class Recording {
  /// The names of what is recorded.
  public let names: [String]
  private var values: [String: RecordedValue] = [:]
  /// The plans for the recurrence that ran last.
  private var plans: (bare: RecurrencePlans, recording: RecurrencePlans)?

  /// A recording of these names, to be handed to a recurrence.
  public init(_ names: [String]) { self.names = names }

  /// What was recorded in the last pass. Traps on a name that is not recorded, and before a recurrence has run.
  public subscript(name: String) -> RecordedValue {
    guard let value = values[name] else {
      fatalError(
        "Recording: no value \(name) in what the last pass recorded, [\(values.keys.sorted().joined(separator: ", "))]"
      )
    }
    return value
  }

  func plans(for bare: RecurrencePlans) -> RecurrencePlans {
    if let plans, plans.bare === bare { return plans.recording }
    let recording = bare.recording(names)
    plans = (bare, recording)
    return recording
  }

  func readValues(_ runner: Runner<VectorExecutor>, _ walk: Walk) {
    values = [:]
    for (value, read) in RecordedValue.read(runner, walk) { values[value] = read }
  }

  func readGradients(_ runner: Runner<VectorExecutor>, _ walk: Walk) {
    for (name, gradient) in RecordedValue.read(runner, walk) { values[name]?.gradient = gradient.value }
  }
}

/// A value of a cell over a whole batch.
public struct RecordedValue: Sendable {
  /// [rows, width], the rows being those of the batch as its layout places them.
  ///
  /// What a cell computes for the slots of a memory has the rows of all slots instead, those of the batch's first row, then those of its
  /// second, and so on: `slots` tells where each begins. What depends on whole sequences alone has a row for each sequence, in the user's order, what
  /// only depends on a memory the slots of one sequence after the other.
  public internal(set) var value: Tensor
  /// The gradient of the loss, of the same shape; nil before the backward pass.
  public internal(set) var gradient: Tensor?
  /// For each row of the batch (or each sequence) the rows that belong to it: one, or one for each slot of its memory.
  public let slots: [Range<Int>]

  static func read(_ runner: Runner<VectorExecutor>, _ walk: Walk) -> [(String, RecordedValue)] {
    let layout = walk.layout
    return runner.plan.step.recorded.map { recorded in
      let node = runner.plan.step.graph[recorded.node]
      let region = runner.region(of: recorded.node)
      // The run's rows of each row or sequence of the caller.
      var rows: [Range<Int>] = []
      switch node.domain {
      case .steps: rows = (0..<layout.rowCount).map { $0..<$0 + 1 }
      case .slots(let memory):
        let slots = walk.slots[memory]
        for step in 0..<layout.stepCount {
          for place in layout.rows(ofStep: step).indices.map({ $0 - layout.stepOffsets[step] }) {
            let own = slots.rows(ofPlace: place)
            let first = slots.stepOffsets[step]
            rows.append(first + own.lowerBound..<first + own.upperBound)
          }
        }
      case .sequences, .memory:
        var ofSequence = Array(repeating: 0..<0, count: layout.sequenceCount)
        for (place, sequence) in layout.order.enumerated() {
          ofSequence[sequence] =
            node.domain.memory.map { walk.slots[$0].rows(ofPlace: place) } ?? place..<place + 1
        }
        rows = ofSequence
      case .fixed: fatalError("Recording: \(recorded.name) is the same in all steps")
      }
      var tensor = Tensor(uninitialized: [rows.reduce(0) { $0 + $1.count }, node.width])
      var pointer = tensor.mutablePointer()
      var slots: [Range<Int>] = []
      for rows in rows {
        let first = slots.last?.upperBound ?? 0
        slots.append(first..<first + rows.count)
        for row in rows {
          pointer.update(from: region.base + row * region.stride, count: node.width)
          pointer += node.width
        }
      }
      return (recorded.name, RecordedValue(value: tensor, gradient: nil, slots: slots))
    }
  }
}

extension StepGraph {
  /// The step with these values recorded. Traps on a name that the cell does not use.
  func recording(_ names: [String]) -> StepGraph {
    var result = self
    result.recorded = names.map { name in
      guard let node = node(ofName: name) else {
        if graph.names.values.contains(name) { fatalError("Recording: \(name) is the same in all steps") }
        let known = Set(states.map(\.name) + graph.names.values).sorted().joined(separator: ", ")
        fatalError("Recording: no value named \(name); this cell names [\(known)]")
      }
      return RecordedNode(name: name, node: node)
    }
    return result
  }

  private func node(ofName name: String) -> NodeID? {
    if let state = states.firstIndex(where: { $0.name == name }) { return updates[state] }
    let named = graph.names.keys.sorted().filter { id in
      if case .fixed = graph[id].domain { false } else { true }
    }
    if let first = named.first(where: { graph.names[$0] == name }) { return first }
    guard let dot = name.lastIndex(of: "."), let number = Int(name[name.index(after: dot)...]), number > 1
    else {
      return nil
    }
    let same = named.filter { graph.names[$0]! == name[..<dot] }
    return number <= same.count ? same[number - 1] : nil
  }
}
