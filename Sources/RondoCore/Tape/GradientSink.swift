/// Where a backward function puts the gradients of its inputs. Gradients add up: an input may be used by many
/// operations.
public final class GradientSink {
  private let tape: Tape
  private var nodes: [Tape.Node]
  private var gradients: [Tensor?]
  private let parameters: UnsafeMutablePointer<Float>

  init(tape: Tape, nodes: [Tape.Node], parameters: UnsafeMutablePointer<Float>) {
    self.tape = tape
    self.nodes = nodes
    self.parameters = parameters
    gradients = Array(repeating: nil, count: nodes.count)
  }

  /// Whether the gradient of an input is wanted.
  public func wants(_ input: Variable.ID) -> Bool { nodes[input.index].requiresGradient }

  /// Hands the gradient of an input, zero or what has been added so far, to `body`, which adds to it. Does
  /// nothing if it is not wanted.
  public func accumulate(_ input: Variable.ID, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    update(input) { pointer, isFresh in
      if isFresh {
        pointer.initialize(repeating: 0, count: nodes[input.index].shape.reduce(1, *))
      }
      body(pointer)
    }
  }

  /// Like `accumulate`, but spares the zeros: if `isFresh`, `body` sets every element instead of adding to
  /// it.
  public func update(
    _ input: Variable.ID, _ body: (_ pointer: UnsafeMutablePointer<Float>, _ isFresh: Bool) -> Void
  ) {
    let index = input.index
    guard nodes[index].requiresGradient else { return }
    if let range = nodes[index].parameter { return body(parameters + range.lowerBound, false) }
    let isFresh = gradients[index] == nil
    // Taken out of the array while it is written: a second reference would force a copy.
    var gradient = gradients[index].take() ?? Tensor(uninitialized: nodes[index].shape)
    body(gradient.mutablePointer(), isFresh)
    gradients[index] = gradient
  }

  /// Adds a whole tensor to the gradient of an input. The first becomes the gradient without being copied.
  public func add(_ input: Variable.ID, _ gradient: consuming Tensor) {
    let index = input.index
    guard nodes[index].requiresGradient else { return }
    require(
      gradient.count == nodes[index].shape.reduce(1, *),
      "\(nodes[index].name): a gradient of shape \(gradient.shape) for \(nodes[index].shape)")
    if nodes[index].parameter == nil, gradients[index] == nil {
      gradients[index] = gradient.reshaped(nodes[index].shape)
    } else {
      update(input) { pointer, _ in Elementwise.add(gradient.pointer, to: pointer, count: gradient.count) }
    }
  }

  /// The weights of an input, packed; see `Tape.packed`.
  package func packed(_ input: Variable.ID, _ weight: Tensor, isTransposed: Bool) -> PackedMatrix {
    tape.packed(input, weight, isTransposed: isTransposed)
  }

  func run(from root: Int, seed: Tensor, leaves: inout [Variable.ID: Tensor]) {
    guard nodes[root].requiresGradient else { return }
    add(Variable.ID(index: root), seed)
    for index in stride(from: nodes.count - 1, through: 0, by: -1) {
      if let backward = nodes[index].backward.take() {
        let results = index..<index + nodes[index].resultCount
        let gradients = results.map { self.gradients[$0].take() }
        if gradients.contains(where: { $0 != nil }) { backward(gradients, self) }
      } else if nodes[index].isLeaf, let gradient = gradients[index].take() {
        let id = Variable.ID(index: index)
        if var known = leaves[id] {
          Elementwise.add(gradient.pointer, to: known.mutablePointer(), count: gradient.count)
          leaves[id] = known
        } else {
          leaves[id] = gradient
        }
      }
    }
  }
}

extension GradientSink {
  /// Whether the gradient of a variable is wanted.
  ///
  /// For a variable that is at hand; a backward function had better capture its `id`, see `Variable`.
  public func wants(_ input: Variable) -> Bool { wants(input.id) }

  /// As `accumulate` by the variable's `id`.
  public func accumulate(_ input: Variable, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    accumulate(input.id, body)
  }

  /// As `add` by the variable's `id`.
  public func add(_ input: Variable, _ gradient: consuming Tensor) { add(input.id, gradient) }
}
