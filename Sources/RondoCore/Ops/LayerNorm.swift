/// Every row of x […, n] with mean 0 and variance 1, times a gain, plus a bias: of the same shape.
///
///     y = (x − mean x) / √(var x + ε) · gain + bias,   var x = mean (x − mean x)²
///
/// Sums over a row run in Double in the order of the columns.
///
/// Source: Ba, Kiros and Hinton, Layer normalization, 2016, arXiv 1607.06450.
///
/// - Parameters:
///   - gain: [n]
///   - bias: [n]
public func layerNorm(_ x: Variable, gain: Variable, bias: Variable? = nil, epsilon: Float = 1e-5) -> Variable
{
  let width = x.value.columns
  require(
    gain.shape == [width] && (bias == nil || bias!.shape == [width]),
    "layerNorm: x \(x.shape) with a gain \(gain.shape) and a bias \(bias?.shape ?? [width])")
  let rows = x.value.rows
  // (x − mean) / deviation, which the backward pass needs, and 1 / deviation of each row.
  var normal = Tensor(uninitialized: x.shape)
  var scales = [Float](repeating: 0, count: rows)
  var y = Tensor(uninitialized: x.shape)
  let (source, centred, destination) = (x.value.pointer, normal.mutablePointer(), y.mutablePointer())
  let (gains, biases) = (gain.value.pointer, bias?.value.pointer)
  scales.withUnsafeMutableBufferPointer { scales in
    LayerNorm.forEachRow(rows, width: width) { row in
      let (x, z, y) = (source + row * width, centred + row * width, destination + row * width)
      var mean = 0.0
      for j in 0..<width { mean += Double(x[j]) }
      mean /= Double(width)
      var variance = 0.0
      for j in 0..<width {
        let distance = Double(x[j]) - mean
        variance += distance * distance
      }
      let scale = 1 / (variance / Double(width) + Double(epsilon)).squareRoot()
      scales[row] = Float(scale)
      for j in 0..<width {
        z[j] = Float((Double(x[j]) - mean) * scale)
        y[j] = z[j] * gains[j] + (biases?[j] ?? 0)
      }
    }
  }
  let (xID, gainID, biasID) = (x.id, gain.id, bias?.id)
  let inputs = [x, gain] + (bias.map { [$0] } ?? [])
  return x.tape.node("layerNorm", y, inputs: inputs) { [normal, scales, gain = gain.value] gradient, sink in
    // dx = scale · (g gain − mean(g gain) − z · mean(g gain · z))
    sink.accumulate(xID) { pointer in
      LayerNorm.forEachRow(rows, width: width) { row in
        let (g, z) = (gradient.pointer + row * width, normal.pointer + row * width)
        let dx = pointer + row * width
        var (sum, product) = (0.0, 0.0)
        for j in 0..<width {
          let own = Double(g[j]) * Double(gain.pointer[j])
          sum += own
          product += own * Double(z[j])
        }
        let (mean, slope) = (sum / Double(width), product / Double(width))
        for j in 0..<width {
          let own = Double(g[j]) * Double(gain.pointer[j])
          dx[j] += Float(Double(scales[row]) * (own - mean - Double(z[j]) * slope))
        }
      }
    }
    sink.accumulate(gainID) { pointer in
      for row in 0..<rows {
        let (g, z) = (gradient.pointer + row * width, normal.pointer + row * width)
        for j in 0..<width { pointer[j] += g[j] * z[j] }
      }
    }
    guard let biasID else { return }
    sink.accumulate(biasID) { pointer in
      for row in 0..<rows {
        let g = gradient.pointer + row * width
        for j in 0..<width { pointer[j] += g[j] }
      }
    }
  }
}

enum LayerNorm: DifferentiableOperation {
  fileprivate static func forEachRow(_ rows: Int, width: Int, _ body: (Int) -> Void) {
    let minimum = max(1, Elementwise.minimumPerPart / 4 / max(1, width))
    Parallel.rows(rows, minimumPerPart: minimum) { range in
      for row in range { body(row) }
    }
  }

  static func plain(_ x: [Double], _ gain: [Double], _ bias: [Double]?, epsilon: Double) -> [Double] {
    let width = gain.count
    return stride(from: 0, to: x.count, by: width).flatMap { first -> [Double] in
      let row = x[first..<first + width]
      let mean = row.reduce(0, +) / Double(width)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      let deviation = (variance + epsilon).squareRoot()
      return row.enumerated().map { ($1 - mean) / deviation * gain[$0] + (bias?[$0] ?? 0) }
    }
  }

  static var checks: [OperationCheck] {
    let inputs = [
      OperationCheck.uniform([5, 19], stream: 1, in: -2, 3), OperationCheck.uniform([19], stream: 2),
      OperationCheck.uniform([19], stream: 3),
    ]
    return [
      OperationCheck(
        "layerNorm", "", inputs: inputs, fast: { layerNorm($0[0], gain: $0[1], bias: $0[2]) },
        plain: { plain($0[0], $0[1], $0[2], epsilon: Double(Float(1e-5))) }),
      OperationCheck(
        "layerNorm", "no bias, large epsilon", inputs: Array(inputs.prefix(2)),
        fast: { layerNorm($0[0], gain: $0[1], epsilon: 0.5) },
        plain: { plain($0[0], $0[1], nil, epsilon: 0.5) }),
    ]
  }
}
