/// The record of one forward pass: the operations in the order they ran, so that the backward pass is one
/// loop in reverse.
///
/// A tape belongs to one pass through a model and to one thread. Whether the pass trains, and what its random
/// masks are drawn from, belongs to the tape and not to the model.
///
///     let tape = Tape(store, training: true, seed: 1, pass: step)
///     let loss = model.loss(tape, batch)
///     let gradients = tape.backward(from: loss)
public final class Tape {
  /// Called once in the backward pass with the gradients of a node's results (nil: nobody used the result).
  public typealias Backward = (_ gradients: [Tensor?], _ sink: GradientSink) -> Void

  struct Node {
    let name: StaticString
    let shape: [Int]
    let requiresGradient: Bool
    /// A parameter's place in the flat buffer.
    var parameter: Range<Int>?
    var isLeaf = false
    /// The number of results, of which this is the first; 0 for further results.
    var resultCount = 1
    var backward: Backward?
  }

  /// Whether the pass trains: dropout and its like are active.
  public let isTraining: Bool
  /// Whether operations are kept for a backward pass.
  public let records: Bool
  /// The seed of the run: random masks are a function of it and of `pass`.
  public let seed: UInt64
  /// The number of the pass in the run; each has masks of its own.
  public let pass: UInt64

  private var nodes: [Node] = []
  private var variableCount = 0
  private var store: ParameterStore?
  private var parameterVariables: [ParameterNode?]
  private var packedMatrices: [PackedKey: PackedMatrix] = [:]

  private struct ParameterNode {
    let id: Variable.ID
    let requiresGradient: Bool
  }

  private struct PackedKey: Hashable {
    let id: Variable.ID
    let isTransposed: Bool
  }

  /// A tape for one pass.
  ///
  /// - Parameters:
  ///   - parameters: The values that `parameter` gives.
  ///   - training: Whether dropout and its like are active.
  ///   - records: Whether a backward pass will follow; by default it does in training.
  ///   - seed: Of the run; with `pass`, what random masks are drawn from.
  ///   - pass: The number of the pass, such as the step of the run.
  public init(
    _ parameters: ParameterStore, training: Bool, records: Bool? = nil, seed: UInt64 = 0, pass: UInt64 = 0
  ) {
    Machine.configureLazily()
    store = parameters
    parameterVariables = Array(repeating: nil, count: parameters.parameters.count)
    isTraining = training
    self.records = records ?? training
    self.seed = seed
    self.pass = pass
  }

  /// A variable without a gradient.
  public func constant(_ value: Tensor) -> Variable {
    append("constant", value, requiresGradient: false)
  }

  /// A variable whose gradient is wanted: `gradients[variable]`.
  public func leaf(_ value: Tensor) -> Variable {
    let leaf = append("leaf", value, requiresGradient: records)
    if records { nodes[leaf.id.index].isLeaf = true }
    return leaf
  }

  /// A parameter of the store. Asked for twice it is the same variable.
  public func parameter(_ parameter: Parameter) -> Variable {
    guard let store else {
      fatalError("Tape.parameter: the backward pass has run; a tape serves one pass")
    }
    let info = store.info(parameter)
    let value = store[parameter]
    if let known = parameterVariables[parameter.index] {
      return Variable(tape: self, id: known.id, value: value, requiresGradient: known.requiresGradient)
    }
    let variable = append("parameter", value, requiresGradient: records && !info.isFrozen)
    if variable.requiresGradient { nodes[variable.id.index].parameter = info.range }
    parameterVariables[parameter.index] = ParameterNode(
      id: variable.id, requiresGradient: variable.requiresGradient)
    return variable
  }

