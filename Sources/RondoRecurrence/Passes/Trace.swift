// Pass 1: a cell's step, called once with symbols, becomes a graph.

import RondoCore

/// What terms and weights write into while a step is traced.
final class Tracer {
  var graph = Graph()
  var parameters: [ParameterShape] = []
}

/// Traces one time step of a cell.
package func trace(_ cell: some Cell, inputSize: Int) -> StepGraph {
  require(inputSize > 0, "\(type(of: cell)): input size \(inputSize)")
  let tracer = Tracer()
  let shapes = cell.states.shapes
  let x = Term(tracer: tracer, node: tracer.graph.add(.input, width: inputSize, domain: .steps)).named("x")
  let previous = shapes.enumerated().map { index, shape in
    Term(tracer: tracer, node: tracer.graph.add(.state(index), width: shape.width, domain: .steps))
      .named(shape.name + "'")
  }
  var states = States(shapes: shapes, tracer: tracer, current: previous)
  let weights = Weights(
    tracer: tracer, defaultInitializer: .uniform(1 / Float(shapes[0].width).squareRoot()))
  let output = cell.step(x, &states, weights)

  // A state or output that is a leaf, a slice or the same for all steps gets a node of its own, so that some work computes it.
  func owned(_ term: Term) -> NodeID {
    let node = tracer.graph[term.node]
    switch node.operation {
    case .unary, .binary, .select, .multiplyAdd, .product, .sum, .maximum, .concatenate:
      if node.domain == .steps { return term.node }
    default: break
    }
    require(
      Domain.join(node.domain, .steps) != nil,
      "\(type(of: cell)): \(tracer.graph.describe(term.node)) has the rows of a matrix, not one for each step"
    )
    let copy = tracer.graph.add(.unary(.identity), [term.node], width: node.width, domain: .steps)
    tracer.graph.names[copy] = tracer.graph.names[term.node].map {
      $0.hasSuffix("'") ? String($0.dropLast()) : $0
    }
    return copy
  }
  let results = (updates: states.current.map(owned), output: owned(output))
  return StepGraph(
    graph: tracer.graph, inputSize: inputSize, states: shapes, parameters: tracer.parameters,
    updates: results.updates, output: results.output)
}
