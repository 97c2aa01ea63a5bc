import RondoCore

/// A parameter that a cell declared by using it.
package struct ParameterShape: Sendable {
  package let name: String
  /// [outputs, inputs] of a weight, [width] of a vector.
  package let shape: [Int]
  package let initializer: Initializer
  /// Whether its name has the number of a layer already.
  package let hasLayer: Bool
}

/// The parameters of a cell, declared by use: the same name with the same shape is the same parameter, with another shape a trap.
public final class Weights {
  let tracer: Tracer
  /// Of parameters that name none.
  public let defaultInitializer: Initializer
  private let hooks: ProductHooks
  /// What every name ends with: `_l1` in the second layer of a stack.
  private let suffix: String

  init(
    tracer: Tracer, defaultInitializer: Initializer, hooks: ProductHooks = ProductHooks(), suffix: String = ""
  ) {
    self.tracer = tracer
    self.defaultInitializer = defaultInitializer
    self.hooks = hooks
    self.suffix = suffix
  }

  /// The same weights without hooks: those of what a hook writes itself.
  var unhooked: Weights { Weights(tracer: tracer, defaultInitializer: defaultInitializer, suffix: suffix) }

  /// The weights of a layer of a stack that is one cell: each name gets the layer's number, `weight_hh_l1`.
  public func layer(_ number: Int, _ cell: some Cell, inputSize: Int) -> Weights {
    Weights(
      tracer: tracer, defaultInitializer: standardInitializer(cell.states(inputSize: inputSize).shapes),
      hooks: hooks,
      suffix: suffix + "_l\(number)")
  }

  /// The same weights for a cell of which each product is changed by one hook more: what a wrapper hands to the cell that it wraps.
  ///
  /// - Parameters:
  ///   - cell: The wrapped cell, whose states say which of its products are recurrent.
  ///   - x: Its input.
  public func hooked(by hook: some ProductHook, _ cell: some Cell, _ x: Term) -> Weights {
    Weights(
      tracer: tracer, defaultInitializer: defaultInitializer,
      hooks: hooks.adding(hook, cell, inputSize: x.width), suffix: suffix)
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
    let product = product(name, x, weight)
    return bias ? product + vector("bias_" + name, width, initial: biasInitial ?? initial) : product
  }

  /// A parameter of one row, added to or multiplied with every step alike.
  public func vector(_ name: String, _ width: Int, initial: Initializer? = nil) -> Term {
    parameter(name, [width], initial: initial)
  }

  /// A parameter: [width] is an ordinary term, [outputs, inputs] the weight of a product (`product(_:_:)`).
  public func parameter(_ name: String, _ shape: [Int], initial: Initializer? = nil) -> Term {
    let name = name + suffix
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
        ParameterShape(
          name: name, shape: shape, initializer: initial ?? defaultInitializer, hasLayer: !suffix.isEmpty))
    }
    let node = tracer.graph.add(
      .parameter(index), width: shape.last!, domain: .fixed(rows: shape.count == 2 ? shape[0] : 1))
    return Term(tracer: tracer, node: node).named(name)
  }

  /// x · Wᵀ, for a weight that is itself computed of parameters.
  public func product(_ x: Term, _ weight: Term) -> Term { product(nil, x, weight) }

  private func product(_ name: String?, _ x: Term, _ weight: Term) -> Term {
    func bare(_ x: Term, _ weight: Term) -> Term {
      let product = Term(tracer: tracer, node: tracer.graph.product(x.node, weight.node))
      tracer.products.append(product.node)
      return name.map { product.named($0) } ?? product
    }
    return hooks.product(name, x, weight, self, bare)
  }

  /// Random zeros: each element is 0 with this probability, else 1 / (1 − probability), drawn by name. Where nothing is trained it is 1.
  ///
  /// - Parameter perSequence: The same in all steps of a sequence; otherwise each step has its own.
  public func mask(_ name: String, _ width: Int, probability: Double, perSequence: Bool = false) -> Term {
    mask(name, width, probability, perSequence ? .sequence : .step)
  }

  /// Random zeros for the elements of a weight, drawn for each pass.
  public func mask(_ name: String, for weight: Term, probability: Double) -> Term {
    guard case .fixed(let rows) = weight.domain else {
      fatalError("mask \(name): \(tracer.graph.describe(weight.node)) is not made of parameters alone")
    }
    return mask(name, weight.width, probability, .pass(rows: rows))
  }

  func mask(_ name: String, _ width: Int, _ probability: Double, _ period: Mask.Period) -> Term {
    let name = name + suffix
    require(0..<1 ~= probability, "mask \(name): the probability \(probability) is not in 0..<1")
    guard tracer.isTraining, probability > 0 else {
      var domain = Domain.fixed(rows: 1)
      if case .pass(let rows) = period { domain = .fixed(rows: rows) }
      let one = tracer.graph.constant(1)
      return Term(
        tracer: tracer, node: tracer.graph.add(.broadcast, [one], width: width, domain: domain))
    }
    let mask = Mask(
      name: name, period: period, probability: Float(probability), hasLayer: !suffix.isEmpty)
    let index = tracer.masks.firstIndex { $0.name == name } ?? tracer.masks.count
    if index == tracer.masks.count { tracer.masks.append(mask) }
    require(tracer.masks[index] == mask, "mask \(name): used in another way before")
    let node = tracer.graph.add(.mask(index), width: width, domain: mask.domain)
    return Term(tracer: tracer, node: node).named(name)
  }
}
