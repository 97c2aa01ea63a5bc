import CRondoKernels

/// The cross-entropy of rows of logits […, classes] with target classes, one for each row: a scalar, in nats.
///
///     lossᵣ = log Σⱼ exp(logitsᵣⱼ) − (1 − s) logitsᵣ,targetᵣ − s meanⱼ logitsᵣⱼ
///
/// A negative target marks a row without a loss. Losses are added in Double in the order of the rows. The
/// gradient takes the place of the logits if nothing else refers to them.
///
/// - Parameters:
///   - weights: A factor for the loss of each row; a mean is then divided by their sum.
///   - smoothing: s, the share of a target's probability that is spread over all classes (Szegedy et al. 2016, arXiv 1512.00567).
public func crossEntropy(
  _ logits: Variable, _ targets: [Int32], _ reduction: LossReduction = .perToken, weights: [Float]? = nil,
  smoothing: Float = 0
) -> Variable {
  let (rows, classes) = (logits.value.rows, logits.value.columns)
  let counted = CrossEntropy.checkTargets("crossEntropy", targets, rows: rows, classes: classes)
  require(0..<1 ~= smoothing, "crossEntropy: the smoothing \(smoothing) is not in 0..<1")
  require(
    weights == nil || weights!.count == rows, "crossEntropy: \(weights?.count ?? 0) weights for \(rows) rows")
  let divisor =
    weights.map { CrossEntropy.divisor($0, targets, reduction) } ?? reduction.divisor(rows: counted)
  var losses = [Float](repeating: 0, count: rows)
  var logSums = losses
  let minimum = CrossEntropy.minimumRows(classes)
  losses.withUnsafeMutableBufferPointer { losses in
    logSums.withUnsafeMutableBufferPointer { logSums in
      targets.withUnsafeBufferPointer { targets in
        let x = logits.value.pointer
        Parallel.rows(rows, minimumPerPart: minimum) { range in
          let first = range.lowerBound
          rondo_cross_entropy_forward(
            range.count, classes, x + first * classes, classes, targets.baseAddress! + first,
            losses.baseAddress! + first, logSums.baseAddress! + first)
          for row in range where smoothing > 0 && targets[row] >= 0 {
            losses[row] += LabelSmoothing.loss(x + row * classes, classes, targets[row], smoothing)
          }
          if let weights { for row in range { losses[row] *= weights[row] } }
        }
      }
    }
  }
  let loss = Tensor(Float(CrossEntropy.total(losses) / divisor))
  let kept = Kept(logits.value)
  return logits.tape.node("crossEntropy", loss, inputs: [logits]) { [id = logits.id] gradient, sink in
    let scale = Float(Double(gradient.scalar) / divisor)
    let scales = weights.map { $0.map { scale * $0 } } ?? [Float](repeating: scale, count: rows)
    var logits = kept.take()
    var result = logits.isUnique() ? nil : Tensor(uninitialized: logits.shape)
    let destination = result?.mutablePointer() ?? logits.mutablePointer()
    let source = result == nil ? UnsafePointer(destination) : logits.pointer
    Parallel.rows(rows, minimumPerPart: minimum) { range in
      let first = range.lowerBound
      logSums.withUnsafeBufferPointer { logSums in
        scales.withUnsafeBufferPointer { scales in
          targets.withUnsafeBufferPointer { targets in
            rondo_cross_entropy_backward(
              range.count, classes, source + first * classes, classes, targets.baseAddress! + first,
              logSums.baseAddress! + first, scales.baseAddress! + first, destination + first * classes,
              classes, 0)
            for row in range where smoothing > 0 && targets[row] >= 0 {
              LabelSmoothing.addGradient(
                destination + row * classes, classes, targets[row], smoothing, scale: scales[row])
            }
          }
        }
      }
    }
    sink.add(id, result ?? logits)
  }
}

/// What smoothed labels add to a row's cross-entropy: s (x_target − mean x).
enum LabelSmoothing {
  static func loss(_ x: UnsafePointer<Float>, _ classes: Int, _ target: Int32, _ share: Float) -> Float {
    // Sixteen sums side by side, the same on every machine.
    var lanes = SIMD16<Float>(repeating: 0)
    let whole = classes & ~15
    for j in stride(from: 0, to: whole, by: 16) {
      lanes += UnsafeRawPointer(x + j).loadUnaligned(as: SIMD16<Float>.self)
    }
    for j in whole..<classes { lanes[j - whole] += x[j] }
    var sum: Float = 0
    for lane in 0..<16 { sum += lanes[lane] }
    return share * (x[Int(target)] - sum / Float(classes))
  }

