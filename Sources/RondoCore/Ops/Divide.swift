import CRondoKernels

/// a / b, pointwise. One operand's shape may be the end of the other's; it is repeated then.
public func / (a: Variable, b: Variable) -> Variable {
  let broadcast = Broadcasting("divide", a.value, b.value)
  let quotient = broadcast.apply(RONDO_OP_DIV, a.value, b.value)
  let (divisor, count) = (b.value, a.value.count)
  return a.tape.node("divide", quotient, inputs: [a, b]) { [a = a.id, b = b.id] gradient, sink in
    // d(a/b) = da / b − (a/b) · db / b
    let scaled = Broadcasting("divide", gradient, divisor).apply(RONDO_OP_DIV, gradient, divisor)
    if sink.wants(b) {
      let product = Broadcasting("divide", scaled, quotient).apply(RONDO_OP_MUL, scaled, quotient)
      broadcast.add(Elementwise.apply(RONDO_OP_NEG, product), to: b, count: divisor.count, sink)
    }
    broadcast.add(scaled, to: a, count: count, sink)
  }
}

enum Divide: DifferentiableOperation {
  static var checks: [OperationCheck] { Broadcasting.checks("divide", { $0 / $1 }, { $0 / $1 }) }
}
