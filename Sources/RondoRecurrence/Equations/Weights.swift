import RondoCore

/// A parameter that a cell declared by using it.
package struct ParameterShape: Sendable {
  package let name: String
  /// [outputs, inputs] of a weight, [width] of a vector.
  package let shape: [Int]
  package let initializer: Initializer
}

/// The parameters of a cell, declared by use: the same name with the same shape is the same parameter, with another shape a trap.
public final class Weights {
  let tracer: Tracer
  /// Of parameters that name none.
  public let defaultInitializer: Initializer

  init(tracer: Tracer, defaultInitializer: Initializer) {
    self.tracer = tracer
    self.defaultInitializer = defaultInitializer
  }

  /// x · Wᵀ + b, with the parameters `weight_NAME` of shape [width, x.width] and `bias_NAME` of shape [width].
  ///
  /// - Parameters:
  ///   - bias: Without it there is no `bias_NAME`.
  ///   - initial: Of both; uniform in ±1/√n if not given, n being the width of the cell's first state.
  ///   - biasInitial: Of the bias, if it is to be another.
  public func linear(
    _ name: String, _ x: Term, _ width: Int, bias: Bool = true, initial: Initializer? = nil,
    biasInitial: Initializer? = nil
  ) -> Term {
    let weight = parameter("weight_" + name, [width, x.width], initial: initial)
    let product = Term(tracer: tracer, node: tracer.graph.product(x.node, weight.node)).named(name)
    return bias ? product + vector("bias_" + name, width, initial: biasInitial ?? initial) : product
  }

  /// A parameter of one row, added to or multiplied with every step alike.
  public func vector(_ name: String, _ width: Int, initial: Initializer? = nil) -> Term {
    parameter(name, [width], initial: initial)
  }

  /// A parameter: [width] is an ordinary term, [outputs, inputs] the weight of a product (`product(_:_:)`).
  public func parameter(_ name: String, _ shape: [Int], initial: Initializer? = nil) -> Term {
    require(
      (1...2).contains(shape.count) && shape.allSatisfy { $0 > 0 },
      "parameter \(name): shape \(shape) is neither a vector nor a matrix")
    let index: Int
    if let known = tracer.parameters.firstIndex(where: { $0.name == name }) {
      require(
        tracer.parameters[known].shape == shape,
        "parameter \(name): used with shape \(shape) after \(tracer.parameters[known].shape)")
      index = known
    } else {
      index = tracer.parameters.count
      tracer.parameters.append(
        ParameterShape(name: name, shape: shape, initializer: initial ?? defaultInitializer))
    }
    let node = tracer.graph.add(
      .parameter(index), width: shape.last!, domain: .fixed(rows: shape.count == 2 ? shape[0] : 1))
    return Term(tracer: tracer, node: node).named(name)
  }

  /// x · Wᵀ, for a weight that is itself computed of parameters.
  public func product(_ x: Term, _ weight: Term) -> Term {
    Term(tracer: tracer, node: tracer.graph.product(x.node, weight.node))
  }
}
