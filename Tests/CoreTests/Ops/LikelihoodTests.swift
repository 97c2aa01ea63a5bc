import Foundation
import RondoCore
import RondoTestSupport
import Testing

/// What `OperationTests` do not see of the losses: other formulas for them, and extreme numbers.
struct LikelihoodTests {
  private func run(
    _ kind: LikelihoodKind, _ raw: Tensor, _ targets: Tensor, scales: [Float]? = nil
  ) -> (loss: Float, gradient: [Float]) {
    let tape = Tape(ParameterStore([]), training: true)
    let leaf = tape.leaf(raw)
    let loss = kind.loss(leaf, targets, scales: scales)
    return (loss.value.scalar, tape.backward(from: loss)[leaf]!.values)
  }

  /// The loss is −log p of the distribution that draws come from, with the scale in its place.
  @Test(arguments: LikelihoodKind.allCases) func isThatOfItsDistribution(kind: LikelihoodKind) {
    let (rows, n, count) = (6, 4, kind.parameterCount)
    let raw = OperationCheck.uniform([rows, count * n], stream: 1, in: -4, 4)
    let scales: [Float] = [1, 0.01, 3, 250, 12, 0.5]
    let targets = OperationCheck.uniform([rows, n], stream: 2, in: 0, 20).values.map { $0.rounded() }
    var sum = 0.0
    for row in 0..<rows {
      for j in 0..<n {
        let own = (0..<count).map { raw.values[(row * count + $0) * n + j] }
        sum -= kind.distribution(own, scale: scales[row]).logProbability(Double(targets[row * n + j]))
      }
    }
    let expected = sum / Double(rows * n)
    let loss = run(kind, raw, Tensor([rows, n], targets), scales: scales).loss
    #expect(abs(Double(loss) - expected) < 1e-6 * abs(expected))
  }

  /// Poisson's distribution is the limit, and the links are those of the paper.
  @Test func valuesByHand() {
    let log2 = Foundation.log(2.0)
    let gaussian = run(.gaussian, Tensor([1, 2], [1, 0]), Tensor([1, 1], [3]), scales: [2]).loss
    let deviation = 2 * (log2 + 1e-4)
    let expected = 0.5 / (deviation * deviation) + Foundation.log(deviation * (2 * .pi).squareRoot())
    #expect(abs(Double(gaussian) - expected) < 1e-6)
    // μ = 4 log 2 and α = 0: μ − y log μ + log y!
    let counts = run(.negativeBinomial, Tensor([1, 2], [0, -60]), Tensor([1, 1], [3]), scales: [4]).loss
    #expect(abs(Double(counts) - (4 * log2 - 3 * Foundation.log(4 * log2) + Foundation.log(6))) < 1e-6)
    // α = log 2 / √4 of no failures: (1/α) log(1 + α μ)
    let none = run(.negativeBinomial, Tensor([1, 2], [0, 0]), Tensor([1, 1], [0]), scales: [4]).loss
    #expect(abs(Double(none) - 2 / log2 * Foundation.log(1 + 2 * log2 * log2)) < 1e-6)
  }

  /// Raw parameters of ±50 and beyond, targets from none to many: finite, and the derivative is that of the loss.
  @Test(arguments: LikelihoodKind.allCases) func extremes(kind: LikelihoodKind) {
    let targets: [Float] = kind.isOfCounts ? [0, 1, 1e6, 1e9] : [0, -1e-6, 1e6, -1e9]
    for a in [-50, -5, 0, 50] as [Float] {
      for b in [-1000, -50, -8, 0, 8, 50] as [Float] {
        for c in [-50, 0, 50] as [Float] {
          for target in targets {
            for scale in [1e-3, 1, 1e6] as [Float] {
              let raw = Tensor([1, kind.parameterCount], [a, b, c].prefix(kind.parameterCount).map { $0 })
              let result = run(kind, raw, Tensor([1, 1], [target]), scales: [scale])
              let isFinite = result.loss.isFinite && result.gradient.allSatisfy { $0.isFinite }
              #expect(isFinite, "\(kind), \(a), \(b), \(c), \(target), \(scale): \(result)")
            }
          }
        }
      }
    }
  }

  /// The derivative by the shape, where formulas change and towards Poisson's distribution, against that of
  ///
  ///     log p = Σ_{k < y} log(1 + α k) + y log μ − log y! − (y + 1/α) log(1 + α μ)
  @Test func derivativesByTheShape() {
    let softplus = { (x: Double) in max(x, 0) + Foundation.log1p(Foundation.exp(-abs(x))) }
    for b in [-30, -16, -12, -3, -2.26, -2.25, -2, 2, 30] as [Float] {
      for (a, y) in [(3, 0), (3, 5), (-6, 2), (30, 45), (300, 290)] as [(Float, Float)] {
        let gradient = run(.negativeBinomial, Tensor([1, 2], [a, b]), Tensor([1, 1], [y])).gradient
        let alpha = softplus(Double(b))
        let x = alpha * softplus(Double(a))
        // log(1 + x) − x / (1 + x)
        let small = x * x * (0.5 - x * (2 / 3.0 - x * (0.75 - 0.8 * x)))
        var byAlpha = (x < 1e-3 ? small : Foundation.log1p(x) - x / (1 + x)) / alpha - Double(y) * x / (1 + x)
        for k in 0..<Int(y) { byAlpha += alpha * Double(k) / (1 + alpha * Double(k)) }
        let exact = -byAlpha / alpha / (1 + Foundation.exp(-Double(b)))
        #expect(abs(Double(gradient[1]) - exact) < 1e-6 * max(1, abs(exact)), "\(a), \(b), \(y): \(exact)")
      }
    }
  }

  @Test func whatDoesNotFitStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = studentTLikelihood(tape.leaf(Tensor(zeros: [4, 6])), Tensor(zeros: [4, 3]))
    }
    #expect(result?.says("studentTLikelihood: raw parameters [4, 6] for targets [4, 3]") == true)
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = negativeBinomialLikelihood(tape.leaf(Tensor(zeros: [1, 2])), Tensor([1, 1], [-1]))
    }
    #expect(negative?.says("negativeBinomialLikelihood: a target is negative") == true)
  }
}