  static func addGradient(
    _ gradient: UnsafeMutablePointer<Float>, _ classes: Int, _ target: Int32, _ share: Float, scale: Float
  ) {
    let all = scale * share / Float(classes)
    for j in 0..<classes { gradient[j] -= all }
    gradient[Int(target)] += scale * share
  }
}

/// A tensor that a backward function may take out, so that it holds the only reference.
final class Kept {
  private var tensor: Tensor?

  init(_ tensor: Tensor) { self.tensor = tensor }

  func take() -> Tensor {
    guard let tensor = tensor.take() else { fatalError("Kept: taken twice") }
    return tensor
  }
}

enum CrossEntropy: DifferentiableOperation {
  /// Rows below which another thread costs more than it gives.
  static func minimumRows(_ classes: Int) -> Int { max(1, 4096 / max(1, classes)) }

  /// Traps on targets that do not fit; the number of rows that have a loss.
  static func checkTargets(_ name: StaticString, _ targets: [Int32], rows: Int, classes: Int) -> Int {
    require(targets.count == rows, "\(name): \(targets.count) targets for \(rows) rows of logits")
    var counted = 0
    for target in targets {
      require(Int(target) < classes, "\(name): target \(target) of \(classes) classes")
      counted += target >= 0 ? 1 : 0
    }
    return counted
  }

  static func total(_ losses: [Float]) -> Double { losses.reduce(0) { $0 + Double($1) } }

  /// What a sum of weighted losses is divided by.
  static func divisor(_ weights: [Float], _ targets: [Int32], _ reduction: LossReduction) -> Double {
    guard reduction == .perToken else { return reduction.divisor(rows: targets.count) }
    let sum = zip(weights, targets).reduce(0) { $0 + ($1.1 >= 0 ? Double($1.0) : 0) }
    return sum > 0 ? sum : 1
  }

  static func plain(
    _ logits: [Double], _ targets: [Int32], classes: Int, _ reduction: LossReduction,
    weights: [Float]? = nil, smoothing: Double = 0
  ) -> Double {
    let logarithms = Softmax.plainLogarithm(logits, width: classes)
    var sum = 0.0
    for (row, target) in targets.enumerated() where target >= 0 {
      let own = logarithms[row * classes..<(row + 1) * classes]
      let even = own.reduce(0, +) / Double(classes)
      let loss = -(1 - smoothing) * logarithms[row * classes + Int(target)] - smoothing * even
      sum += Double(weights?[row] ?? 1) * loss
    }
    let counted = targets.count { $0 >= 0 }
    return sum / (weights.map { divisor($0, targets, reduction) } ?? reduction.divisor(rows: counted))
  }

  static let reductions: [(String, LossReduction)] = [
    ("per token", .perToken), ("per sequence", .perSequence(count: 2)), ("sum", .sum),
  ]

  static var checks: [OperationCheck] {
    let targets: [Int32] = [18, 0, -1, 7, 7]
    let logits = OperationCheck.uniform([5, 19], stream: 1, in: -3, 3)
    let simple = reductions.map { options, reduction in
      OperationCheck(
        "crossEntropy", options, inputs: [logits], fast: { crossEntropy($0[0], targets, reduction) },
        plain: { [plain($0[0], targets, classes: 19, reduction)] })
    }
    let shared = OperationCheck(
      "crossEntropy", "logits used twice", inputs: [logits],
      fast: { [targets] in crossEntropy($0[0], targets) * sum($0[0] * $0[0]) },
      plain: { [targets] in
        [plain($0[0], targets, classes: 19, .perToken) * $0[0].reduce(0) { $0 + $1 * $1 }]
      })
    let none = OperationCheck(
      "crossEntropy", "no targets", inputs: [logits],
      fast: { crossEntropy($0[0], Array(repeating: -1, count: 5)) }, plain: { _ in [0] })
    let weights: [Float] = [0.5, 2, 3, 0, 1.25]
    let weighted = reductions.map { options, reduction in
      OperationCheck(
        "crossEntropy", "weighted, smoothed, " + options, inputs: [logits],
        fast: { crossEntropy($0[0], targets, reduction, weights: weights, smoothing: 0.2) },
        plain: {
          [plain($0[0], targets, classes: 19, reduction, weights: weights, smoothing: Double(Float(0.2)))]
        })
    }
    return simple + weighted + [shared, none]
  }
}
