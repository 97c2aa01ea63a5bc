// Pass 4: what is arithmetic of kept values is computed again in the backward step instead of being kept for it.

/// Replaces `kept` leaves of a backward step by the forward node's own operation where its operands are at hand.
///
/// Sums, products of numbers, comparisons and tanh are cheap enough; exp, log, sigmoid, divisions and whatever is not elementwise stay kept.
/// What has a row for each slot of a memory in each step is computed again if it can be, since those rows are many; what it is made of,
/// having fewer, is kept for it.
/// The operations are the forward graph's, so a recomputed value has the value's bits.
package func recompute(_ backward: StepGraph, of forward: StepGraph) -> StepGraph {
  let needed = Set(
    backward.graph.nodes.compactMap { node -> NodeID? in
      if case .kept(let id) = node.operation { id } else { nil }
    })
  let isState = Set(forward.updates)

  func isCheap(_ operation: Operation) -> Bool {
    switch operation {
    case .unary(let function): [.identity, .negate, .absolute, .relu, .tanh].contains(function)
    case .binary(let function): function != .divide
    case .select, .multiplyAdd: true
    default: false
    }
  }
  func isElementwise(_ operation: Operation) -> Bool {
    switch operation {
    case .unary, .binary, .select, .multiplyAdd, .repeated, .tiled: true
    default: false
    }
  }
  // Whether a value can be had in the backward step without keeping more than is needed anyway.
  var known: [NodeID: Bool] = [:]
  func isAtHand(_ id: NodeID) -> Bool {
    if let answer = known[id] { return answer }
    let node = forward.graph[id]
    let answer: Bool
    switch node.operation {
    case .constant, .parameter: answer = true
    case .slice, .broadcast: answer = isAtHand(node.inputs[0])
    default: answer = needed.contains(id) || isRecomputable(id)
    }
    known[id] = answer
    return answer
  }
  func isRecomputable(_ id: NodeID) -> Bool {
    let node = forward.graph[id]
    guard node.domain.isSlots else { return isCheap(node.operation) && node.inputs.allSatisfy(isAtHand) }
    return isElementwise(node.operation)
      && node.inputs.allSatisfy { !forward.graph[$0].domain.isSlots || isAtHand($0) }
  }
  // A state's new value is kept anyway where its previous value is read: the one is the other, a row later.
  func isKeptAnyway(_ id: NodeID) -> Bool {
    isState.contains(id)
      && forward.updates.indices.contains { index in
        forward.updates[index] == id
          && needed.contains { forward.graph[$0].operation == .state(index) }
      }
  }

  var graph = Graph()
  var renewed: [NodeID: NodeID] = [:]
  func again(_ id: NodeID) -> NodeID {
    // A value that two others read is written once: otherwise squares of squares would take for ever.
    if let known = renewed[id] { return known }
    let result = written(id)
    renewed[id] = result
    return result
  }
  func written(_ id: NodeID) -> NodeID {
    let node = forward.graph[id]
    let result: NodeID
    switch node.operation {
    case .constant(let value): return graph.constant(value)
    case .parameter: result = graph.add(node.operation, width: node.width, domain: node.domain)
    case .slice(let offset): return graph.slice(again(node.inputs[0]), offset, node.width)
    case .broadcast: return graph.broadcast(again(node.inputs[0]), to: node.width)
    default:
      if isRecomputable(id), !isKeptAnyway(id) {
        let inputs = node.inputs.map(again)
        result = graph.add(node.operation, inputs, width: node.width, domain: node.domain)
      } else {
        result = graph.add(.kept(id), width: node.width, domain: node.domain)
      }
    }
    if let name = forward.graph.names[id] { graph.names[result] = name }
    return result
  }

  var rewritten: [NodeID] = []
  for (id, node) in backward.graph.nodes.enumerated() {
    let result: NodeID
    if case .kept(let forwardID) = node.operation {
      result = again(forwardID)
    } else {
      result = graph.add(
        node.operation, node.inputs.map { rewritten[$0] }, width: node.width, domain: node.domain)
      if let name = backward.graph.names[id], graph.names[result] == nil { graph.names[result] = name }
    }
    rewritten.append(result)
  }
  return pruned(backward.moved(to: graph) { rewritten[$0] })
}

/// The step without the nodes that none of its results depends on.
package func pruned(_ step: StepGraph) -> StepGraph {
  var reachable = Array(repeating: false, count: step.graph.nodes.count)
  for root in step.roots { reachable[root] = true }
  for id in step.graph.nodes.indices.reversed() where reachable[id] {
    for input in step.graph[id].inputs { reachable[input] = true }
  }
  var graph = Graph()
  var renumbered = Array(repeating: -1, count: reachable.count)
  for id in step.graph.nodes.indices where reachable[id] {
    let node = step.graph[id]
    renumbered[id] = graph.add(
      node.operation, node.inputs.map { renumbered[$0] }, width: node.width, domain: node.domain)
    if let name = step.graph.names[id] { graph.names[renumbered[id]] = name }
  }
  return step.moved(to: graph) { renumbered[$0] }
}
