import CRondoKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The softmax of every row of x […, n]: yⱼ = exp(xⱼ) / Σᵢ exp(xᵢ), of the same shape.
public func softmax(_ x: Variable) -> Variable {
  let y = Softmax.apply(x.value, isLogarithm: false)
  return x.tape.node("softmax", y, inputs: [x]) { [x = x.id] gradient, sink in
    // dxⱼ = yⱼ · (gⱼ − Σᵢ gᵢ yᵢ)
    sink.accumulate(x) { pointer in
      let width = y.columns
      Concatenate.rows(y.rows, width: width) { row in
        let (g, y, dx) = (gradient.pointer + row * width, y.pointer + row * width, pointer + row * width)
        var dot = 0.0
        for j in 0..<width { dot += Double(g[j]) * Double(y[j]) }
        let mean = Float(dot)
        for j in 0..<width { dx[j] += y[j] * (g[j] - mean) }
      }
    }
  }
}

/// The logarithm of the softmax of every row of x […, n]: yⱼ = xⱼ − log Σᵢ exp(xᵢ), of the same shape.
public func logSoftmax(_ x: Variable) -> Variable {
  let y = Softmax.apply(x.value, isLogarithm: true)
  return x.tape.node("logSoftmax", y, inputs: [x]) { [x = x.id] gradient, sink in
    // dxⱼ = gⱼ − exp(yⱼ) · Σᵢ gᵢ
    let probabilities = Elementwise.apply(RONDO_OP_EXP, y)
    sink.accumulate(x) { pointer in
      let width = y.columns
      Concatenate.rows(y.rows, width: width) { row in
        let (g, p) = (gradient.pointer + row * width, probabilities.pointer + row * width)
        let dx = pointer + row * width
        var sum = 0.0
        for j in 0..<width { sum += Double(g[j]) }
        let total = Float(sum)
        for j in 0..<width { dx[j] += g[j] - p[j] * total }
      }
    }
  }
}

enum Softmax: DifferentiableOperation {
  static func apply(_ x: Tensor, isLogarithm: Bool) -> Tensor {
    let width = x.columns
    var y = Tensor(uninitialized: x.shape)
    let destination = y.mutablePointer()
    let minimum = max(1, Elementwise.minimumPerPart / 4 / max(1, width))
    Parallel.rows(x.rows, minimumPerPart: minimum) { range in
      let first = range.lowerBound * width
      rondo_softmax(
        range.count, width, x.pointer + first, width, destination + first, width, isLogarithm ? 1 : 0)
    }
    return y
  }

  /// log softmax of each row, in Double.
  static func plainLogarithm(_ x: [Double], width: Int) -> [Double] {
    stride(from: 0, to: x.count, by: width).flatMap { first in
      let row = x[first..<first + width]
      let largest = row.max()!
      let logSum = largest + log(row.reduce(0) { $0 + exp($1 - largest) })
      return row.map { $0 - logSum }
    }
  }

  static var checks: [OperationCheck] {
    let inputs = [OperationCheck.uniform([5, 19], stream: 1, in: -3, 3)]
    return [
      OperationCheck(
        "softmax", "", inputs: inputs, fast: { softmax($0[0]) },
        plain: { plainLogarithm($0[0], width: 19).map { exp($0) } }),
      OperationCheck(
        "logSoftmax", "", inputs: inputs, fast: { logSoftmax($0[0]) },
        plain: { plainLogarithm($0[0], width: 19) }),
    ]
  }
}
