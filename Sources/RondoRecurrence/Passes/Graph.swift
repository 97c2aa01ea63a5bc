// The graph of one time step: about twenty kinds of nodes, hash-consed, in topological order. Forward and backward steps are graphs of the
// same kind, and no pass treats them differently.

import RondoCore

/// The index of a node in its graph; a node's inputs always have smaller indices.
package typealias NodeID = Int

/// Where a value has rows. The domain of a result is the join of its operands' domains, so nothing else has to mark what depends on time.
package enum Domain: Hashable, Sendable {
  /// A parameter or what is computed of parameters alone: this many rows, the same for the whole pass.
  case fixed(rows: Int)
  /// One row for each sequence.
  case sequences
  /// One row for each slot of each sequence's memory, which is the further input of this number.
  case memory(Int)
  /// One row for each time step of each sequence.
  case steps
  /// One row for each slot of its sequence's memory in each time step of each sequence.
  case slots(Int)

  /// The domain of an elementwise result of operands in both domains, or nil where their rows cannot be matched.
  package static func join(_ a: Domain, _ b: Domain) -> Domain? {
    switch (a, b) {
    case (.fixed(let m), .fixed(let n)): m == n || n == 1 ? a : (m == 1 ? b : nil)
    case (.fixed(1), _): b
    case (_, .fixed(1)): a
    case (.fixed, _), (_, .fixed): nil
    case (.sequences, _): b
    case (_, .sequences), (.steps, .steps): a
    case (.steps, .memory(let m)), (.memory(let m), .steps): .slots(m)
    case (.memory, .memory), (.slots, .slots): a == b ? a : nil
    case (.steps, .slots): b
    case (.slots, .steps): a
    case (.memory(let m), .slots(let n)), (.slots(let m), .memory(let n)): m == n ? .slots(m) : nil
    }
  }

  /// The number of the memory that it has slots of.
  package var memory: Int? {
    switch self {
    case .memory(let memory), .slots(let memory): memory
    case .fixed, .sequences, .steps: nil
    }
  }

  /// Whether it has a row for each slot in each step: so many that they are computed step by step and never all kept if it can be helped.
  package var isSlots: Bool { if case .slots = self { true } else { false } }
}

package enum Unary: String, Hashable, Sendable, CaseIterable {
  /// The value itself: gives a leaf or a slice a node of its own where one is needed.
  case identity
  case negate, absolute, exp, log, sigmoid, tanh, relu, softplus, squareRoot, sin, cos
}

package enum Binary: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, minimum, maximum
  /// 1 where the first operand is smaller than the second, else 0.
  case less
}

package enum Operation: Hashable, Sendable {
  // Leaves.
  case input
  /// The value that a state had before this step (in the backward step: the gradient that arrives from the step walked before).
  case state(Int)
  case parameter(Int)
  case constant(Double)
  /// Random zeros: the mask of this number.
  case mask(Int)
  /// The further input of this number.
  case further(Int)
  /// In a backward graph: the value of a node of the forward graph, at the same row.
  case kept(NodeID)
  // Elementwise.
  case unary(Unary)
  case binary(Binary)
  /// (condition, a, b): a where the condition is not 0, else b.
  case select
  /// (a, b, c): a · b + c, rounded once.
  case multiplyAdd
  // Addressing: no work of their own, but for the copies that a concatenation needs.
  case slice(Int)
  case concatenate
  /// A value of width 1 repeated over a width.
  case broadcast
  // Movements of columns; the number is that of columns of a group, or of groups.
  /// Each column n times: out[j] = a[j / n].
  case repeated(Int)
  /// All columns n times: out[j] = a[j mod width of a].
  case tiled(Int)
  /// The sum of each group of n columns.
  case groupSum(Int)
  /// The largest of each group of n columns.
  case groupMaximum(Int)
  /// The sum of n groups, column by column: what the gradient of `tiled` is. No cell writes it.
  case tileSum(Int)
  // Products. `product` is (x, W) or (x, W, start): start + Σ_k x[k] W[·, k], k ascending; transposed: Σ_k x[k] W[k, ·].
  case product(transposed: Bool)
  /// (a, b): Σ over rows of aᵀ b, the gradient of a weight.
  case outer
  // Reductions.
  case sum, maximum
  /// The sum over all rows of steps, sequences or a memory, or of the products of two: a parameter's single row.
  case total
  /// The sum over the slots of each sequence's memory: in each step, or of what only depends on the memory.
  case sumOverMemory
  /// The sum over the steps of each sequence, of rows or of slots, or of the products of two: added up while a loop walks.
  case sumOverSteps
  /// The softmax of each column over the slots of each sequence's memory.
  case softmaxOverMemory
}

