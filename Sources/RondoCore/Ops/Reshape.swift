/// The same elements, in row-major order, in another shape of as many.
public func reshape(_ x: Variable, _ shape: [Int]) -> Variable {
  x.tape.node("reshape", x.value.reshaped(shape), inputs: [x]) { [id = x.id] gradient, sink in
    sink.add(id, gradient)
  }
}

enum Reshape: DifferentiableOperation {
  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "reshape", "", inputs: [OperationCheck.uniform([6, 5], stream: 1)],
        fast: { reshape($0[0], [2, 15]) },
        plain: { $0[0] })
    ]
  }
}
