import CRondoKernels

/// The cross-entropy of the logits x · Wᵀ + b with target classes: `crossEntropy(linear(x, W, b), targets)`
/// without the logits of all rows in memory. What language models end with.
///
/// Rows are taken in blocks whose logits stay in the cache. If the tape records, their gradient takes the
/// place of the logits at once and is carried on to x, W and b, so that the backward pass only has to scale
/// and add.
///
/// - Parameters:
///   - x: […, inputs]
///   - weight: [classes, inputs]
///   - bias: [classes]
///   - targets: a class for each row; negative for a row without a loss.
///   - smoothing: the share of a target's probability that is spread over all classes.
public func linearCrossEntropy(
  _ x: Variable, _ weight: Variable, bias: Variable? = nil, targets: [Int32],
  _ reduction: LossReduction = .perToken, smoothing: Float = 0
) -> Variable {
  LinearCrossEntropy.node(x, weight, bias, targets, reduction, smoothing: smoothing, blockRows: nil)
}

/// The losses of the rows one by one, as `linearCrossEntropy` adds them up; nothing is recorded. They depend
/// on nothing but their row, so a text may be scored in pieces of any size.
public func linearCrossEntropyLosses(
  _ x: Variable, _ weight: Variable, bias: Variable? = nil, targets: [Int32]
) -> [Float] {
  LinearMap.checkShapes("linearCrossEntropyLosses", x.shape, weight.shape, bias?.shape)
  _ = CrossEntropy.checkTargets(
    "linearCrossEntropyLosses", targets, rows: x.value.rows, classes: weight.shape[0])
  require(!x.tape.records, "linearCrossEntropyLosses: the tape records")
  var pass = LinearCrossEntropyPass(x, weight, bias, blockRows: nil)
  return pass.run(targets, scale: 1)
}

/// One pass over the rows.
private struct LinearCrossEntropyPass {
  /// x, weight and, if there is one, bias.
  let inputs: [Variable]
  /// The gradients of the inputs that want one.
  private(set) var gradients: [Tensor?]
  private let rows: Int
  private let width: Int
  private let classes: Int
  private let blockRows: Int

  /// The rows of a block, of which all are about as large: at most 8 MB of logits, which stay in the last
  /// cache, but 32 rows, so that packed weights are worth loading.
  private static func blockRows(_ rows: Int, classes: Int) -> Int {
    let largest = max(32, (1 << 21) / classes)
    let blocks = max(1, (rows + largest - 1) / largest)
    return (rows + blocks - 1) / blocks
  }

  init(_ x: Variable, _ weight: Variable, _ bias: Variable?, blockRows: Int?) {
    inputs = [x, weight] + (bias.map { [$0] } ?? [])
    rows = x.value.rows
    width = weight.shape[1]
    classes = weight.shape[0]
    self.blockRows = blockRows ?? Self.blockRows(rows, classes: classes)
    gradients = inputs.map { $0.requiresGradient ? Tensor(zeros: $0.shape) : nil }
  }

  /// Computes `gradients` of scale · Σ loss; the losses of the rows.
  mutating func run(_ targets: [Int32], scale: Float, smoothing: Float = 0) -> [Float] {
    let (x, weight) = (inputs[0], inputs[1])
    let bias = inputs.count > 2 ? inputs[2].value : nil
    let packed = x.tape.packed(weight, isTransposed: false)
    let isDifferentiated = gradients.contains { $0 != nil }
    var logits = Tensor(uninitialized: [blockRows, classes])
    var losses = [Float](repeating: 0, count: rows)
    for first in stride(from: 0, to: rows, by: max(1, blockRows)) {
      let count = min(blockRows, rows - first)
      let block = x.value.pointer + first * width
      packed.multiply(
        rows: count, block, stride: width, start: bias?.pointer, startStride: 0,
        into: logits.mutablePointer(),
        stride: classes)
      losses.withUnsafeMutableBufferPointer { losses in
        targets.withUnsafeBufferPointer { targets in
          Self.softmax(
            rows: count, classes: classes, logits.mutablePointer(), targets.baseAddress! + first,
            losses.baseAddress! + first, scale: isDifferentiated ? scale : nil, smoothing: smoothing)
        }
      }
      if let pointer = gradients[0]?.mutablePointer() {
        x.tape.packed(weight, isTransposed: true).multiply(
          rows: count, logits.pointer, stride: classes, start: nil, startStride: 0,
          into: pointer + first * width, stride: width)
      }
      if let pointer = gradients[1]?.mutablePointer() {
        WeightGradient.addOuter(
          rows: count, outputs: classes, inputs: width, logits.pointer, stride: classes, block, stride: width,
          to: pointer)
      }
      if bias != nil, let pointer = gradients[2]?.mutablePointer() {
        WeightGradient.addColumnSum(
          rows: count, columns: classes, logits.pointer, stride: classes, to: pointer)
      }
    }
    return losses
  }

