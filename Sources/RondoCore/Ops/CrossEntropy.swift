import CRondoKernels

/// The cross-entropy of rows of logits […, classes] with target classes, one for each row: a scalar, in nats.
///
///     lossᵣ = log Σⱼ exp(logitsᵣⱼ) − logitsᵣ,targetᵣ
///
/// A negative target marks a row without a loss. Losses are added in Double in the order of the rows. The
/// gradient takes the place of the logits if nothing else refers to them.
public func crossEntropy(
  _ logits: Variable, _ targets: [Int32], _ reduction: LossReduction = .perToken
) -> Variable {
  let (rows, classes) = (logits.value.rows, logits.value.columns)
  let counted = CrossEntropy.checkTargets("crossEntropy", targets, rows: rows, classes: classes)
  let divisor = reduction.divisor(rows: counted)
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
        }
      }
    }
  }
  let loss = Tensor(Float(CrossEntropy.total(losses) / divisor))
  let kept = Kept(logits.value)
  return logits.tape.node("crossEntropy", loss, inputs: [logits]) { [id = logits.id] gradient, sink in
    let scale = Float(Double(gradient.scalar) / divisor)
    let scales = [Float](repeating: scale, count: rows)
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
          }
        }
      }
    }
    sink.add(id, result ?? logits)
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

  static func plain(
    _ logits: [Double], _ targets: [Int32], classes: Int, _ reduction: LossReduction
  ) -> Double {
    let logarithms = Softmax.plainLogarithm(logits, width: classes)
    var sum = 0.0
    for (row, target) in targets.enumerated() where target >= 0 {
      sum -= logarithms[row * classes + Int(target)]
    }
    return sum / reduction.divisor(rows: targets.count { $0 >= 0 })
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
    return simple + [shared, none]
  }
}
