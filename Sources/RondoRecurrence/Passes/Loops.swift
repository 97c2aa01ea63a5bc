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
  func visit(_ id: NodeID) {
    order[id] = counter
    low[id] = counter
    counter += 1
    stack.append(id)
    onStack[id] = true
    for dependency in dependencies(id) {
      if order[dependency] < 0 {
        visit(dependency)
        low[id] = min(low[id], low[dependency])
      } else if onStack[dependency] {
        low[id] = min(low[id], order[dependency])
      }
    }
    guard low[id] == order[id] else { return }
    var component: [NodeID] = []
    while true {
      let member = stack.removeLast()
      onStack[member] = false
      component.append(member)
      if member == id { break }
    }
    components.append(component.sorted())
  }
  for id in graph.nodes.indices where order[id] < 0 { visit(id) }

  var loop = [Int?](repeating: nil, count: graph.nodes.count)
  var count = 0
  // A cycle always passes through a state, so a component is a loop exactly if it has more than one node.
  for component in components where component.count > 1 {
    for id in component { loop[id] = count }
    count += 1
  }
  return Loops(loop: loop, components: components)
}