  /// The losses of some rows; with a scale, the gradients of scale · loss take the place of the logits.
  private static func softmax(
    rows: Int, classes: Int, _ logits: UnsafeMutablePointer<Float>, _ targets: UnsafePointer<Int32>,
    _ losses: UnsafeMutablePointer<Float>, scale: Float?, smoothing: Float
  ) {
    Parallel.rows(rows, minimumPerPart: CrossEntropy.minimumRows(classes)) { range in
      for row in range {
        let x = logits + row * classes
        var logSum: Float = 0
        rondo_cross_entropy_forward(1, classes, x, classes, targets + row, losses + row, &logSum)
        let isSmoothed = smoothing > 0 && targets[row] >= 0
        if isSmoothed { losses[row] += LabelSmoothing.loss(x, classes, targets[row], smoothing) }
        if var scale {
          rondo_cross_entropy_backward(1, classes, x, classes, targets + row, &logSum, &scale, x, classes, 0)
          if isSmoothed { LabelSmoothing.addGradient(x, classes, targets[row], smoothing, scale: scale) }
        }
      }
    }
  }
}

package enum LinearCrossEntropy: DifferentiableOperation {
  /// `linearCrossEntropy` with as many rows in a block as one likes.
  package static func node(
    _ x: Variable, _ weight: Variable, _ bias: Variable?, _ targets: [Int32], _ reduction: LossReduction,
    smoothing: Float = 0, blockRows: Int?
  ) -> Variable {
    require(0..<1 ~= smoothing, "linearCrossEntropy: the smoothing \(smoothing) is not in 0..<1")
    LinearMap.checkShapes("linearCrossEntropy", x.shape, weight.shape, bias?.shape)
    let counted = CrossEntropy.checkTargets(
      "linearCrossEntropy", targets, rows: x.value.rows, classes: weight.shape[0])
    let divisor = reduction.divisor(rows: counted)
    var pass = LinearCrossEntropyPass(x, weight, bias, blockRows: blockRows)
    let total = CrossEntropy.total(pass.run(targets, scale: Float(1 / divisor), smoothing: smoothing))
    let (ids, gradients) = (pass.inputs.map(\.id), pass.gradients)
    let loss = Tensor(Float(total / divisor))
    return x.tape.node("linearCrossEntropy", loss, inputs: pass.inputs) { upstream, sink in
      let factor = upstream.scalar
      for (id, gradient) in zip(ids, gradients) {
        guard let gradient else { continue }
        if factor == 1 {
          sink.add(id, gradient)
        } else {
          sink.accumulate(id) { pointer in
            Elementwise.add(gradient.pointer, times: factor, to: pointer, count: gradient.count)
          }
        }
      }
    }
  }

  package static var checks: [OperationCheck] {
    let targets: [Int32] = [18, 0, -1, 7, 7]
    let inputs = [[5, 11], [19, 11], [19]].enumerated().map {
      OperationCheck.uniform($1, stream: UInt64($0))
    }
    let reduced = CrossEntropy.reductions.map { options, reduction in
      OperationCheck(
        "linearCrossEntropy", options, inputs: inputs,
        fast: { linearCrossEntropy($0[0], $0[1], bias: $0[2], targets: targets, reduction) },
        plain: {
          let logits = LinearMap.plain($0[0], $0[1], $0[2], inputs: 11)
          return [CrossEntropy.plain(logits, targets, classes: 19, reduction)]
        })
    }
    let smoothed = OperationCheck(
      "linearCrossEntropy", "smoothed", inputs: inputs,
      fast: { linearCrossEntropy($0[0], $0[1], bias: $0[2], targets: targets, smoothing: 0.1) },
      plain: {
        let logits = LinearMap.plain($0[0], $0[1], $0[2], inputs: 11)
        let share = Double(Float(0.1))
        return [CrossEntropy.plain(logits, targets, classes: 19, .perToken, smoothing: share)]
      })
    let many = (0..<37).map { Int32($0 * 7 % 41) - 1 }
    let blocks = OperationCheck(
      "linearCrossEntropy", "several blocks, no bias, scaled",
      inputs: [OperationCheck.uniform([37, 3], stream: 1), OperationCheck.uniform([40, 3], stream: 2)],
      fast: { LinearCrossEntropy.node($0[0], $0[1], nil, many, .perToken, blockRows: 16) * sum($0[0]) },
      plain: {
        let logits = LinearMap.plain($0[0], $0[1], nil, inputs: 3)
        return [CrossEntropy.plain(logits, many, classes: 40, .perToken) * $0[0].reduce(0, +)]
      })
    return reduced + [smoothed, blocks]
  }
}
