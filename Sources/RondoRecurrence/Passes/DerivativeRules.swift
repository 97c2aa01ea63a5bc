// The derivative of each kind of node, one rule a line: what the differentiating pass is handed, so that a test can plant an error in any
// one of them.

/// A gradient that a node's rule gives to one of its inputs; with an offset, to some columns of it.
package struct Contribution {
  package var input: NodeID
  package var gradient: NodeID
  package var offset: Int?
}

/// The gradients of a node's inputs, given the gradient `g` of its value.
package typealias DerivativeRule =
  @Sendable (inout Differentiation, _ node: NodeID, _ g: NodeID) -> [Contribution]

package struct DerivativeRules: Sendable {
  package var rules: [String: DerivativeRule]

  /// Rules by the name of the operation.
  package static let standard = DerivativeRules(rules: [
    "identity": unary { d, x, y, g in g },
    "negate": unary { d, x, y, g in d.graph.unary(.negate, g) },
    "absolute": unary { d, x, y, g in
      let (x, zero, minus) = (d.value(x), d.graph.constant(0), d.graph.unary(.negate, g))
      return d.graph.elementwise(.select, [d.graph.binary(.less, x, zero), minus, g])
    },
    "exp": unary { d, x, y, g in d.graph.binary(.multiply, g, d.value(y)) },
    "log": unary { d, x, y, g in d.graph.binary(.divide, g, d.value(x)) },
    "sigmoid": unary { d, x, y, g in
      let y = d.value(y)
      let slope = d.graph.binary(.multiply, d.graph.binary(.subtract, d.graph.constant(1), y), y)
      return d.graph.binary(.multiply, g, slope)
    },
    "tanh": unary { d, x, y, g in
      let y = d.value(y)
      let slope = d.graph.binary(.subtract, d.graph.constant(1), d.graph.binary(.multiply, y, y))
      return d.graph.binary(.multiply, g, slope)
    },
    "relu": unary { d, x, y, g in
      d.graph.binary(.multiply, g, d.graph.binary(.less, d.graph.constant(0), d.value(y)))
    },
    "sin": unary { d, x, y, g in d.graph.binary(.multiply, g, d.graph.unary(.cos, d.value(x))) },
    "cos": unary { d, x, y, g in
      d.graph.unary(.negate, d.graph.binary(.multiply, g, d.graph.unary(.sin, d.value(x))))
    },
    "softplus": unary { d, x, y, g in d.graph.binary(.multiply, g, d.graph.unary(.sigmoid, d.value(x))) },
    "squareRoot": unary { d, x, y, g in
      d.graph.binary(.divide, d.graph.binary(.multiply, g, d.graph.constant(0.5)), d.value(y))
    },
    "add": binary { d, a, b, y, g in (g, g) },
    "subtract": binary { d, a, b, y, g in (g, d.graph.unary(.negate, g)) },
    "multiply": { d, node, g in d.factors(node, g) },
    "divide": binary { d, a, b, y, g in
      let quotient = d.graph.binary(.divide, g, d.value(b))
      return (quotient, d.graph.unary(.negate, d.graph.binary(.multiply, quotient, d.value(y))))
    },
    "minimum": binary { d, a, b, y, g in
      let (first, zero) = (d.graph.binary(.less, d.value(a), d.value(b)), d.graph.constant(0))
      return (
        d.graph.elementwise(.select, [first, g, zero]), d.graph.elementwise(.select, [first, zero, g])
      )
    },
    "maximum": binary { d, a, b, y, g in
      let (first, zero) = (d.graph.binary(.less, d.value(b), d.value(a)), d.graph.constant(0))
      return (
        d.graph.elementwise(.select, [first, g, zero]), d.graph.elementwise(.select, [first, zero, g])
      )
    },
    "less": { _, _, _ in [] },
    "select": { d, node, g in
      let inputs = d.forward[node].inputs
      let (condition, zero) = (d.value(inputs[0]), d.graph.constant(0))
      return [
        Contribution(input: inputs[1], gradient: d.graph.elementwise(.select, [condition, g, zero])),
        Contribution(input: inputs[2], gradient: d.graph.elementwise(.select, [condition, zero, g])),
      ]
    },
    "multiplyAdd": { d, node, g in
      d.factors(node, g) + [Contribution(input: d.forward[node].inputs[2], gradient: g)]
    },
    "slice": { d, node, g in
      guard case .slice(let offset) = d.forward[node].operation else { return [] }
      return [Contribution(input: d.forward[node].inputs[0], gradient: g, offset: offset)]
    },
    "concatenate": { d, node, g in
      var offset = 0
      return d.forward[node].inputs.map { part in
        let width = d.forward[part].width
        defer { offset += width }
        return Contribution(input: part, gradient: d.graph.slice(g, offset, width))
      }
    },
    "broadcast": { d, node, g in
      [Contribution(input: d.forward[node].inputs[0], gradient: d.graph.reduction(.sum, g))]
    },
    "row sum": { d, node, g in
      let input = d.forward[node].inputs[0]
      return [Contribution(input: input, gradient: d.graph.broadcast(g, to: d.forward[input].width))]
    },
    "row maximum": { d, node, g in
      let input = d.forward[node].inputs[0]
      let width = d.forward[input].width
      return d.shared(g, among: input, largest: d.value(node)) {
        $0.reduction(.sum, $1)
      } spread: {
        $0.broadcast($1, to: width)
      }
    },
    "repeated": movement { .groupSum($0) },
    "tiled": movement { .tileSum($0) },
    "group sum": movement { .repeated($0) },
    "group maximum": { d, node, g in
      guard case .groupMaximum(let n) = d.forward[node].operation else { return [] }
      let input = d.forward[node].inputs[0]
      return d.shared(g, among: input, largest: d.value(node)) {
        $0.movement(.groupSum(n), $1)
      } spread: {
        $0.movement(.repeated(n), $1)
      }
    },
    "sumOverMemory": { d, node, g in
      let input = d.forward[node].inputs[0]
      return [Contribution(input: input, gradient: d.graph.spread(g, over: d.forward[input].domain))]
    },
    "softmaxOverMemory": { d, node, g in
      let (input, y) = (d.forward[node].inputs[0], d.value(node))
      let domain: Domain = d.forward[node].domain.isSlots ? .steps : .sequences
      let mean = d.graph.total(d.graph.binary(.multiply, g, y), over: domain)
      let gradient = d.graph.binary(.multiply, d.graph.binary(.subtract, g, mean), y)
      return [Contribution(input: input, gradient: gradient)]
    },
    "product": { d, node, g in
      let inputs = d.forward[node].inputs
      let x = d.value(inputs[0])
      return [
        Contribution(input: inputs[0], gradient: d.graph.product(g, d.value(inputs[1]), transposed: true)),
        Contribution(input: inputs[1], gradient: d.graph.outer(g, x)),
      ] + inputs.dropFirst(2).map { Contribution(input: $0, gradient: g) }
    },
  ])

  /// Of a movement of columns, whose gradient is moved by another one.
  private static func movement(
    _ opposite: @escaping @Sendable (_ n: Int) -> Operation
  ) -> DerivativeRule {
    { d, node, g in
      let input = d.forward[node].inputs[0]
      switch d.forward[node].operation {
      case .repeated(let n), .tiled(let n), .groupSum(let n):
        return [Contribution(input: input, gradient: d.graph.movement(opposite(n), g))]
      default: return []
      }
    }
  }

  private static func unary(
    _ rule: @escaping @Sendable (inout Differentiation, _ x: NodeID, _ y: NodeID, _ g: NodeID) -> NodeID
  ) -> DerivativeRule {
    { d, node, g in
      let x = d.forward[node].inputs[0]
      return [Contribution(input: x, gradient: rule(&d, x, node, g))]
    }
  }

  private static func binary(
    _ rule:
      @escaping @Sendable (inout Differentiation, _ a: NodeID, _ b: NodeID, _ y: NodeID, _ g: NodeID) -> (
        NodeID, NodeID
      )
  ) -> DerivativeRule {
    { d, node, g in
      let inputs = d.forward[node].inputs
      let (a, b) = rule(&d, inputs[0], inputs[1], node, g)
      return [Contribution(input: inputs[0], gradient: a), Contribution(input: inputs[1], gradient: b)]
    }
  }
}

