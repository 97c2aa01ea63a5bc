// Pass 5: what runs in a loop over time, and what for all rows at once, before, between and after the loops.

package struct Phase: Sendable {
  package enum Kind: Hashable, Sendable {
    /// What is made of parameters alone: once per pass, before the weights are packed.
    case once
    /// What depends on memories and other values of whole sequences alone: once for a batch, whatever its chunks.
    case sequences
    /// All rows of every domain at once.
    case whole
    /// Step by step.
    case loop
  }
  package var kind: Kind
  /// The nodes that are computed here, in topological order; leaves and addressing are nobody's work.
  package var nodes: [NodeID]
  /// The states whose previous values the loop reads.
  package var states: [Int]
  /// Those of them that it carries from step to step in a row for each sequence. The others have a row for each step anyway, as the output
  /// or for later, and are read there.
  package var carried: [Int]
}

package struct Schedule: Sendable {
  package var phases: [Phase]
  /// The phase in which each node is computed, or nil for leaves and addressing.
  package var phase: [Int?]
}

extension Operation {
  /// Whether nodes of this kind are computed, rather than found or addressed.
  package var isWork: Bool {
    switch self {
    case .input, .state, .parameter, .constant, .mask, .further, .kept, .slice, .broadcast: false
    default: true
    }
  }

  /// Whether nodes of this kind read whole rows of a domain larger than their own.
  var sumsOverRows: Bool { self == .outer || self == .total }

  /// Whether nodes of this kind go through the slots of one sequence after the other.
  var runsOverMemory: Bool { self == .softmaxOverMemory || self == .sumOverMemory }

  var isProduct: Bool { if case .product = self { true } else { false } }
}

