/// What the losses of distributions share: the mean of −log p over the targets that are there.
enum LikelihoodLoss {
  /// Values and derivatives of a target are computed together, in Double, so that the backward pass is one product.
  static func node<Family: LinkedDistribution>(
    _ name: StaticString, _ family: Family.Type, _ raw: Variable, _ targets: Tensor, _ scales: [Float]?
  ) -> Variable {
    let (parameters, n) = (Family.parameterCount, targets.columns)
    let rows = targets.rows
    require(
      raw.value.rows == rows && raw.value.columns == parameters * n,
      "\(name): raw parameters \(raw.shape) for targets \(targets.shape), \(parameters) for each")
    RawParameters.check(name, scales, rows: rows)
    var derivatives = raw.requiresGradient ? Tensor(uninitialized: raw.shape) : nil
    let destination = derivatives?.mutablePointer()
    // Blocks of rows are added in their order, whatever the number of threads.
    let block = max(1, 128 / max(1, n))
    let blocks = (rows + block - 1) / block
    var sums = [(loss: Double, count: Int)](repeating: (0, 0), count: blocks)
    sums.withUnsafeMutableBufferPointer { sums in
      let (a, y) = (raw.value.pointer, targets.pointer)
      Parallel.rows(blocks, minimumPerPart: 4) { range in
        for index in range {
          var (sum, count) = (0.0, 0)
          for row in index * block..<min(rows, (index + 1) * block) {
            let scale = scales.map { TargetScale($0[row]) } ?? .one
            let first = row * parameters * n
            for j in 0..<n {
              let target = y[row * n + j]
              var gradient = SIMD4<Double>()
              if !target.isNaN {
                let loss = Family.loss(
                  RawParameters.load(a + first + j, stride: n, parameters), Double(target), scale)
                sum += loss.value
                count += 1
                gradient = loss.derivatives
              }
              if let destination {
                for k in 0..<parameters { destination[first + k * n + j] = Float(gradient[k]) }
              }
            }
          }
          sums[index] = (sum, count)
        }
      }
    }
    let total = sums.reduce((loss: 0.0, count: 0)) { ($0.loss + $1.loss, $0.count + $1.count) }
    let divisor = Double(max(1, total.count))
    return raw.tape.node(name, Tensor(Float(total.loss / divisor)), inputs: [raw]) {
      [id = raw.id, derivatives] gradient, sink in
      guard let derivatives else { return }
      let factor = Float(Double(gradient.scalar) / divisor)
      sink.update(id) { pointer, isFresh in
        let d = derivatives.pointer
        Elementwise.parts(derivatives.count) { range in
          if isFresh {
            for i in range { pointer[i] = factor * d[i] }
          } else {
            for i in range { pointer[i] += factor * d[i] }
          }
        }
      }
    }
  }

  /// The mean of `loss` over targets that are there, by the formulas as they stand.
  static func plain(
    _ raw: [Double], _ targets: [Float], _ n: Int, _ parameters: Int, _ scales: [Float]?,
    _ loss: (_ raw: [Double], _ target: Double, _ scale: Double) -> Double
  ) -> Double {
    var losses: [Double] = []
    for (index, target) in targets.enumerated() where !target.isNaN {
      let (row, j) = (index / n, index % n)
      let own = (0..<parameters).map { raw[(row * parameters + $0) * n + j] }
      losses.append(loss(own, Double(target), Double(scales?[row] ?? 1)))
    }
    return losses.isEmpty ? 0 : losses.reduce(0, +) / Double(losses.count)
  }

  static func plainSoftplus(_ x: Double) -> Double {
    max(x, 0) + PortableMath.log(1 + PortableMath.exp(-abs(x)))
  }

  /// Checks of a loss with raw parameters of [7, parameters · 5]: with and without scales, without some targets, and without any.
  static func checks(
    _ name: String, _ parameters: Int, _ targets: Tensor,
    _ fast: @escaping @Sendable (Variable, Tensor, [Float]?) -> Variable,
    _ plain: @escaping @Sendable (_ raw: [Double], _ target: Double, _ scale: Double) -> Double
  ) -> [OperationCheck] {
    var some = targets.values
    some[3] = .nan
    some[20] = .nan
    let none = some.map { _ in Float.nan }
    let scales: [Float] = [0.25, 1, 3, 40, 2, 0.5, 7]
    return [("", some, nil), ("scales", some, scales), ("no targets", none, nil)].map {
      options, targets, scales in
      OperationCheck(
        name, options, inputs: [OperationCheck.uniform([7, parameters * 5], stream: 1, in: -3, 3)],
        fast: { fast($0[0], Tensor([7, 5], targets), scales) },
        plain: { [Self.plain($0[0], targets, 5, parameters, scales, plain)] })
    }
  }
}
