import CRondoKernels

/// a · b, pointwise. One operand's shape may be the end of the other's; it is repeated then.
public func * (a: Variable, b: Variable) -> Variable {
  let broadcast = Broadcasting("multiply", a.value, b.value)
  let (x, y) = (a.value, b.value)
  return a.tape.node("multiply", broadcast.apply(RONDO_OP_MUL, x, y), inputs: [a, b]) {
    [a = a.id, b = b.id] gradient, sink in
    if sink.wants(a) {
      let product = Broadcasting("multiply", gradient, y).apply(RONDO_OP_MUL, gradient, y)
      broadcast.add(product, to: a, count: x.count, sink)
    }
    if sink.wants(b) {
      let product = Broadcasting("multiply", gradient, x).apply(RONDO_OP_MUL, gradient, x)
      broadcast.add(product, to: b, count: y.count, sink)
    }
  }
}

enum Multiply: DifferentiableOperation {
  static var checks: [OperationCheck] { Broadcasting.checks("multiply", { $0 * $1 }, { $0 * $1 }) }
}
