import CRondoKernels

/// a − b, pointwise. One operand's shape may be the end of the other's; it is repeated then.
public func - (a: Variable, b: Variable) -> Variable {
  let broadcast = Broadcasting("subtract", a.value, b.value)
  let counts = (a.value.count, b.value.count)
  return a.tape.node("subtract", broadcast.apply(RONDO_OP_SUB, a.value, b.value), inputs: [a, b]) {
    [a = a.id, b = b.id] gradient, sink in
    broadcast.add(gradient, to: a, count: counts.0, sink)
    if sink.wants(b) {
      broadcast.add(Elementwise.apply(RONDO_OP_NEG, gradient), to: b, count: counts.1, sink)
    }
  }
}

enum Subtract: DifferentiableOperation {
  static var checks: [OperationCheck] { Broadcasting.checks("subtract", { $0 - $1 }, { $0 - $1 }) }
}
