/// The columns `range` of every row: […, n] gives […, range.count].
public func slice(_ x: Variable, _ range: Range<Int>) -> Variable {
  let (rows, width) = (x.value.rows, x.value.columns)
  require(
    !x.shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= width,
    "slice: columns \(range) of the shape \(x.shape)")
  let value = x.value
  var result = Tensor(uninitialized: x.shape.dropLast() + [range.count])
  let destination = result.mutablePointer()
  Concatenate.rows(rows, width: range.count) { row in
    let from = value.pointer + row * width + range.lowerBound
    (destination + row * range.count).update(from: from, count: range.count)
  }
  return x.tape.node("slice", result, inputs: [x]) { [x = x.id] gradient, sink in
    sink.accumulate(x) { pointer in
      Concatenate.rows(rows, width: range.count) { row in
        let from = gradient.pointer + row * range.count
        let to = pointer + row * width + range.lowerBound
        for j in 0..<range.count { to[j] += from[j] }
      }
    }
  }
}

enum Slice: DifferentiableOperation {
  static func plain(_ x: [Double], width: Int, _ range: Range<Int>) -> [Double] {
    stride(from: 0, to: x.count, by: width).flatMap { x[$0 + range.lowerBound..<$0 + range.upperBound] }
  }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "slice", "middle", inputs: [OperationCheck.uniform([3, 2, 29], stream: 1)],
        fast: { slice($0[0], 5..<22) }, plain: { plain($0[0], width: 29, 5..<22) }),
      OperationCheck(
        "slice", "overlapping", inputs: [OperationCheck.uniform([5, 7], stream: 1)],
        fast: { slice($0[0], 0..<4) + slice($0[0], 2..<6) },
        plain: {
          zip(plain($0[0], width: 7, 0..<4), plain($0[0], width: 7, 2..<6)).map { $0 + $1 }
        }),
    ]
  }
}
