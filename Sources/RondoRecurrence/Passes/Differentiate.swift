// Pass 3: reverse mode gives the backward step as a graph of the same kind. Its input is the gradient of the step's output; its states are
// the gradients of the forward step's states, arriving from the step after; it reads forward values through `kept` leaves.

package struct Differentiation {
  package let forward: Graph
  package var graph = Graph()
  private let source: StepGraph
  private var contributions: [[Contribution]]
  private var gradients: [NodeID: NodeID] = [:]

  init(_ source: StepGraph) {
    self.source = source
    forward = source.graph
    contributions = Array(repeating: [], count: source.graph.nodes.count)
  }

  /// A forward value in the backward graph.
  package mutating func value(_ id: NodeID) -> NodeID {
    let node = forward[id]
    switch node.operation {
    case .constant(let value): return graph.constant(value)
    case .slice(let offset): return graph.slice(value(node.inputs[0]), offset, node.width)
    case .broadcast: return graph.broadcast(value(node.inputs[0]), to: node.width)
    default:
      let result: NodeID
      if case .parameter(let index) = node.operation {
        result = graph.add(.parameter(index), width: node.width, domain: node.domain)
      } else {
        result = graph.add(.kept(id), width: node.width, domain: node.domain)
      }
      if let name = forward.names[id] { graph.names[result] = name }
      return result
    }
  }

  mutating func run(_ rules: DerivativeRules) -> StepGraph {
    // The gradient of the output first, then those that arrive from the step walked before.
    guard let output = source.output else { fatalError("differentiate: a step without an output") }
    let arriving = graph.add(.input, width: forward[output].width, domain: .steps)
    graph.names[arriving] = "d" + (forward.names[output] ?? "output")
    contributions[output].append(Contribution(input: output, gradient: arriving))
    for (index, update) in source.updates.enumerated() {
      let arriving = graph.add(.state(index), width: source.states[index].width, domain: .steps)
      graph.names[arriving] = "d" + source.states[index].name + "'"
      contributions[update].append(Contribution(input: update, gradient: arriving))
    }

    var inputGradient: NodeID?
    var updates = [NodeID?](repeating: nil, count: source.states.count)
    var furtherGradients = [NodeID?](repeating: nil, count: source.further.count)
    var gradients: [ParameterGradient] = []
    for id in forward.nodes.indices.reversed() where !contributions[id].isEmpty {
      let node = forward[id]
      switch node.operation {
      case .constant, .mask, .kept: continue
      case .parameter(let index):
        // Each contribution is added to the parameter's gradient by itself, so a weight gradient can go straight into its place.
        let (whole, parts) = (
          contributions[id].filter { $0.offset == nil }, contributions[id].filter { $0.offset != nil }
        )
        var sums = whole.map { reduced($0.gradient, to: id) }
        if !parts.isEmpty { sums.append(reduced(assembled(parts, of: id), to: id)) }
        gradients += sums.map { ParameterGradient(parameter: index, node: graph.spread($0)) }
      case .input:
        inputGradient = gradient(of: id)
      case .state(let index):
        updates[index] = gradient(of: id)
      case .further(let index):
        furtherGradients[index] = gradient(of: id)
      default:
        let g = gradient(of: id)
        guard let rule = rules.rules[forward.describe(node.operation)] else {
          fatalError("differentiate: no rule for \(forward.describe(node.operation))")
        }
        for contribution in rule(&self, id, g)
        where !forward.isConstant(contribution.input) && !isZero(contribution.gradient) {
          contributions[contribution.input].append(contribution)
        }
      }
    }
    // Parameters in the order of their declaration, so that plans print alike whatever the order of the equations.
    gradients.sort { $0.parameter < $1.parameter }
    return StepGraph(
      graph: graph, inputSize: forward[output].width, states: source.states, parameters: source.parameters,
      further: source.further,
      updates: updates.enumerated().map { index, node in
        owned(node ?? zero(width: source.states[index].width), name: "d" + source.states[index].name)
      },
      output: owned(inputGradient ?? zero(width: source.inputSize), name: "dx"),
      gradients: gradients,
      furtherGradients: source.further.enumerated().map { index, input in
        owned(
          furtherGradients[index] ?? zero(width: input.width), name: "d" + input.name,
          domain: input.domain(index))
      },
      recorded: source.recorded.map { value in
        let node = forward[value.node]
        let gradient = value.differentiated.flatMap { self.gradients[$0] } ?? zero(width: node.width)
        return RecordedNode(
          name: value.name, node: owned(gradient, name: "d" + value.name, domain: node.domain))
      }
    ).withGraph(graph)
  }

  private mutating func gradient(of id: NodeID) -> NodeID {
    let result = sum(of: id)
    gradients[id] = result
    return result
  }

  private mutating func sum(of id: NodeID) -> NodeID {
    let all = contributions[id]
    let parts = all.filter { $0.offset != nil }
    var terms = all.filter { $0.offset == nil }.map(\.gradient)
    if !parts.isEmpty { terms.append(assembled(parts, of: id)) }
    // Contributions with a row for each step are summed before the sum over the steps is taken, and so are those of other domains.
    var sum = terms.filter { graph[$0].domain == forward[id].domain }
    var larger = terms.filter { graph[$0].domain != forward[id].domain }
    while let first = larger.first {
      let alike = larger.filter { graph[$0].domain == graph[first].domain }
      larger.removeAll { graph[$0].domain == graph[first].domain }
      sum.append(reduced(alike.dropFirst().reduce(first) { graph.binary(.add, $0, $1) }, to: id))
    }
    let result = sum.dropFirst().reduce(sum[0]) { graph.binary(.add, $0, $1) }
    if let name = forward.names[id], graph.names[result] == nil {
      let previous = name.hasSuffix("'")
      graph.names[result] = "d" + (previous ? String(name.dropLast()) : name)
    }
    return result
  }

  /// Sums a gradient over the rows that share the row of the forward node.
  private mutating func reduced(_ gradient: NodeID, to id: NodeID) -> NodeID {
    let (node, g) = (forward[id], graph[gradient])
    if node.domain == g.domain { return gradient }
    return graph.total(gradient, over: node.domain)
  }

  /// The gradient of a value of which slices were read: the slices' gradients side by side, zero where nothing was read.
  private mutating func assembled(_ contributions: [Contribution], of id: NodeID) -> NodeID {
    let width = forward[id].width
    var parts = contributions
    let haveEqualRows = parts.allSatisfy { graph[$0.gradient].domain == graph[parts[0].gradient].domain }
    if !haveEqualRows {
      for index in parts.indices { parts[index].gradient = reduced(parts[index].gradient, to: id) }
    }
    var byOffset: [(offset: Int, gradient: NodeID)] = []
    for part in parts.sorted(by: { $0.offset! < $1.offset! }) {
      if let last = byOffset.last, last.offset == part.offset!,
        graph[last.gradient].width == graph[part.gradient].width
      {
        byOffset[byOffset.count - 1].gradient = graph.binary(.add, last.gradient, part.gradient)
      } else {
        byOffset.append((part.offset!, part.gradient))
      }
    }
    let ends = byOffset.map { $0.offset + graph[$0.gradient].width }
    if zip(ends, byOffset.dropFirst()).allSatisfy({ $0 <= $1.offset }) {
      return padded(byOffset, width: width)
    }
    let whole = byOffset.map { padded([$0], width: width) }
    return whole.dropFirst().reduce(whole[0]) { graph.binary(.add, $0, $1) }
  }

  private mutating func padded(_ parts: [(offset: Int, gradient: NodeID)], width: Int) -> NodeID {
    var pieces: [NodeID] = []
    var end = 0
    for part in parts {
      if part.offset > end { pieces.append(zero(width: part.offset - end)) }
      pieces.append(part.gradient)
      end = part.offset + graph[part.gradient].width
    }
    if end < width { pieces.append(zero(width: width - end)) }
    return graph.concatenate(pieces)
  }

  /// Whether a gradient is what `zero` gives: columns of a value of which only others were read.
  private func isZero(_ id: NodeID) -> Bool {
    switch graph[id].operation {
    case .constant(let value): value == 0
    case .broadcast: isZero(graph[id].inputs[0])
    default: false
    }
  }

  private mutating func zero(width: Int) -> NodeID {
    graph.add(.broadcast, [graph.constant(0)], width: width, domain: .fixed(rows: 1))
  }

  /// A node that some work computes in every step, as `trace` makes them, or for every row of another domain.
  private mutating func owned(_ id: NodeID, name: String, domain: Domain = .steps) -> NodeID {
    let node = graph[id]
    if node.operation.isWork, node.domain == domain { return id }
    let copy = graph.add(.unary(.identity), [id], width: node.width, domain: domain)
    graph.names[copy] = name
    return copy
  }
}

extension StepGraph {
  fileprivate func withGraph(_ graph: Graph) -> StepGraph {
    var copy = self
    copy.graph = graph
    return copy
  }
}

/// The backward step of a forward step.
package func differentiate(_ step: StepGraph, rules: DerivativeRules = .standard) -> StepGraph {
  var differentiation = Differentiation(step)
  return differentiation.run(rules)
}
