/// The quantile loss of predictions of several quantiles, doubled so that a median's is its absolute error: the mean over targets and
/// quantiles q of 2 w max(q e, (q − 1) e) with e = target − prediction and the weight w of the target's row.
///
/// Source: Koenker and Bassett, Regression quantiles, 1978, DOI 10.2307/1913643.
///
/// - Parameters:
///   - prediction: [rows, quantiles · n]: the n columns of the first quantile, then those of the second, …
///   - targets: [rows, n]; NaN where there is none, which counts nothing.
///   - quantiles: Probabilities between 0 and 1.
///   - weights: Of each row how much its targets count; all alike if nil.
/// - Returns: A scalar, 0 if there are no targets.
public func quantileLoss(
  _ prediction: Variable, _ targets: Tensor, quantiles: [Float], weights: [Float]? = nil
) -> Variable {
  let (f, n) = (prediction.value, targets.columns)
  require(
    !quantiles.isEmpty && quantiles.allSatisfy { $0 > 0 && $0 < 1 },
    "quantileLoss: quantiles \(quantiles), each must be between 0 and 1")
  require(
    f.rows == targets.rows && f.columns == n * quantiles.count,
    "quantileLoss: prediction \(f.shape) for targets \(targets.shape) and \(quantiles.count) quantiles")
  require(
    weights?.count ?? targets.rows == targets.rows,
    "quantileLoss: \(weights?.count ?? 0) weights for targets \(targets.shape)")
  // Sums of fixed blocks, added up in their order, whatever the number of threads.
  let (block, rows, depth) = (64, targets.rows, quantiles.count)
  let blocks = (rows + block - 1) / block
  var parts = [(sum: Double, count: Int)](repeating: (0, 0), count: blocks)
  parts.withUnsafeMutableBufferPointer { parts in
    Parallel.rows(blocks, minimumPerPart: 1) { range in
      let (a, y) = (f.pointer, targets.pointer)
      for index in range {
        var (sum, count) = (0.0, 0)
        for row in index * block..<min(rows, (index + 1) * block) {
          for (k, q) in quantiles.enumerated() {
            let first = (row * depth + k) * n
            var rowSum: Float = 0
            for j in 0..<n {
              let e = y[row * n + j] - a[first + j]
              // False for NaN, too.
              rowSum += e > 0 ? q * e : e < 0 ? (q - 1) * e : 0
            }
            sum += Double(rowSum) * Double(weights?[row] ?? 1)
          }
          for j in 0..<n where !y[row * n + j].isNaN { count += 1 }
        }
        parts[index] = (sum, count)
      }
    }
  }
  let (sum, count) = parts.reduce((0.0, 0)) { ($0.0 + $1.sum, $0.1 + $1.count) }
  let scale = 2 / Double(max(1, count) * depth)
  return prediction.tape.node("quantileLoss", Tensor(Float(sum * scale)), inputs: [prediction]) {
    [id = prediction.id] gradient, sink in
    let factor = gradient.scalar * Float(scale)
    sink.accumulate(id) { pointer in
      Parallel.rows(rows, minimumPerPart: block) { range in
        let (a, y) = (f.pointer, targets.pointer)
        for row in range {
          let factor = factor * (weights?[row] ?? 1)
          for (k, q) in quantiles.enumerated() {
            let first = (row * depth + k) * n
            let (above, below) = (factor * q, factor * (1 - q))
            for j in 0..<n {
              let e = y[row * n + j] - a[first + j]
              pointer[first + j] += e > 0 ? -above : e < 0 ? below : 0
            }
          }
        }
      }
    }
  }
}

enum QuantileLoss: DifferentiableOperation {
  static func plain(
    _ prediction: [Double], _ targets: [Float], _ n: Int, _ quantiles: [Float], _ weights: [Float]?
  ) -> Double {
    var errors: [Double] = []
    for (index, target) in targets.enumerated() where !target.isNaN {
      for (k, q) in quantiles.enumerated() {
        let e = Double(target) - prediction[(index / n * quantiles.count + k) * n + index % n]
        errors.append(2 * Double(weights?[index / n] ?? 1) * (e > 0 ? Double(q) * e : (Double(q) - 1) * e))
      }
    }
    return errors.isEmpty ? 0 : errors.reduce(0, +) / Double(errors.count)
  }

  static var checks: [OperationCheck] {
    let quantiles: [Float] = [0.1, 0.5, 0.75]
    var some = OperationCheck.uniform([7, 5], stream: 2).values
    some[3] = .nan
    some[20] = .nan
    let weights: [Float] = [1, 0.5, 2, 0, 1.25, 3, 0.75]
    let cases: [(String, [Float], [Float]?)] = [
      ("", some, nil), ("weights", some, weights), ("no targets", some.map { _ in Float.nan }, nil),
    ]
    return cases.map { options, targets, weights in
      OperationCheck(
        "quantileLoss", options, inputs: [OperationCheck.uniform([7, 15], stream: 1)],
        fast: { quantileLoss($0[0], Tensor([7, 5], targets), quantiles: quantiles, weights: weights) },
        plain: { [plain($0[0], targets, 5, quantiles, weights)] })
    }
  }
}