  /// Puts the result of an operation on the tape.
  ///
  /// - Parameters:
  ///   - inputs: What the result was computed from. If none requires a gradient, `backward` is dropped at once.
  ///   - backward: Given the result's gradient, adds those of the inputs to the sink.
  public func node(
    _ name: StaticString, _ value: Tensor, inputs: [Variable],
    backward: @escaping (_ gradient: Tensor, _ sink: GradientSink) -> Void
  ) -> Variable {
    nodes(name, [value], inputs: inputs) { gradients, sink in backward(gradients[0]!, sink) }[0]
  }

  /// Puts several results of one operation on the tape. `backward` is called if any of them has a gradient;
  /// it gets nil for the others.
  public func nodes(
    _ name: StaticString, _ values: [Tensor], inputs: [Variable], backward: @escaping Backward
  ) -> [Variable] {
    for input in inputs {
      require(input.tape === self, "\(name): an input belongs to another tape")
    }
    let requiresGradient = records && inputs.contains { $0.requiresGradient }
    let results = values.map { append(name, $0, requiresGradient: requiresGradient) }
    if requiresGradient, let first = results.first?.id.index {
      nodes[first].resultCount = results.count
      nodes[first].backward = backward
      for index in nodes.indices.dropFirst(first + 1) { nodes[index].resultCount = 0 }
    }
    return results
  }

  private func append(_ name: StaticString, _ value: Tensor, requiresGradient: Bool) -> Variable {
    let id = Variable.ID(index: variableCount)
    variableCount += 1
    if records { nodes.append(Node(name: name, shape: value.shape, requiresGradient: requiresGradient)) }
    return Variable(tape: self, id: id, value: value, requiresGradient: requiresGradient)
  }

  /// The weights [outputs, inputs] of a variable, packed for products with their transpose (x·Wᵀ) or,
  /// `isTransposed`, with themselves (g·W): packed once in the life of the tape.
  package func packed(_ weight: Variable, isTransposed: Bool) -> PackedMatrix {
    packed(weight.id, weight.value, isTransposed: isTransposed)
  }

  func packed(_ id: Variable.ID, _ weight: Tensor, isTransposed: Bool) -> PackedMatrix {
    let key = PackedKey(id: id, isTransposed: isTransposed)
    if let known = packedMatrices[key] { return known }
    let packed = PackedMatrix(weight, isTransposed: isTransposed)
    packedMatrices[key] = packed
    return packed
  }

  /// The gradients of a scalar with respect to all parameters and leaves.
  ///
  /// A tape has one backward pass: what the operations kept is released as soon as it has been used.
  public func backward(from loss: Variable) -> Gradients {
    guard let store else { fatalError("Tape.backward: the backward pass has run already") }
    var gradients = Gradients(zerosFor: store)
    backward(from: loss, into: &gradients)
    return gradients
  }

  /// Adds the gradients of a scalar to `gradients`.
  public func backward(from loss: Variable, into gradients: inout Gradients) {
    require(loss.value.count == 1, "Tape.backward: the loss has the shape \(loss.shape), not one number")
    backward(from: loss, seed: Tensor(repeating: 1, loss.shape), into: &gradients)
  }

  /// Adds the gradients of Σ seed · result to `gradients`.
  package func backward(from result: Variable, seed: Tensor, into gradients: inout Gradients) {
    require(result.tape === self, "Tape.backward: the loss belongs to another tape")
    require(records, "Tape.backward: the tape does not record")
    require(
      seed.shape == result.shape, "Tape.backward: a seed of shape \(seed.shape) for \(result.shape)")
    guard let store else { fatalError("Tape.backward: the backward pass has run already") }
    require(
      gradients.values.shape == store.values.shape,
      "Tape.backward: gradients of \(gradients.values.count) values for a store of \(store.values.count)")
    self.store = nil
    let nodes = self.nodes
    self.nodes = []
    let sink = GradientSink(tape: self, nodes: nodes, parameters: gradients.values.mutablePointer())
    sink.run(from: result.id.index, seed: seed, leaves: &gradients.leaves)
    packedMatrices = [:]
  }
}
