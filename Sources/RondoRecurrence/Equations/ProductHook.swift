/// What a wrapper changes about the products of the cell that it wraps. What it does not define stays as it is.
public protocol ProductHook: Sendable {
  /// The matrix that is used for a weight [outputs, inputs].
  func weight(_ weight: Term, _ product: ProductSite, _ w: Weights) -> Term
  /// The row that is multiplied with the weight.
  func input(_ x: Term, _ product: ProductSite, _ w: Weights) -> Term
  /// What becomes of the product, before a bias is added.
  func result(_ y: Term, _ product: ProductSite, _ w: Weights) -> Term
}

extension ProductHook {
  public func weight(_ weight: Term, _ product: ProductSite, _ w: Weights) -> Term { weight }
  public func input(_ x: Term, _ product: ProductSite, _ w: Weights) -> Term { x }
  public func result(_ y: Term, _ product: ProductSite, _ w: Weights) -> Term { y }
}

/// One of the products of a cell.
public struct ProductSite: Sendable {
  /// The name of its parameters: `hh`; one without has a number.
  public let name: String
  /// Whether it lies on a cycle through the states of the cell that wrote it: what it gives comes back to it in a later step.
  public let isRecurrent: Bool
}

/// The hooks of the wrappers around a cell, the inner ones first.
struct ProductHooks {
  private var hooks: [any ProductHook] = []
  private var progress = Progress()
  private var isRecurrent: [Bool] = []

  /// Counts the products that a step has written.
  private final class Progress {
    var count = 0
  }

  init() {}

  /// The hooks of a wrapped cell: those around the wrapper come after its own.
  func adding(_ hook: some ProductHook, _ cell: some Cell, inputSize: Int) -> ProductHooks {
    var result = ProductHooks()
    result.hooks = [hook] + hooks
    if hooks.isEmpty {
      result.isRecurrent = recurrentProducts(of: cell, inputSize: inputSize)
    } else {
      // The outermost wrapper has found out already, for all products around this cell as well as its own.
      (result.isRecurrent, result.progress) = (isRecurrent, progress)
    }
    return result
  }

  func product(
    _ name: String?, _ x: Term, _ weight: Term, _ w: Weights, _ bare: (Term, Term) -> Term
  ) -> Term {
    let number = progress.count
    progress.count += 1
    guard !hooks.isEmpty else { return bare(x, weight) }
    let site = ProductSite(
      name: name ?? "product\(number)",
      isRecurrent: isRecurrent.indices.contains(number) && isRecurrent[number])
    // What a hook writes itself is not hooked.
    let plain = w.unhooked
    let changed = hooks.reduce(weight) { $1.weight($0, site, plain) }
    let input = hooks.reduce(x) { $1.input($0, site, plain) }
    return hooks.reduce(bare(input, changed)) { $1.result($0, site, plain) }
  }
}

/// For each product of a cell by itself, in the order written, whether it lies on a cycle through its states.
private func recurrentProducts(of cell: some Cell, inputSize: Int) -> [Bool] {
  let tracer = Tracer(isTraining: true)
  let step = traceStep(
    cell.states(inputSize: inputSize), inputSize: inputSize, name: "\(type(of: cell))", tracer: tracer
  ) {
    cell.step($0, &$1, $2)
  }
  let loops = findLoops(step)
  return tracer.products.map { loops.loop[$0] != nil }
}
