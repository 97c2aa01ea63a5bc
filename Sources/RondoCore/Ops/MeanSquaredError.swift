/// The mean squared error of rows […, columns]: the mean over columns of (prediction − target)², reduced over
/// the rows: a scalar.
public func meanSquaredError(
  _ prediction: Variable, _ target: Variable, _ reduction: LossReduction = .perToken
) -> Variable {
  let (x, y) = (prediction.value, target.value)
  require(x.shape == y.shape, "meanSquaredError: prediction \(x.shape), target \(y.shape)")
  let divisor = reduction.divisor(rows: x.rows) * Double(max(1, x.columns))
  let total = Sum.total(x.count) { [a = x.pointer, b = y.pointer] range in
    var sum = 0.0
    for i in range {
      let difference = Double(a[i]) - Double(b[i])
      sum += difference * difference
    }
    return sum
  }
  return prediction.tape.node(
    "meanSquaredError", Tensor(Float(total / divisor)), inputs: [prediction, target]
  ) { [prediction = prediction.id, target = target.id] gradient, sink in
    let factor = Float(2 * Double(gradient.scalar) / divisor)
    for (id, sign) in [(prediction, factor), (target, -factor)] {
      sink.accumulate(id) { pointer in
        let (a, b) = (x.pointer, y.pointer)
        Elementwise.parts(x.count) { for i in $0 { pointer[i] += sign * (a[i] - b[i]) } }
      }
    }
  }
}

enum MeanSquaredError: DifferentiableOperation {
  static func plain(_ x: [Double], _ y: [Double], columns: Int, _ reduction: LossReduction) -> Double {
    zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      / (reduction.divisor(rows: x.count / columns) * Double(columns))
  }

  static var checks: [OperationCheck] {
    CrossEntropy.reductions.map { options, reduction in
      OperationCheck(
        "meanSquaredError", options,
        inputs: [OperationCheck.uniform([7, 3], stream: 1), OperationCheck.uniform([7, 3], stream: 2)],
        fast: { meanSquaredError($0[0], $0[1], reduction) },
        plain: { [plain($0[0], $0[1], columns: 3, reduction)] })
    }
  }
}