extension Differentiation {
  /// The gradients of the first two inputs, whose product is in a node's value; of a square one for both.
  fileprivate mutating func factors(_ node: NodeID, _ g: NodeID) -> [Contribution] {
    let (a, b) = (forward[node].inputs[0], forward[node].inputs[1])
    if a == b { return [Contribution(input: a, gradient: graph.binary(.multiply, doubled(g), value(a)))] }
    return [
      Contribution(input: a, gradient: graph.binary(.multiply, g, value(b))),
      Contribution(input: b, gradient: graph.binary(.multiply, g, value(a))),
    ]
  }

  /// Twice a gradient; what is repeated for all columns, or for all slots of a memory, is doubled before it is repeated.
  private mutating func doubled(_ g: NodeID) -> NodeID {
    let node = graph[g]
    switch node.operation {
    case .broadcast: return graph.broadcast(doubled(node.inputs[0]), to: node.width)
    case .unary(.identity) where graph[node.inputs[0]].domain != node.domain:
      return graph.spread(doubled(node.inputs[0]), over: node.domain)
    default: return graph.binary(.add, g, g)
    }
  }

  /// The gradient of a maximum: what is as large as it shares `g` in equal parts.
  fileprivate mutating func shared(
    _ g: NodeID, among input: NodeID, largest: NodeID, sum: (inout Graph, NodeID) -> NodeID,
    spread: (inout Graph, NodeID) -> NodeID
  ) -> [Contribution] {
    let below = graph.binary(.less, value(input), spread(&graph, largest))
    let (zero, one) = (graph.constant(0), graph.constant(1))
    let count = sum(&graph, graph.binary(.subtract, one, below))
    let share = spread(&graph, graph.binary(.divide, g, count))
    return [Contribution(input: input, gradient: graph.elementwise(.select, [below, zero, share]))]
  }
}
