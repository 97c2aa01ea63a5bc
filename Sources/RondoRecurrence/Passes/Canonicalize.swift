// Pass 2: sums and products take the one form whose order of operations every executor keeps. No later pass changes a value, so this pass
// decides the bits:
// - in a sum with products, the products come first, in one chain into one accumulator: the biases (rows that are the same for all steps)
//   are its start value, then come the products that are not recurrent, then the recurrent ones, each in the order written; then the other
//   terms as written;
// - a product that something else reads too is a value of its own and not part of a chain;
// - what is summed in one chain has its rows in one domain: a product over a memory is computed for its slots and added in each step;
// - nothing of this depends on what is recorded;
// - what is added up over all steps is added up for each sequence in the order of the walk, then over the sequences: while the loop walks
//   that it comes from, or afterwards; products that are read by nothing else are no values of their own in such a sum;
// - a row divided by one number is multiplied by its reciprocal: one division instead of one for each column;
// - a · b + c with a product a · b that nothing else reads is one fused multiply-add.

package func canonicalize(_ step: StepGraph) -> StepGraph {
  let step = pruned(step)
  var pass = Canonicalization(source: step)
  var results = step
  results.recorded = []
  var rewritten = results.moved(to: step.graph) { pass.rewrite($0) }
  // What is recorded is computed beside the results, which stay as they are.
  let differentiated = step.recorded.map { pass.differentiated($0.node) }
  rewritten.recorded = zip(step.recorded, differentiated).map { value, differentiated in
    RecordedNode(name: value.name, node: pass.separate(value.node), differentiated: differentiated)
  }
  rewritten.graph = pass.graph
  return rewritten
}

private struct Canonicalization {
  let source: StepGraph
  let readers: [Int]
  let loops: Loops
  /// The loop in which a value can be computed: it is part of it, or computed of its values and of what no loop gives, by pointwise
  /// operations alone.
  private let sourceLoop: [Int?]
  /// Whether no loop is needed for a value.
  private let isFree: [Bool]
  /// Whether a product over all steps reads a value, so that its rows are in memory anyway.
  private let isRow: [Bool]
  var graph = Graph()
  var rewritten: [NodeID: NodeID] = [:]
  /// For what became a part of a sum, that sum.
  private var sums: [NodeID: NodeID] = [:]

  init(source: StepGraph) {
    self.source = source
    readers = source.graph.readerCounts(roots: source.results)
    let (graph, loops) = (source.graph, findLoops(source))
    self.loops = loops
    // What depends on no loop is there before any of them.
    var isFree = loops.loop.map { $0 == nil }
    var sourceLoop = loops.loop
    var isRow = [Bool](repeating: false, count: graph.nodes.count)
    for (id, node) in graph.nodes.enumerated() {
      switch node.operation {
      case .input, .kept, .further: isRow[id] = true
      case .outer: for input in node.inputs { isRow[base(input, in: graph)] = true }
      default: break
      }
      if case .state = node.operation { isFree[id] = false }
      if !node.inputs.allSatisfy({ isFree[$0] }) { isFree[id] = false }
      guard sourceLoop[id] == nil, node.domain == .steps, isPointwise(node.operation) else { continue }
      let sources = Set(node.inputs.filter { !isFree[$0] }.map { sourceLoop[$0] })
      if sources.count == 1, let loop = sources.first! { sourceLoop[id] = loop }
    }
    (self.sourceLoop, self.isFree, self.isRow) = (sourceLoop, isFree, isRow)
  }

  mutating func rewrite(_ id: NodeID) -> NodeID {
    if let known = rewritten[id] { return known }
    let node = source.graph[id]
    let result: NodeID
    if node.operation == .binary(.add) {
      result = rewriteSum(id)
    } else if node.operation == .total, source.graph[node.inputs[0]].domain == .steps {
      let terms = summands(ofTotal: node)
      let values = terms.map { rewrite($0) }
      if canBeAddedUpInLoop(terms) {
        let sums = graph.add(.sumOverSteps, values, width: node.width, domain: .sequences)
        result = graph.add(.total, [sums], width: node.width, domain: node.domain)
      } else {
        result = graph.add(.total, values, width: node.width, domain: node.domain)
      }
    } else if node.operation == .binary(.divide),
      source.graph[node.inputs[1]].operation == .broadcast
    {
      let dividend = rewrite(node.inputs[0])
      let divisor = rewrite(source.graph[node.inputs[1]].inputs[0])
      let reciprocal = graph.binary(.divide, graph.constant(1), divisor)
      result = graph.binary(.multiply, dividend, graph.broadcast(reciprocal, to: node.width))
    } else {
      let inputs = node.inputs.map { rewrite($0) }
      result = graph.add(node.operation, inputs, width: node.width, domain: node.domain)
    }
    rewritten[id] = result
    if let name = source.graph.names[id] { graph.names[result] = name }
    return result
  }

