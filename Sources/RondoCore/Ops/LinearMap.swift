import CRondoKernels

/// x · Wᵀ + b for the rows of x […, inputs], W [outputs, inputs] and b [outputs]: […, outputs].
///
/// A weight that is used several times on one tape is packed once.
public func linear(_ x: Variable, _ weight: Variable, bias: Variable? = nil) -> Variable {
  LinearMap.checkShapes("linear", x.shape, weight.shape, bias?.shape)
  let (outputs, inputs) = (weight.shape[0], weight.shape[1])
  let rows = x.value.rows
  let (input, matrix) = (x.value, weight.value)
  var y = Tensor(uninitialized: x.shape.dropLast() + [outputs])
  x.tape.packed(weight, isTransposed: false).multiply(
    rows: rows, input.pointer, stride: inputs, start: bias?.value.pointer, startStride: 0,
    into: y.mutablePointer(), stride: outputs)
  return x.tape.node("linear", y, inputs: [x, weight] + (bias.map { [$0] } ?? [])) {
    [x = x.id, weight = weight.id, bias = bias?.id] gradient, sink in
    sink.update(x) { pointer, isFresh in
      sink.packed(weight, matrix, isTransposed: true).multiply(
        rows: rows, gradient.pointer, stride: outputs, start: isFresh ? nil : UnsafePointer(pointer),
        startStride: inputs, into: pointer, stride: inputs)
    }
    sink.accumulate(weight) { pointer in
      WeightGradient.addOuter(
        rows: rows, outputs: outputs, inputs: inputs, gradient.pointer, stride: outputs, input.pointer,
        stride: inputs, to: pointer)
    }
    if let bias {
      sink.accumulate(bias) { pointer in
        WeightGradient.addColumnSum(
          rows: rows, columns: outputs, gradient.pointer, stride: outputs, to: pointer)
      }
    }
  }
}

enum LinearMap: DifferentiableOperation {
  static func checkShapes(_ name: StaticString, _ x: [Int], _ weight: [Int], _ bias: [Int]?) {
    require(
      weight.count == 2 && x.last == weight[1] && (bias == nil || bias == [weight[0]]),
      "\(name): x \(x), weight \(weight), bias \(bias?.description ?? "none")")
  }

  static func plain(_ x: [Double], _ weight: [Double], _ bias: [Double]?, inputs: Int) -> [Double] {
    let outputs = weight.count / inputs
    return (0..<x.count / inputs).flatMap { row in
      (0..<outputs).map { j in
        (0..<inputs).reduce(bias?[j] ?? 0) { $0 + x[row * inputs + $1] * weight[j * inputs + $1] }
      }
    }
  }

  static var checks: [OperationCheck] {
    func check(_ options: String, _ x: [Int], outputs: Int, hasBias: Bool) -> OperationCheck {
      let inputs = x.last!
      let shapes = [x, [outputs, inputs]] + (hasBias ? [[outputs]] : [])
      return OperationCheck(
        "linear", options,
        inputs: shapes.enumerated().map { OperationCheck.uniform($1, stream: UInt64($0)) },
        fast: { linear($0[0], $0[1], bias: hasBias ? $0[2] : nil) },
        plain: { plain($0[0], $0[1], hasBias ? $0[2] : nil, inputs: inputs) })
    }
    return [
      check("bias", [7, 5], outputs: 19, hasBias: true),
      check("no bias", [3, 2, 13], outputs: 5, hasBias: false),
      check("wide", [2, 3], outputs: 131, hasBias: true),
      OperationCheck(
        "linear", "weight used twice",
        inputs: [OperationCheck.uniform([3, 5], stream: 1), OperationCheck.uniform([5, 5], stream: 2)],
        fast: { linear(linear($0[0], $0[1]), $0[1]) },
        plain: { plain(plain($0[0], $0[1], nil, inputs: 5), $0[1], nil, inputs: 5) }),
    ]
  }
}
