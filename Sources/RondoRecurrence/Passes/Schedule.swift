// Pass 5: what runs in a loop over time, and what for all rows at once, before, between and after the loops.

package struct Phase: Sendable {
  package enum Kind: Hashable, Sendable {
    /// All rows of every domain at once.
    case whole
    /// Step by step.
    case loop
  }
  package var kind: Kind
  /// The nodes that are computed here, in topological order; leaves and addressing are nobody's work.
  package var nodes: [NodeID]
  /// The states that the loop carries.
  package var states: [Int]
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
    case .input, .state, .parameter, .constant, .kept, .slice, .broadcast: false
    default: true
    }
  }

  /// Whether nodes of this kind read whole rows of a domain larger than their own.
  var sumsOverRows: Bool { self == .outer || self == .total }

  var isProduct: Bool { if case .product = self { true } else { false } }
}

/// Divides the nodes among phases.
///
/// - Parameter hoisting: Without it everything with a row for each step stays in one loop; the values are the same.
package func schedule(_ step: StepGraph, hoisting: Bool = true) -> Schedule {
  let graph = step.graph
  let loops = findLoops(step)

  // Even levels are whole phases, odd ones loops; a value that a loop gives is used from the next even level on.
  var level = Array(repeating: 0, count: graph.nodes.count)
  for component in loops.components {
    let isLoop = component.count > 1
    var lowest = 0
    for id in component {
      let dependencies: [NodeID]
      if case .state(let index) = graph[id].operation {
        dependencies = [step.updates[index]]
      } else {
        dependencies = graph[id].inputs
      }
      for dependency in dependencies where !component.contains(dependency) {
        lowest = max(lowest, (level[dependency] + 1) / 2 * 2)
      }
    }
    for id in component { level[id] = isLoop ? lowest + 1 : lowest }
  }
  if !hoisting {
    for id in graph.nodes.indices {
      let isStep = graph[id].domain == .steps
      level[id] = isStep ? 1 : (graph[id].inputs.contains { level[$0] > 0 } ? 2 : 0)
    }
  }

  // A loop's work may be smaller than its component: components at one level share a phase.
  // Products are hoisted; whatever else only one loop reads goes into it, since its operands then never leave the cache.
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
    let target = level[readers[id][0]]
    if target % 2 == 1, readers[id].allSatisfy({ level[$0] == target }) { level[id] = target }
  }

  // A concatenation of what a loop computes is filled by the loop.
  for id in graph.nodes.indices
  where graph[id].operation == .concatenate && level[id] > 0 && level[id] % 2 == 0 {
    let parts = graph[id].inputs.filter { graph[$0].operation.isWork }
    if !parts.isEmpty, parts.allSatisfy({ level[$0] == level[id] - 1 }) { level[id] -= 1 }
  }

  let used = Set(graph.nodes.indices.filter { graph[$0].operation.isWork }.map { level[$0] }).sorted()
  var phases: [Phase] = []
  var phase = [Int?](repeating: nil, count: graph.nodes.count)
  for value in used {
    let nodes = graph.nodes.indices.filter { level[$0] == value && graph[$0].operation.isWork }
    let states = step.states.indices.filter { level[step.updates[$0]] == value }
    for id in nodes { phase[id] = phases.count }
    phases.append(
      Phase(kind: value % 2 == 1 ? .loop : .whole, nodes: nodes, states: value % 2 == 1 ? states : []))
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