/// Divides the nodes among phases.
///
/// - Parameters:
///   - keep: Nodes that are read after the pass.
///   - hoisting: Without it everything with a row for each step stays in one loop; the values are the same.
package func schedule(_ step: StepGraph, keep: Set<NodeID> = [], hoisting: Bool = true) -> Schedule {
  let graph = step.graph
  let loops = findLoops(step)

  // Even levels are whole phases, odd ones loops; a value that a loop gives is used from the next even level on. What is made of parameters
  // alone comes before all of them, then what depends on whole sequences alone.
  let (onceLevel, sequenceLevel) = (-4, -2)
  var level = Array(repeating: 0, count: graph.nodes.count)
  for (id, node) in graph.nodes.enumerated() where !node.operation.sumsOverRows {
    switch node.domain {
    case .fixed: if node.inputs.allSatisfy({ level[$0] == onceLevel }) { level[id] = onceLevel }
    case .sequences, .memory:
      if node.inputs.allSatisfy({ level[$0] <= sequenceLevel }) { level[id] = sequenceLevel }
    case .steps, .slots: break
    }
  }
  /// Whether a node runs step by step even where nothing depends on its own past: the rows of its slots are too many to hold them all.
  func walks(_ id: NodeID) -> Bool {
    let node = graph[id]
    switch node.operation {
    case .kept: return false
    case .sumOverSteps: return true
    case .sumOverMemory: return graph[node.inputs[0]].domain.isSlots
    default: return node.domain.isSlots
    }
  }
  for component in loops.components {
    let isLoop = component.count > 1 || walks(component[0])
    var lowest = 0
    for id in component {
      let dependencies: [NodeID]
      if case .state(let index) = graph[id].operation {
        dependencies = [step.updates[index]]
      } else {
        dependencies = graph[id].inputs
      }
      for dependency in dependencies where !component.contains(dependency) {
        // What walks because of its slots needs no loop of its own beside one that it reads or that reads it in the same step.
        let isBeside =
          isLoop && level[dependency] % 2 == 1 && (component.count == 1 || walks(dependency))
          && graph[dependency].operation != .sumOverSteps
        lowest = max(lowest, isBeside ? level[dependency] - 1 : (level[dependency] + 1) / 2 * 2)
      }
    }
    for id in component where level[id] >= 0 { level[id] = isLoop ? lowest + 1 : lowest }
  }
  if !hoisting {
    for id in graph.nodes.indices where level[id] >= 0 {
      let isStep = graph[id].domain == .steps || walks(id)
      level[id] = isStep ? 1 : (graph[id].inputs.contains { level[$0] > 0 } ? 2 : 0)
    }
  }

  // A loop's work may be smaller than its component: components at one level share a phase.
  // Products are hoisted; whatever else a loop is the first to read goes into it, since its operands then never leave the cache.
  let readers = readersOf(graph)
  let roots = Set(step.roots)
  let updates = Set(step.updates)
  for id in graph.nodes.indices.reversed() {
    let node = graph[id]
    guard level[id] % 2 == 0, node.domain == .steps, node.operation != .input, !node.operation.isProduct,
      !node.operation.sumsOverRows, !roots.contains(id), !updates.contains(id), !readers[id].isEmpty
    else { continue }
    if case .state = node.operation { continue }
    if case .kept = node.operation { continue }
    let target = readers[id].map { level[$0] }.min()!
    if target % 2 == 1, target > level[id] { level[id] = target }
  }

  // So is what is computed of a loop's values alone and could come after it: the loop still has them at hand.
  for id in graph.nodes.indices where level[id] > 0 && level[id] % 2 == 0 {
    let node = graph[id]
    guard isPointwise(node.operation), node.operation != .concatenate, node.domain == .steps,
      !updates.contains(id)
    else { continue }
    let sources = node.inputs.map { base($0, in: graph) }
    let loop = level[id] - 1
    let isAtHand = sources.allSatisfy { source in
      if case .state = graph[source].operation { return level[source] == loop }
      return level[source] <= loop && graph[source].operation != .sumOverSteps
    }
    if isAtHand, sources.contains(where: { level[$0] == loop }) { level[id] = loop }
  }

  // A concatenation of what a loop computes is filled by the loop.
  for id in graph.nodes.indices
  where graph[id].operation == .concatenate && graph[id].domain == .steps && level[id] > 0
    && level[id] % 2 == 0
  {
    let sources = graph[id].inputs.map { base($0, in: graph) }
    let parts = sources.filter { graph[$0].operation.isWork }
    if !parts.isEmpty, parts.allSatisfy({ level[$0] == level[id] - 1 }),
      sources.allSatisfy({ level[$0] < level[id] })
    {
      level[id] -= 1
    }
  }

  // A state whose previous value nothing in the loop reads is not the loop's: it is the row before of what the loop gives.
  var stateLevel = [Int?](repeating: nil, count: step.states.count)
  for (id, node) in graph.nodes.enumerated() {
    if case .state(let index) = node.operation { stateLevel[index] = level[id] }
  }
  let keptStates = keep.compactMap { if case .state(let index) = graph[$0].operation { index } else { nil } }
  let stored = step.states.indices.filter { state in
    let update = step.updates[state]
    return graph[update].operation.isWork && graph[update].domain == .steps
      && (update == step.output || keep.contains(update) || keptStates.contains(state))
  }
  let used = Set(graph.nodes.indices.filter { graph[$0].operation.isWork }.map { level[$0] }).sorted()
  var phases: [Phase] = []
  var phase = [Int?](repeating: nil, count: graph.nodes.count)
  for value in used {
    let nodes = graph.nodes.indices.filter { level[$0] == value && graph[$0].operation.isWork }
    for id in nodes { phase[id] = phases.count }
    let isLoop = value % 2 == 1
    let states = isLoop ? step.states.indices.filter { stateLevel[$0] == value } : []
    phases.append(
      Phase(
        kind: value == onceLevel ? .once : value == sequenceLevel ? .sequences : isLoop ? .loop : .whole,
        nodes: nodes,
        states: states, carried: states.filter { !stored.contains($0) }))
  }
  return Schedule(phases: phases, phase: phase)
}

/// For each node the nodes that read it.
package func readersOf(_ graph: Graph) -> [[NodeID]] {
  var readers = [[NodeID]](repeating: [], count: graph.nodes.count)
  for (id, node) in graph.nodes.enumerated() {
    for input in Set(node.inputs) { readers[input].append(id) }
  }
  return readers
}
