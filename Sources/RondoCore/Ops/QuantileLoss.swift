/// The quantile loss of predictions of several quantiles, doubled so that a median's is its absolute error: the mean over targets and
/// quantiles q of 2 max(q e, (q − 1) e) with e = target − prediction.
///
/// Source: Koenker and Bassett, Regression quantiles, 1978, DOI 10.2307/1913643.
///
/// - Parameters:
///   - prediction: [rows, quantiles · n]: the n columns of the first quantile, then those of the second, …
///   - targets: [rows, n]; NaN where there is none, which counts nothing.
///   - quantiles: Probabilities between 0 and 1.
/// - Returns: A scalar, 0 if there are no targets.
public func quantileLoss(_ prediction: Variable, _ targets: Tensor, quantiles: [Float]) -> Variable {
  let (f, n) = (prediction.value, targets.columns)
  require(
    !quantiles.isEmpty && quantiles.allSatisfy { $0 > 0 && $0 < 1 },
    "quantileLoss: quantiles \(quantiles), each must be between 0 and 1")
  require(
    f.rows == targets.rows && f.columns == n * quantiles.count,
    "quantileLoss: prediction \(f.shape) for targets \(targets.shape) and \(quantiles.count) quantiles")
  var (sum, count) = (0.0, 0)
  let (a, y) = (f.pointer, targets.pointer)
  for row in 0..<targets.rows {
    for j in 0..<n where !y[row * n + j].isNaN {
      count += 1
      for (k, q) in quantiles.enumerated() {
        let e = y[row * n + j] - a[(row * quantiles.count + k) * n + j]
        sum += Double(max(q * e, (q - 1) * e))
      }
    }
  }
  let scale = 2 / Double(max(1, count) * quantiles.count)
  return prediction.tape.node("quantileLoss", Tensor(Float(sum * scale)), inputs: [prediction]) {
    [id = prediction.id] gradient, sink in
    let factor = gradient.scalar * Float(scale)
    sink.accumulate(id) { pointer in
      let (a, y) = (f.pointer, targets.pointer)
      for row in 0..<targets.rows {
        for (k, q) in quantiles.enumerated() {
          let first = (row * quantiles.count + k) * n
          for j in 0..<n {
            let e = y[row * n + j] - a[first + j]
            // False for NaN, too.
            if e > 0 {
              pointer[first + j] -= factor * q
            } else if e < 0 {
              pointer[first + j] += factor * (1 - q)
            }
          }
        }
      }
    }
  }
}

enum QuantileLoss: DifferentiableOperation {
  static func plain(_ prediction: [Double], _ targets: [Float], _ n: Int, _ quantiles: [Float]) -> Double {
    var errors: [Double] = []
    for (index, target) in targets.enumerated() where !target.isNaN {
      for (k, q) in quantiles.enumerated() {
        let e = Double(target) - prediction[(index / n * quantiles.count + k) * n + index % n]
        errors.append(2 * (e > 0 ? Double(q) * e : (Double(q) - 1) * e))
      }
    }
    return errors.isEmpty ? 0 : errors.reduce(0, +) / Double(errors.count)
  }

  static var checks: [OperationCheck] {
    let quantiles: [Float] = [0.1, 0.5, 0.75]
    var some = OperationCheck.uniform([7, 5], stream: 2).values
    some[3] = .nan
    some[20] = .nan
    return [("", some), ("no targets", some.map { _ in Float.nan })].map { options, targets in
      OperationCheck(
        "quantileLoss", options, inputs: [OperationCheck.uniform([7, 15], stream: 1)],
        fast: { quantileLoss($0[0], Tensor([7, 5], targets), quantiles: quantiles) },
        plain: { [plain($0[0], targets, 5, quantiles)] })
    }
  }
}
