import Foundation
import RondoCore
import Testing

/// Draws of seeds that stay the same, within four standard deviations of what their number allows.
struct SamplingTests {
  private static let count = 200_000

  private func draws(_ distribution: some ProbabilityDistribution, seed: UInt64 = 11) -> [Double] {
    let random = RandomSource(seed: seed)
    return (0..<Self.count).map { distribution.sample(random, stream: 3, position: UInt64($0)) }
  }

  /// The share of draws up to x is that of `cumulative`.
  private func expectShares(
    _ draws: [Double], _ distribution: some ProbabilityDistribution, at points: [Double]
  ) {
    for x in points {
      let expected = distribution.cumulative(x)
      let share = Double(draws.count { $0 <= x }) / Double(draws.count)
      let deviation = (expected * (1 - expected) / Double(draws.count)).squareRoot()
      #expect(abs(share - expected) <= 4 * deviation, "\(distribution), up to \(x): \(share) for \(expected)")
    }
  }

  /// Mean and variance, where the fourth moment about the mean is `kurtosis` times the variance's square.
  private func expectMoments(
    _ draws: [Double], _ distribution: some ProbabilityDistribution, kurtosis: Double
  ) {
    let n = Double(draws.count)
    let mean = draws.reduce(0, +) / n
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    #expect(
      abs(mean - distribution.mean) < 4 * (distribution.variance / n).squareRoot(), "\(distribution): \(mean)"
    )
    let error = 4 * distribution.variance * ((kurtosis - 1) / n).squareRoot()
    #expect(abs(variance - distribution.variance) < error, "\(distribution): \(variance)")
  }

  @Test func gaussian() {
    let distribution = Gaussian(mean: -2, deviation: 3)
    let draws = draws(distribution)
    expectMoments(draws, distribution, kurtosis: 3)
    expectShares(draws, distribution, at: [-12, -8, -4, -2, 0, 3, 7])
  }

  @Test(arguments: [2.01, 3.5, 12, 52, 1e7]) func studentT(freedom: Double) {
    let distribution = StudentT(location: 4, scale: 0.5, degreesOfFreedom: freedom)
    let draws = draws(distribution)
    expectShares(draws, distribution, at: [-6, 0, 2.5, 3.5, 4, 4.2, 5, 6, 9])
    if freedom > 8 { expectMoments(draws, distribution, kurtosis: 3 + 6 / (freedom - 4)) }
  }

  @Test(arguments: [
    (3, 0.5), (0.3, 2), (200, 0.05), (40, 1e-9), (7, 1e-130), (1000, 4), (2e6, 0.01), (0.01, 30),
    (1e12, 1e-3),
  ])
  func negativeBinomial(mean: Double, shape: Double) {
    let distribution = NegativeBinomial(mean: mean, shape: shape)
    let draws = draws(distribution)
    #expect(draws.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
    // The fourth cumulant of a negative binomial number is v (1 + 6 α v).
    let v = distribution.variance
    expectMoments(draws, distribution, kurtosis: 3 + (1 + 6 * shape * v) / v)
    if mean < 1e7 {
      expectShares(draws, distribution, at: [0.01, 0.2, 0.5, 0.8, 0.99].map(distribution.quantile))
    }
  }

  /// A draw depends on its position alone: not on the rows beside it and not on the number of threads.
  @Test(arguments: LikelihoodKind.allCases) func batchesAreTheirDraws(kind: LikelihoodKind) {
    let (rows, n, count) = (13, 3, 700)
    let raw = OperationCheck.uniform([rows, kind.parameterCount * n], stream: 5, in: -2, 3)
    let scales = (0..<rows).map { 0.5 + Float($0) }
    let random = RandomSource(seed: 9)
    func samples() -> Tensor {
      kind.samples(raw, scales: scales, count: count, random: random, stream: 4)
    }
    let all = Parallel.withThreads(1) { samples() }
    #expect(all.shape == [rows * count, n])
    for threads in [2, 3] { #expect(Parallel.withThreads(threads) { samples() } == all) }
    let values = raw.values
    for (row, draw, j) in [(0, 0, 0), (12, 699, 2), (7, 30, 1)] {
      let own = (0..<kind.parameterCount).map { values[(row * kind.parameterCount + $0) * n + j] }
      let place = (row * count + draw) * n + j
      let one = kind.distribution(own, scale: scales[row]).sample(random, stream: 4, position: UInt64(place))
      #expect(all.values[place] == Float(one))
    }
    // One row of them, many draws, at the positions it had.
    let row = Tensor([1, kind.parameterCount * n], Array(values[..<(kind.parameterCount * n)]))
    let positions = (0..<5000).map { UInt64($0 * n) }
    for threads in [1, 3] {
      let alone = Parallel.withThreads(threads) {
        kind.samples(row, scales: [0.5], count: 5000, random: random, stream: 4, positions: positions)
      }
      #expect(Array(alone.values.prefix(count * n)) == Array(all.values.prefix(count * n)))
    }
  }

  /// Draws have the mean and the quantiles that are told of them.
  @Test(arguments: LikelihoodKind.allCases) func meansAndQuantiles(kind: LikelihoodKind) {
    let raw = Tensor(
      [2, kind.parameterCount], [3, -1, 2, 0.5, 1, 40].prefix(2 * kind.parameterCount).map { $0 })
    let scales: [Float] = [1, 20]
    let means = kind.means(raw, scales: scales)
    let quantiles = kind.quantiles(raw, probabilities: [0.1, 0.5, 0.9], scales: scales)
    #expect(means.shape == [2, 1] && quantiles.shape == [2, 3])
    for row in 0..<2 {
      let own = Array(raw.values[row * kind.parameterCount..<(row + 1) * kind.parameterCount])
      let distribution = kind.distribution(own, scale: scales[row])
      #expect(means.values[row] == Float(distribution.mean))
      for (k, p) in [0.1, 0.5, 0.9].enumerated() {
        #expect(quantiles.values[row * 3 + k] == Float(distribution.quantile(p)))
      }
    }
  }

  /// Extreme raw parameters give numbers, none of which is NaN.
  @Test(arguments: LikelihoodKind.allCases) func extremeParameters(kind: LikelihoodKind) {
    for a in [-50, 0, 50] as [Float] {
      for b in [-1000, -50, 0, 50] as [Float] {
        let raw = Tensor([1, kind.parameterCount], [a, b, -b].prefix(kind.parameterCount).map { $0 })
        let samples = kind.samples(raw, scales: [1000], count: 100, random: RandomSource(seed: 1), stream: 0)
        #expect(samples.values.allSatisfy { $0.isFinite }, "\(kind), \(a), \(b)")
      }
    }
  }
}
