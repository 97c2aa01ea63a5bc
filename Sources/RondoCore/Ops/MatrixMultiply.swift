import CRondoKernels

/// a · b for a [rows, depth] and b [depth, columns]: [rows, columns].
public func matmul(_ a: Variable, _ b: Variable) -> Variable {
  require(
    a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[0],
    "matmul: shapes \(a.shape) and \(b.shape)")
  let (rows, depth, columns) = (a.shape[0], a.shape[1], b.shape[1])
  let (x, y) = (a.value, b.value)
  // b's transpose would be the weights of a linear layer.
  let packed = PackedMatrix(y, isTransposed: true)
  var product = Tensor(uninitialized: [rows, columns])
  packed.multiply(
    rows: rows, x.pointer, stride: depth, start: nil, startStride: 0, into: product.mutablePointer(),
    stride: columns)
  return a.tape.node("matmul", product, inputs: [a, b]) { [a = a.id, b = b.id] gradient, sink in
    sink.update(a) { pointer, isFresh in
      PackedMatrix(y, isTransposed: false).multiply(
        rows: rows, gradient.pointer, stride: columns, start: isFresh ? nil : UnsafePointer(pointer),
        startStride: depth, into: pointer, stride: depth)
    }
    sink.accumulate(b) { pointer in
      WeightGradient.addOuter(
        rows: rows, outputs: depth, inputs: columns, x.pointer, stride: depth, gradient.pointer,
        stride: columns, to: pointer)
    }
  }
}

enum MatrixMultiply: DifferentiableOperation {
  static func plain(_ a: [Double], _ b: [Double], rows: Int, depth: Int, columns: Int) -> [Double] {
    var product = [Double](repeating: 0, count: rows * columns)
    for r in 0..<rows {
      for j in 0..<columns {
        for i in 0..<depth { product[r * columns + j] += a[r * depth + i] * b[i * columns + j] }
      }
    }
    return product
  }

  static var checks: [OperationCheck] {
    [(5, 7, 19), (13, 21, 3), (1, 3, 67)].map { rows, depth, columns in
      OperationCheck(
        "matmul", "\(rows)×\(depth)×\(columns)",
        inputs: [
          OperationCheck.uniform([rows, depth], stream: 1),
          OperationCheck.uniform([depth, columns], stream: 2),
        ],
        fast: { matmul($0[0], $0[1]) },
        plain: { plain($0[0], $0[1], rows: rows, depth: depth, columns: columns) })
    }
  }
}