package struct Node: Hashable, Sendable {
  package var operation: Operation
  package var inputs: [NodeID]
  package var width: Int
  package var domain: Domain
}

package struct Graph: Sendable {
  package private(set) var nodes: [Node] = []
  private var identifiers: [Node: NodeID] = [:]
  /// The cell's own names of values, for printing and recording.
  package var names: [NodeID: String] = [:]

  package init() {}

  package subscript(id: NodeID) -> Node { nodes[id] }

  /// The node that computes this, made now if there is none: common subexpressions are one node.
  package mutating func add(
    _ operation: Operation, _ inputs: [NodeID] = [], width: Int, domain: Domain
  ) -> NodeID {
    let node = Node(operation: operation, inputs: inputs, width: width, domain: domain)
    if let known = identifiers[node] { return known }
    nodes.append(node)
    identifiers[node] = nodes.count - 1
    return nodes.count - 1
  }

  package mutating func constant(_ value: Double) -> NodeID {
    add(.constant(value), width: 1, domain: .fixed(rows: 1))
  }

  package mutating func unary(_ function: Unary, _ a: NodeID) -> NodeID {
    add(.unary(function), [a], width: nodes[a].width, domain: nodes[a].domain)
  }

  /// An elementwise operation; operands have the same width or are constants. What is exactly an operand (x · 1) is that operand.
  package mutating func elementwise(_ operation: Operation, _ operands: [NodeID]) -> NodeID {
    if operands.contains(where: isRepeatedNumber) { return elementwiseOfNumbers(operation, operands) }
    return elementwiseOfRows(operation, operands)
  }

  /// What is a number in every column is read as that number where other operands give the result its columns and rows.
  private mutating func elementwiseOfNumbers(_ operation: Operation, _ operands: [NodeID]) -> NodeID {
    func shape(_ operands: [NodeID]) -> (width: Int, domain: Domain?) {
      let domain = operands.reduce(Domain.fixed(rows: 1) as Domain?) { domain, operand in
        domain.flatMap { Domain.join($0, nodes[operand].domain) }
      }
      return (operands.map { nodes[$0].width }.max() ?? 1, domain)
    }
    let numbers = operands.map { isRepeatedNumber($0) ? nodes[$0].inputs[0] : $0 }
    let (whole, rest) = (shape(operands), shape(numbers))
    if whole == rest { return elementwiseOfRows(operation, numbers) }
    guard numbers.allSatisfy(isConstant), let domain = whole.domain else {
      return elementwiseOfRows(operation, operands)
    }
    let number = elementwiseOfRows(operation, numbers)
    return add(.broadcast, [number], width: whole.width, domain: domain)
  }

  private func isRepeatedNumber(_ id: NodeID) -> Bool {
    nodes[id].operation == .broadcast && isConstant(nodes[id].inputs[0])
  }

  private mutating func elementwiseOfRows(_ operation: Operation, _ operands: [NodeID]) -> NodeID {
    let inputs = operands.map { operand in
      // What was given rows only to meet a value that has them is read where it is.
      let isMet = operands.contains {
        nodes[$0].domain == nodes[operand].domain && withoutSpread($0) == $0
      }
      return isMet ? withoutSpread(operand) : operand
    }
    if operation == .binary(.multiply) {
      if nodes[inputs[0]].operation == .constant(1) { return inputs[1] }
      if nodes[inputs[1]].operation == .constant(1) { return inputs[0] }
    }
    var domain = nodes[inputs[0]].domain
    var width = nodes[inputs[0]].width
    for input in inputs.dropFirst() {
      guard let joined = Domain.join(domain, nodes[input].domain) else {
        fatalError(
          "\(describe(operation)): rows of \(describe(inputs[0])) and \(describe(input)) do not match")
      }
      domain = joined
      width = max(width, nodes[input].width)
    }
    for input in inputs where nodes[input].width != width && !isConstant(input) {
      fatalError(
        "\(describe(operation)): widths \(inputs.map { nodes[$0].width }) of "
          + "\(inputs.map(describe).joined(separator: ", ")) differ")
    }
    return add(operation, inputs, width: width, domain: domain)
  }

  package mutating func binary(_ function: Binary, _ a: NodeID, _ b: NodeID) -> NodeID {
    elementwise(.binary(function), [a, b])
  }

  /// Columns `offset..<offset + width`. A slice of a slice is one slice, a slice that is a part of a concatenation is that part.
  package mutating func slice(_ a: NodeID, _ offset: Int, _ width: Int) -> NodeID {
    let node = nodes[a]
    require(
      offset >= 0 && width > 0 && offset + width <= node.width,
      "slice: columns \(offset)..<\(offset + width) of \(describe(a)), which has \(node.width)")
    if offset == 0, width == node.width { return a }
    if case .slice(let inner) = node.operation { return slice(node.inputs[0], inner + offset, width) }
    if node.operation == .broadcast {
      return width == 1 && nodes[node.inputs[0]].domain == node.domain
        ? node.inputs[0] : add(.broadcast, node.inputs, width: width, domain: node.domain)
    }
    if node.operation == .concatenate {
      var start = 0
      for part in node.inputs {
        if start == offset, nodes[part].width == width { return part }
        start += nodes[part].width
      }
    }
    return add(.slice(offset), [a], width: width, domain: node.domain)
  }

  package mutating func concatenate(_ parts: [NodeID]) -> NodeID {
    if parts.count == 1 { return parts[0] }
    var domain = Domain.fixed(rows: 1)
    for part in parts {
      guard let joined = Domain.join(domain, nodes[part].domain) else {
        fatalError("concatenate: rows of \(parts.map(describe)) do not match")
      }
      domain = joined
    }
    return add(.concatenate, parts, width: parts.map { nodes[$0].width }.reduce(0, +), domain: domain)
  }

  package mutating func broadcast(_ a: NodeID, to width: Int) -> NodeID {
    if nodes[a].width == width || isConstant(a) { return a }
    require(nodes[a].width == 1, "broadcast: \(describe(a)) has width \(nodes[a].width), not 1")
    return add(.broadcast, isRepeatedNumber(a) ? nodes[a].inputs : [a], width: width, domain: nodes[a].domain)
  }

  /// A node whose columns lie in memory: what products and sums over rows read. Only pointwise works can repeat a column.
  package mutating func spread(_ a: NodeID) -> NodeID {
    nodes[a].operation == .broadcast ? unary(.identity, a) : a
  }

  /// The value with a row for each slot of a memory, all of one step or sequence alike.
  package mutating func spread(_ a: NodeID, over domain: Domain) -> NodeID {
    nodes[a].domain == domain
      ? a : add(.unary(.identity), [a], width: nodes[a].width, domain: domain)
  }

  private func withoutSpread(_ a: NodeID) -> NodeID {
    guard nodes[a].operation == .unary(.identity), nodes[a].domain.memory != nil,
      nodes[nodes[a].inputs[0]].domain != nodes[a].domain
    else { return a }
    return nodes[a].inputs[0]
  }

  /// A movement of columns, which reads a row as a whole.
  package mutating func movement(_ operation: Operation, _ a: NodeID) -> NodeID {
    let width = nodes[a].width
    func parts(_ n: Int) -> Int {
      require(
        n > 0 && width % n == 0, "\(describe(operation)): width \(width) does not divide into groups of \(n)")
      return width / n
    }
    let result: Int
    switch operation {
    case .repeated(let n), .tiled(let n):
      require(n > 0, "\(describe(operation)): \(n) times")
      if n == 1 { return a }
      if width == 1 { return broadcast(a, to: n) }
      result = width * n
    case .groupSum(let n), .groupMaximum(let n):
      result = parts(n)
      if n == 1 { return a }
      if result == 1 { return reduction(operation == .groupSum(n) ? .sum : .maximum, a) }
    case .tileSum(let n):
      result = parts(n)
      if n == 1 { return a }
      if result == 1 { return reduction(.sum, a) }
    default: fatalError("movement: \(operation)")
    }
    return add(operation, [spread(a)], width: result, domain: nodes[a].domain)
  }

  package mutating func reduction(_ operation: Operation, _ a: NodeID) -> NodeID {
    add(operation, [a], width: 1, domain: nodes[a].domain)
  }

  /// A product with the weight `w`, whose rows are the outputs (transposed: the inputs).
  package mutating func product(
    _ x: NodeID, _ w: NodeID, start: NodeID? = nil, transposed: Bool = false
  ) -> NodeID {
    guard case .fixed(let rows) = nodes[w].domain else {
      fatalError("product: \(describe(w)) is not made of parameters alone")
    }
    let (outputs, depth) = transposed ? (nodes[w].width, rows) : (rows, nodes[w].width)
    require(
      nodes[x].width == depth,
      "product: \(describe(x)) has width \(nodes[x].width), the weight is [\(rows), \(nodes[w].width)]")
    let (x, w, start) = (spread(x), spread(w), start.map { spread($0) })
    var domain = nodes[x].domain
    if let start {
      guard let joined = Domain.join(domain, nodes[start].domain) else {
        fatalError("product: rows of \(describe(x)) and its start value do not match")
      }
      domain = joined
      require(
        nodes[start].width == outputs, "product: start value of width \(nodes[start].width), not \(outputs)")
    }
    return add(
      .product(transposed: transposed), [x, w] + (start.map { [$0] } ?? []), width: outputs, domain: domain)
  }

  /// Σ over rows of aᵀ b: the gradient of a weight.
  package mutating func outer(_ a: NodeID, _ b: NodeID) -> NodeID {
    if case .slots(let memory) = nodes[a].domain, nodes[a].width == 1 {
      // The rows of a single output can be added up slot by slot, while the loop has them.
      let products = binary(.multiply, broadcast(a, to: nodes[b].width), b)
      return total(total(products, over: .memory(memory)), over: .fixed(rows: 1))
    }
    let (a, b) = (spread(a), spread(b))
    return add(.outer, [a, b], width: nodes[b].width, domain: .fixed(rows: nodes[a].width))
  }

  /// The sum over the rows that share a row of a smaller domain.
  package mutating func total(_ a: NodeID, over domain: Domain) -> NodeID {
    if nodes[a].operation == .broadcast {
      return broadcast(total(nodes[a].inputs[0], over: domain), to: nodes[a].width)
    }
    switch (nodes[a].domain, domain) {
    case (.slots, .steps), (.memory, .sequences):
      return add(.sumOverMemory, [a], width: nodes[a].width, domain: domain)
    case (.slots, .memory), (.steps, .sequences):
      return add(.sumOverSteps, [a], width: nodes[a].width, domain: domain)
    case (.slots(let memory), _): return total(total(a, over: .memory(memory)), over: domain)
    default: return add(.total, [a], width: nodes[a].width, domain: domain)
    }
  }

  package func isConstant(_ id: NodeID) -> Bool {
    if case .constant = nodes[id].operation { true } else { false }
  }

  /// The number of nodes that read each node, plus one for each mention in `roots`.
  ///
  /// Nodes that no root depends on do not read.
  package func readerCounts(roots: [NodeID]) -> [Int] {
    var counts = Array(repeating: 0, count: nodes.count)
    for root in roots { counts[root] += 1 }
    for id in nodes.indices.reversed() where counts[id] > 0 {
      for input in nodes[id].inputs { counts[input] += 1 }
    }
    return counts
  }

  package func name(_ id: NodeID) -> String { names[id] ?? "%\(id)" }

  func describe(_ id: NodeID) -> String { names[id] ?? describe(nodes[id].operation) }

  package func describe(_ operation: Operation) -> String {
    switch operation {
    case .unary(let function): function.rawValue
    case .binary(let function): function.rawValue
    case .sum: "row sum"
    case .maximum: "row maximum"
    case .groupSum: "group sum"
    case .groupMaximum: "group maximum"
    case .tileSum: "tile sum"
    default: String(String(describing: operation).prefix { $0 != "(" })
    }
  }
}