  /// Whether values can be added up while a loop walks, and would otherwise be stored for it alone. The order is the same either way.
  private func canBeAddedUpInLoop(_ terms: [NodeID]) -> Bool {
    let loops = Set(terms.filter { !isFree[$0] }.map { sourceLoop[$0] })
    guard loops.count == 1, loops.first! != nil else { return false }
    return terms.contains { !isFree[$0] && !isRow[base($0, in: source.graph)] }
  }

  /// What is added up over all steps: a value, or two that are multiplied if nothing else reads their products.
  private func summands(ofTotal node: Node) -> [NodeID] {
    let product = source.graph[node.inputs[0]]
    guard readers[node.inputs[0]] == 1, product.operation == .binary(.multiply) else { return node.inputs }
    let isWhole = product.inputs.allSatisfy { factor in
      source.graph[factor].domain == .steps && source.graph[factor].operation != .broadcast
        && source.graph[factor].width == product.width
    }
    return isWhole ? product.inputs : node.inputs
  }

  /// The node that has a value's gradient: the sum of which the value became a part, or its own; nil if no result depends on it.
  func differentiated(_ id: NodeID) -> NodeID? {
    var whole = id
    while rewritten[whole] == nil, let sum = sums[whole] { whole = sum }
    return readers[id] > 0 ? rewritten[whole] : nil
  }

  /// The value in a node of its own.
  mutating func separate(_ id: NodeID) -> NodeID {
    let node = rewrite(id)
    if graph[node].operation.isWork { return node }
    return graph.add(.unary(.identity), [node], width: graph[node].width, domain: graph[node].domain)
  }

  private mutating func rewriteSum(_ id: NodeID) -> NodeID {
    let domain = source.graph[id].domain
    func isChainable(_ term: NodeID) -> Bool { self.isChainable(term) && belongs(term, to: domain) }
    let terms = flattened(id)
    let products = terms.filter(isChainable)
    guard !products.isEmpty else { return sum(id, domain) }
    for product in products { sums[product] = id }
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
      if isFusable(term, in: domain) { sums[term] = id }
      accumulator = add(term, to: accumulator!, domain)
    }
    return accumulator!
  }

  /// The terms of a sum in the order written, descending into sums that nothing else reads.
  private mutating func flattened(_ id: NodeID) -> [NodeID] {
    var terms: [NodeID] = []
    for input in source.graph[id].inputs {
      if source.graph[input].operation == .binary(.add), readers[input] == 1,
        belongs(input, to: source.graph[id].domain)
      {
        sums[input] = id
        terms += flattened(input)
      } else {
        terms.append(input)
      }
    }
    return terms
  }

  /// Whether a term of a sum may be computed where the sum is: there it has no more rows than by itself, or is a row of parameters.
  private func belongs(_ id: NodeID, to domain: Domain) -> Bool {
    if case .fixed = source.graph[id].domain { return true }
    return source.graph[id].domain == domain
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

  private func isFusable(_ id: NodeID, in domain: Domain) -> Bool {
    source.graph[id].operation == .binary(.multiply) && readers[id] == 1 && belongs(id, to: domain)
  }

  private mutating func sum(_ id: NodeID, _ domain: Domain) -> NodeID {
    let (a, b) = (source.graph[id].inputs[0], source.graph[id].inputs[1])
    for term in [a, b] where isFusable(term, in: domain) { sums[term] = id }
    if isFusable(a, in: domain) { return add(a, to: rewrite(b), domain) }
    return add(b, to: rewrite(a), domain)
  }

  private mutating func add(_ term: NodeID, to accumulator: NodeID, _ domain: Domain) -> NodeID {
    guard isFusable(term, in: domain) else {
      // The order of the operands of a sum does not matter to its value.
      return graph.binary(.add, accumulator, rewrite(term))
    }
    let factors = source.graph[term].inputs.map { rewrite($0) }
    return graph.elementwise(.multiplyAdd, factors + [accumulator])
  }
}
