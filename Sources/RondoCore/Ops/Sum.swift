/// The sum of all elements of any shape: a scalar []. Blocks of 512 elements are added in Double, each in 8 lanes, then the blocks in order.
public func sum(_ x: Variable) -> Variable {
  Sum.node("sum", x, divisor: 1)
}

/// The mean of all elements of any shape but an empty one: a scalar [].
public func mean(_ x: Variable) -> Variable {
  require(x.value.count > 0, "mean: no elements, the shape is \(x.shape)")
  return Sum.node("mean", x, divisor: Double(x.value.count))
}

enum Sum: DifferentiableOperation {
  fileprivate static func node(_ name: StaticString, _ x: Variable, divisor: Double) -> Variable {
    let count = x.value.count
    let total = total(count) { [pointer = x.value.pointer] range in
      var lanes = SIMD8<Double>()
      let whole = range.count & ~7
      for i in stride(from: range.lowerBound, to: range.lowerBound + whole, by: 8) {
        let values = UnsafeRawPointer(pointer + i).loadUnaligned(as: SIMD8<Float>.self)
        lanes += SIMD8<Double>(values)
      }
      var sum = lanes.indices.reduce(0.0) { $0 + lanes[$1] }
      for i in range.dropFirst(whole) { sum += Double(pointer[i]) }
      return sum
    }
    return x.tape.node(name, Tensor(Float(total / divisor)), inputs: [x]) { [x = x.id] gradient, sink in
      let share = Float(Double(gradient.scalar) / divisor)
      sink.update(x) { pointer, isFresh in
        Elementwise.parts(count) { part in
          if isFresh {
            for i in part { pointer[i] = share }
          } else {
            for i in part { pointer[i] += share }
          }
        }
      }
    }
  }

  /// The sum over 0..<count, of which `block` gives parts: blocks of 512, then the blocks in order.
  static func total(_ count: Int, _ block: (Range<Int>) -> Double) -> Double {
    let blocks = (count + 511) / 512
    var sums = [Double](repeating: 0, count: blocks)
    sums.withUnsafeMutableBufferPointer { sums in
      Parallel.rows(blocks, minimumPerPart: Elementwise.minimumPerPart / 512) { range in
        for i in range { sums[i] = block(i * 512..<min(count, i * 512 + 512)) }
      }
    }
    return sums.reduce(0, +)
  }

  static func plain(_ x: [Double]) -> Double { x.reduce(0, +) }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "sum", "", inputs: [OperationCheck.uniform([7, 3, 31], stream: 1)], fast: { sum($0[0]) },
        plain: { [plain($0[0])] }),
      OperationCheck(
        "mean", "", inputs: [OperationCheck.uniform([5, 11], stream: 1)], fast: { mean($0[0]) },
        plain: { [plain($0[0]) / 55] }),
    ]
  }
}
