import RondoRecurrence

/// A cell whose step is written where it is used.
struct Equations: Cell {
  let states: StateShapes
  private let equations: @Sendable (Term, inout States, Weights) -> Term

  init(_ states: StateShapes, _ equations: @escaping @Sendable (Term, inout States, Weights) -> Term) {
    self.states = states
    self.equations = equations
  }

  func step(_ x: Term, _ states: inout States, _ weights: Weights) -> Term { equations(x, &states, weights) }
}

extension StepGraph {
  /// A node written out as a formula of leaves, for tests of what a pass makes of it.
  func formula(_ id: NodeID) -> String {
    let node = graph[id]
    let inputs = node.inputs.map(formula)
    func call(_ name: String) -> String { "\(name)(\(inputs.joined(separator: ", ")))" }
    switch node.operation {
    case .input, .state, .parameter, .mask, .further: return graph.name(id)
    case .kept: return "kept \(graph.name(id))"
    case .constant(let value): return "\(value)"
    case .unary(let function): return call(function.rawValue)
    case .binary(let function): return call(function.rawValue)
    case .slice(let offset): return "\(inputs[0])[\(offset)..<\(offset + node.width)]"
    case .product(let transposed):
      let product = "\(inputs[0])·\(inputs[1])\(transposed ? "" : "ᵀ")"
      return inputs.count > 2 ? "[\(inputs[2]) + \(product)]" : "[\(product)]"
    case .select: return call("select")
    case .multiplyAdd: return "fma[\(inputs.joined(separator: ", "))]"
    case .concatenate: return call("concatenate")
    case .broadcast: return call("broadcast")
    case .outer: return call("outer")
    case .repeated, .tiled, .groupSum, .groupMaximum, .tileSum: return call("\(node.operation)")
    case .sum: return call("sum")
    case .maximum: return call("max")
    case .total, .sumOverMemory, .sumOverSteps, .softmaxOverMemory: return call("\(node.operation)")
    }
  }

  /// The node that the cell named.
  func node(_ name: String) -> NodeID? { graph.nodes.indices.first { graph.names[$0] == name } }
}