/// One time step as a graph: what the passes hand to each other. The backward step is one too: its states are the gradients that flow from
/// step to step, its input is the gradient of the output, and it has gradients of parameters beside.
package struct StepGraph: Sendable {
  package var graph: Graph
  package var inputSize: Int
  package var states: [StateShape]
  package var parameters: [ParameterShape]
  /// The random masks that it draws while it trains.
  package var masks: [Mask] = []
  /// What it reads beside its input: values of steps or sequences, and memories.
  package var further: [FurtherInput] = []
  /// The new value of each state.
  package var updates: [NodeID]
  /// What the step gives: the cell's output; backward, the gradient of its input.
  /// Nil in a backward step whose caller does not want the gradient of its input.
  package var output: NodeID?
  /// Backward only: nodes that are added to the gradients of parameters.
  package var gradients: [ParameterGradient] = []
  /// Backward only: the gradient of each further input.
  package var furtherGradients: [NodeID] = []
  /// Values that somebody wants to look at; backward, their gradients.
  package var recorded: [RecordedNode] = []

  /// How many multiply-adds the products of one row take: one for each weight that a product reads.
  package var multiplyAdds: Int {
    graph.nodes.reduce(0) { sum, node in
      guard case .product = node.operation else { return sum }
      return sum + node.width * graph[node.inputs[0]].width
    }
  }

  /// The width of what the step gives; 0 if it gives nothing.
  package var outputSize: Int { output.map { graph[$0].width } ?? 0 }

  /// What the step is for.
  package var results: [NodeID] {
    updates + (output.map { [$0] } ?? []) + gradients.map(\.node) + furtherGradients
  }

  package var roots: [NodeID] { results + recorded.map(\.node) }

  /// The same step in another graph, whose nodes have other numbers.
  func moved(to graph: Graph, _ renumbered: (NodeID) -> NodeID) -> StepGraph {
    var result = self
    result.graph = graph
    result.updates = updates.map(renumbered)
    result.output = output.map(renumbered)
    result.gradients = gradients.map {
      ParameterGradient(parameter: $0.parameter, node: renumbered($0.node))
    }
    result.furtherGradients = furtherGradients.map(renumbered)
    result.recorded = recorded.map {
      RecordedNode(
        name: $0.name, node: renumbered($0.node), differentiated: $0.differentiated.map(renumbered))
    }
    return result
  }
}

/// A value by the name that the cell gave it.
package struct RecordedNode: Hashable, Sendable {
  package var name: String
  package var node: NodeID
  /// The node whose gradient is this value's: another one where the step has the value only as a part of a chain of products.
  /// Nil if no result depends on it.
  package var differentiated: NodeID?
}

package struct ParameterGradient: Hashable, Sendable {
  package var parameter: Int
  package var node: NodeID
}
