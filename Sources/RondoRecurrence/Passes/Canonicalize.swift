// Pass 2: sums and products take the one form whose order of operations every executor keeps. No later pass changes a value, so this pass
// decides the bits:
// - in a sum with products, the products come first, in one chain into one accumulator: the biases (rows that are the same for all steps)
//   are its start value, then come the products that are not recurrent, then the recurrent ones, each in the order written; then the other
//   terms as written;
// - a product that something else reads too is a value of its own and not part of a chain;
// - a · b + c with a product a · b that nothing else reads is one fused multiply-add.

package func canonicalize(_ step: StepGraph) -> StepGraph {
  // What no result depends on is no reader.
  let step = pruned(step)
  var pass = Canonicalization(source: step)
  var result = step
  result.updates = step.updates.map { pass.rewrite($0) }
  result.output = step.output.map { pass.rewrite($0) }
  result.gradients = step.gradients.map {
    ParameterGradient(parameter: $0.parameter, node: pass.rewrite($0.node))
  }
  result.graph = pass.graph
  return result
}

private struct Canonicalization {
  let source: StepGraph
  let readers: [Int]
  let loops: Loops
  var graph = Graph()
  var rewritten: [NodeID: NodeID] = [:]

  init(source: StepGraph) {
    self.source = source
    readers = source.graph.readerCounts(roots: source.roots)
    loops = findLoops(source)
  }

  mutating func rewrite(_ id: NodeID) -> NodeID {
    if let known = rewritten[id] { return known }
    let node = source.graph[id]
    let result: NodeID
    if node.operation == .binary(.add) {
      result = rewriteSum(id)
    } else {
      let inputs = node.inputs.map { rewrite($0) }
      result = graph.add(node.operation, inputs, width: node.width, domain: node.domain)
    }
    rewritten[id] = result
    if let name = source.graph.names[id] { graph.names[result] = name }
    return result
  }

  private mutating func rewriteSum(_ id: NodeID) -> NodeID {
    let terms = flattened(id)
    let products = terms.filter(isChainable)
    guard !products.isEmpty else {
      let inputs = source.graph[id].inputs
      return sum(inputs[0], inputs[1])
    }
    let biases = terms.filter(isBias)
    var accumulator: NodeID?
    for bias in biases {
      let value = rewrite(bias)
      accumulator = accumulator.map { graph.binary(.add, $0, value) } ?? value
    }
    let chain = products.filter { !isRecurrent($0) } + products.filter { isRecurrent($0) }
    for product in chain {
      let node = source.graph[product]
      guard case .product(let transposed) = node.operation else { fatalError("not a product") }
      let (x, w) = (rewrite(node.inputs[0]), rewrite(node.inputs[1]))
      accumulator = graph.product(x, w, start: accumulator, transposed: transposed)
      if let name = source.graph.names[product] { graph.names[accumulator!] = name }
    }
    for term in terms where !isChainable(term) && !isBias(term) {
      accumulator = add(term, to: accumulator!)
    }
    return accumulator!
  }

  /// The terms of a sum in the order written, descending into sums that nothing else reads.
  private func flattened(_ id: NodeID) -> [NodeID] {
    source.graph[id].inputs.flatMap { input in
      source.graph[input].operation == .binary(.add) && readers[input] == 1 ? flattened(input) : [input]
    }
  }

  private func isChainable(_ id: NodeID) -> Bool {
    if case .product = source.graph[id].operation {
      source.graph[id].inputs.count == 2 && readers[id] == 1
    } else {
      false
    }
  }

  private func isBias(_ id: NodeID) -> Bool {
    source.graph[id].domain == .fixed(rows: 1) && !source.graph.isConstant(id) && !isChainable(id)
  }

  private func isRecurrent(_ id: NodeID) -> Bool { loops.loop[id] != nil }

  private func isFusable(_ id: NodeID) -> Bool {
    source.graph[id].operation == .binary(.multiply) && readers[id] == 1
  }

  private mutating func sum(_ a: NodeID, _ b: NodeID) -> NodeID {
    if isFusable(a) { return add(a, to: rewrite(b)) }
    return add(b, to: rewrite(a))
  }

  private mutating func add(_ term: NodeID, to accumulator: NodeID) -> NodeID {
    guard isFusable(term) else {
      // The order of the operands of a sum does not matter to its value.
      return graph.binary(.add, accumulator, rewrite(term))
    }
    let factors = source.graph[term].inputs.map { rewrite($0) }
    return graph.elementwise(.multiplyAdd, factors + [accumulator])
  }
}
