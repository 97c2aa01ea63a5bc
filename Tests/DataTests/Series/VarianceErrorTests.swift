import Foundation
import RondoCore
import RondoData
import Testing

@Suite struct VarianceErrorTests {
  private func isClose(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) < 1e-12 } ?? false }

  @Test func byHand() {
    let squares = [1.0, 4]
    let variances = [2.0, 2]
    let expected = (0.5 - log(0.5) - 1 + 2 - log(2) - 1) / 2
    #expect(isClose(VarianceError.qlike(squares: squares, variances: variances), expected))
    #expect(VarianceError.qlike(squares: squares, variances: squares) == 0)
    #expect(isClose(VarianceError.logarithmic(squares: squares, variances: variances), log(2) + 1.25))
  }

  /// Returns of zero count in one loss and not in the other; what is missing, in none.
  @Test func zerosAndGaps() {
    let squares = [0, 1, .nan, 3]
    let variances = [5, 1, 1, .nan]
    #expect(VarianceError.qlike(squares: squares, variances: variances) == 0)
    #expect(isClose(VarianceError.logarithmic(squares: squares, variances: variances), (log(5) + 1) / 2))
    #expect(VarianceError.qlike(squares: [0], variances: [1]) == nil)
    #expect(VarianceError.logarithmic(squares: [Double](), variances: [Double]()) == nil)
  }

  /// The true variance has the least loss, of both kinds.
  @Test func theTruthIsBest() {
    let random = RandomSource(seed: 2)
    let truth = (0..<20_000).map { 1 + Double($0 % 7) }
    let squares = truth.enumerated().map { index, h in
      let z = random.normal(stream: 0, position: UInt64(index))
      return h * z * z
    }
    for loss in [VarianceError.qlike, VarianceError.logarithmic] as [([Double], [Double]) -> Double?] {
      let best = loss(squares, truth)!
      for factor in [0.8, 1.25] { #expect(loss(squares, truth.map { factor * $0 })! > best + 0.01) }
      #expect(loss(squares, truth.map { _ in 4 })! > best + 0.05)
    }
  }
}
