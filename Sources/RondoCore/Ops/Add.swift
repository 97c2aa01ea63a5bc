import CRondoKernels

/// a + b, pointwise. One operand's shape may be the end of the other's; it is repeated then.
public func + (a: Variable, b: Variable) -> Variable {
  let broadcast = Broadcasting("add", a.value, b.value)
  let counts = (a.value.count, b.value.count)
  return a.tape.node("add", broadcast.apply(RONDO_OP_ADD, a.value, b.value), inputs: [a, b]) {
    [a = a.id, b = b.id] gradient, sink in
    broadcast.add(gradient, to: a, count: counts.0, sink)
    broadcast.add(gradient, to: b, count: counts.1, sink)
  }
}

enum Add: DifferentiableOperation {
  static var checks: [OperationCheck] { Broadcasting.checks("add", { $0 + $1 }, { $0 + $1 }) }
}
