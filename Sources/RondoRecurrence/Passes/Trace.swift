// Pass 1: a cell's step, called once with symbols, becomes a graph.

import RondoCore

/// What terms and weights write into while a step is traced.
final class Tracer {
  var graph = Graph()
  var parameters: [ParameterShape] = []
  var masks: [Mask] = []
  var further: [FurtherInput] = []
  /// The products in the order written.
  var products: [NodeID] = []
  /// Whether masks are drawn; elsewhere they are 1, what they are on the average.
  let isTraining: Bool

  init(isTraining: Bool) { self.isTraining = isTraining }
}

/// Traces one time step of a cell.
package func trace(_ cell: some Cell, inputSize: Int, isTraining: Bool = true) -> StepGraph {
  traceStep(
    cell.states(inputSize: inputSize), inputSize: inputSize, name: "\(type(of: cell))",
    tracer: Tracer(isTraining: isTraining)
  ) {
    cell.step($0, &$1, $2)
  }
}

/// Traces what `body` writes as one time step.
func traceStep<Failure: Error>(
  _ states: StateShapes, inputSize: Int, name: String, tracer: Tracer = Tracer(isTraining: true),
  _ body: (Term, inout States, Weights) throws(Failure) -> Term
) throws(Failure) -> StepGraph {
  require(inputSize > 0, "\(name): input size \(inputSize)")
  let shapes = states.shapes
  let x = Term(tracer: tracer, node: tracer.graph.add(.input, width: inputSize, domain: .steps)).named("x")
  let previous = shapes.enumerated().map { index, shape in
    Term(tracer: tracer, node: tracer.graph.add(.state(index), width: shape.width, domain: .steps))
      .named(shape.name + "'")
  }
  var states = States(shapes: shapes, tracer: tracer, current: previous)
  let weights = Weights(
    tracer: tracer, defaultInitializer: standardInitializer(shapes))
  let output = try body(x, &states, weights)

  // A state or output that is a leaf, a slice or the same for all steps gets a node of its own, so that some work computes it.
  func owned(_ term: Term) -> NodeID {
    let node = tracer.graph[term.node]
    switch node.operation {
    case .unary, .binary, .select, .multiplyAdd, .product, .sum, .maximum, .concatenate, .repeated, .tiled,
      .groupSum, .groupMaximum, .tileSum, .sumOverMemory:
      if node.domain == .steps { return term.node }
    default: break
    }
    require(
      node.domain.memory == nil,
      "\(name): \(tracer.graph.describe(term.node)) has a row for each slot of a memory; sumOverMemory makes one of them"
    )
    require(
      Domain.join(node.domain, .steps) != nil,
      "\(name): \(tracer.graph.describe(term.node)) has the rows of a matrix, not one for each step"
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
    masks: tracer.masks, further: tracer.further,
    updates: results.updates, output: results.output)
}

/// How parameters begin that name no initialiser: uniform in ±1/√n, n being the width of the first state.
func standardInitializer(_ states: [StateShape]) -> Initializer {
  .uniform(1 / Float(states[0].width).squareRoot())
}
