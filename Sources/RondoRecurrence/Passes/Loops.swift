// Which values depend on their own past: the strongly connected components of a step graph with its state edges closed.

package struct Loops: Sendable {
  /// For each node the number of the loop it lies on, or nil. Loops are numbered in the order in which they can run.
  package let loop: [Int?]
  /// All nodes, each component after those it depends on; nodes of one component are in the graph's order.
  package let components: [[NodeID]]
}

/// Finds the loops over time of a step.
package func findLoops(_ step: StepGraph) -> Loops {
  let graph = step.graph
  // Tarjan's algorithm (1972, DOI 10.1137/0201010) over the edges from a node to what it depends on; it emits a component after all
  // components that this one depends on.
  func dependencies(_ id: NodeID) -> [NodeID] {
    if case .state(let index) = graph[id].operation { [step.updates[index]] } else { graph[id].inputs }
  }
  var order = Array(repeating: -1, count: graph.nodes.count)
  var low = order
  var onStack = Array(repeating: false, count: graph.nodes.count)
  var stack: [NodeID] = []
  var counter = 0
  var components: [[NodeID]] = []
  // The path being followed, with its own memory: a graph may be deeper than a thread's stack.
  var path: [(id: NodeID, remaining: ArraySlice<NodeID>)] = []
  func enter(_ id: NodeID) {
    order[id] = counter
    low[id] = counter
    counter += 1
    stack.append(id)
    onStack[id] = true
    path.append((id, dependencies(id)[...]))
  }
  func leave(_ id: NodeID) {
    if let parent = path.last?.id { low[parent] = min(low[parent], low[id]) }
    guard low[id] == order[id] else { return }
    let begin = stack.lastIndex(of: id)!
    for member in stack[begin...] { onStack[member] = false }
    components.append(stack[begin...].sorted())
    stack.removeSubrange(begin...)
  }
  for start in graph.nodes.indices where order[start] < 0 {
    enter(start)
    while let (id, remaining) = path.last {
      guard let dependency = remaining.first else {
        path.removeLast()
        leave(id)
        continue
      }
      path[path.count - 1].remaining = remaining.dropFirst()
      if order[dependency] < 0 {
        enter(dependency)
      } else if onStack[dependency] {
        low[id] = min(low[id], order[dependency])
      }
    }
  }

  var loop = [Int?](repeating: nil, count: graph.nodes.count)
  var count = 0
  // A cycle always passes through a state, so a component is a loop exactly if it has more than one node.
  for component in components where component.count > 1 {
    for id in component { loop[id] = count }
    count += 1
  }
  return Loops(loop: loop, components: components)
}
