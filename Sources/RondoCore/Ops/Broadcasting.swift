import CRondoKernels

/// Pointwise operations of two tensors, one of which may be repeated: its shape is the end of the other's (a
/// row for a matrix, a scalar for anything).
struct Broadcasting {
  let shape: [Int]
  let count: Int

  init(_ name: StaticString, _ a: Tensor, _ b: Tensor) {
    let (long, short) = a.shape.count >= b.shape.count ? (a.shape, b.shape) : (b.shape, a.shape)
    require(
      Array(long.suffix(short.count)) == short,
      "\(name): shapes \(a.shape) and \(b.shape); one must be the end of the other")
    shape = long
    count = long.reduce(1, *)
  }

  /// operation(a, b)
  func apply(_ operation: rondo_op, _ a: Tensor, _ b: Tensor) -> Tensor {
    var result = Tensor(uninitialized: shape)
    guard count > 0 else { return result }
    let y = result.mutablePointer()
    let code = Int32(operation.rawValue)
    if a.count == b.count {
      let (a, b) = (a.pointer, b.pointer)
      Elementwise.parts(count) {
        rondo_binary(code, $0.count, a + $0.lowerBound, b + $0.lowerBound, y + $0.lowerBound)
      }
    } else {
      let repeatsA = a.count < b.count
      let tile = Self.tile(repeatsA ? a : b)
      let width = tile.count
      let (long, short) = (repeatsA ? b.pointer : a.pointer, tile.pointer)
      Parallel.rows(count, minimumPerPart: Elementwise.minimumPerPart, multipleOf: width) { range in
        for first in stride(from: range.lowerBound, to: range.upperBound, by: width) {
          let n = min(width, range.upperBound - first)
          rondo_binary(
            code, n, repeatsA ? short : long + first, repeatsA ? long + first : short, y + first)
        }
      }
    }
    return result
  }

  /// Adds a gradient of the result's shape to that of an operand, summed over the operand's repetitions.
  func add(_ gradient: Tensor, to operand: Variable.ID, count operandCount: Int, _ sink: GradientSink) {
    if operandCount == count { return sink.add(operand, gradient) }
    sink.accumulate(operand) { pointer in
      guard operandCount > 0 else { return }
      let rows = count / operandCount
      if operandCount >= 16 {
        WeightGradient.addColumnSum(
          rows: rows, columns: operandCount, gradient.pointer, stride: operandCount, to: pointer)
      } else {
        // Few columns are long chains: those are added in Double.
        for column in 0..<operandCount {
          var sum = 0.0
          for row in 0..<rows { sum += Double(gradient.pointer[row * operandCount + column]) }
          pointer[column] += Float(sum)
        }
      }
    }
  }

  /// A tensor repeated until a tile is long enough for a vector loop.
  private static func tile(_ tensor: Tensor) -> Tensor {
    let repeats = max(1, 1024 / tensor.count)
    guard repeats > 1 else { return tensor }
    var tile = Tensor(uninitialized: [repeats * tensor.count])
    let pointer = tile.mutablePointer()
    for i in 0..<repeats { (pointer + i * tensor.count).update(from: tensor.pointer, count: tensor.count) }
    return tile
  }

  /// What `apply` computes, in Double.
  static func plain(_ a: [Double], _ b: [Double], _ operation: (Double, Double) -> Double) -> [Double] {
    (0..<max(a.count, b.count)).map { operation(a[$0 % a.count], b[$0 % b.count]) }
  }

  /// Checks of a binary operation: equal shapes, a row and a scalar on either side. The elements of b keep
  /// away from 0.
  static func checks(
    _ name: String, _ fast: @escaping @Sendable (Variable, Variable) -> Variable,
    _ plain: @escaping @Sendable (Double, Double) -> Double
  ) -> [OperationCheck] {
    let shapes: [(String, [Int], [Int])] = [
      ("equal shapes", [3, 37], [3, 37]), ("row right", [5, 19], [19]), ("row left", [7], [4, 3, 7]),
      ("scalar right", [5, 7], []), ("scalar left", [], [11]),
    ]
    return shapes.map { options, a, b in
      OperationCheck(
        name, options,
        inputs: [OperationCheck.uniform(a, stream: 1), OperationCheck.uniform(b, stream: 2, in: 0.5, 2)],
        fast: { fast($0[0], $0[1]) }, plain: { Broadcasting.plain($0[0], $0[1], plain) })
    }
  }
}
