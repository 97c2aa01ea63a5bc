import RondoCore
import RondoTestSupport
import Testing

/// Densities, probabilities and quantiles against mpmath.
struct DistributionTests {
  /// The rows of a table of the fixtures.
  private func rows(_ name: String, _ columns: Int) throws -> [[Double]] {
    let numbers = try Fixtures.safeTensors("distribution_fixtures").doubles(name)
    return stride(from: 0, to: numbers.count, by: columns).map { Array(numbers[$0..<$0 + columns]) }
  }

  private func isClose(_ found: Double, _ expected: Double, _ error: Double) -> Bool {
    abs(found - expected) <= error * abs(expected)
  }

  @Test func gaussian() throws {
    for row in try rows("normal", 3) {
      let distribution = Gaussian(mean: 3, deviation: 2)
      let x = 3 + 2 * row[0]
      #expect(isClose(distribution.cumulative(x), row[1], 1e-12), "\(row)")
      #expect(isClose(Gaussian.standard.logProbability(row[0]), row[2], 1e-14), "\(row)")
      // Near 1 a probability no longer says which number it belongs to.
      if row[0] < 4 { #expect(abs(distribution.quantile(row[1]) - x) < 1e-11 * max(1, abs(x)), "\(row)") }
    }
    #expect(Gaussian(mean: -1, deviation: 3).mean == -1 && Gaussian(mean: -1, deviation: 3).variance == 9)
  }

  @Test func studentT() throws {
    for row in try rows("student", 4) {
      let distribution = StudentT(location: 0, scale: 1, degreesOfFreedom: row[0])
      // With z² / ν near 0 the factor is a power of ν / 2, so that the exponent's last bits count.
      #expect(isClose(distribution.cumulative(row[1]), row[2], 2e-12), "\(row)")
      #expect(isClose(distribution.logProbability(row[1]), row[3], 1e-13), "\(row)")
      if row[2] > 0 && 1 - row[2] > 1e-5 {
        let x = distribution.quantile(row[2])
        #expect(abs(x - row[1]) < 2e-12 * max(1, abs(x)) / min(1, 1 - row[2]), "\(row): \(x)")
      }
    }
    let moved = StudentT(location: 5, scale: 2, degreesOfFreedom: 4)
    #expect(moved.mean == 5 && moved.variance == 8)
    #expect(abs(moved.cumulative(moved.quantile(0.83)) - 0.83) < 1e-13)
    #expect(StudentT(location: 0, scale: 1, degreesOfFreedom: 2).variance == .infinity)
  }

  /// Quantiles of every kind of tail lead back to their probability.
  @Test func studentQuantilesAreInverses() {
    for freedom in [1, 1.5, 2.01, 2.5, 3, 5, 12, 52, 400, 1e6, 1e12] {
      let distribution = StudentT(location: 0, scale: 1, degreesOfFreedom: freedom)
      for probability in [1e-12, 1e-6, 0.001, 0.05, 0.3, 0.4999, 0.5, 0.7, 0.9, 0.999] {
        let back = distribution.cumulative(distribution.quantile(probability))
        #expect(isClose(back, probability, 1e-11), "\(freedom), \(probability): \(back)")
      }
    }
  }

  @Test func negativeBinomial() throws {
    for row in try rows("negative", 6) {
      let distribution = NegativeBinomial(mean: row[0], shape: row[1])
      #expect(abs(distribution.cumulative(row[2]) - row[3]) < 1e-11, "\(row)")
      // What is far below the mean is exact in its own size.
      if row[2] < row[0] / 2 { #expect(isClose(distribution.cumulative(row[2]), row[3], 1e-9), "\(row)") }
      let error = abs(distribution.logProbability(row[2]) - row[5])
      #expect(error < 1e-12 * max(1, row[0], row[2]), "\(row)")
    }
    for row in try rows("counts", 4) {
      #expect(NegativeBinomial(mean: row[0], shape: row[1]).quantile(row[2]) == row[3], "\(row)")
    }
    let distribution = NegativeBinomial(mean: 10, shape: 0.5)
    #expect(distribution.mean == 10 && distribution.variance == 60)
    #expect(distribution.logProbability(1.5) == -.infinity && distribution.logProbability(-1) == -.infinity)
    #expect(distribution.cumulative(-1) == 0 && distribution.cumulative(3.7) == distribution.cumulative(3))
  }

  /// Far from the fixtures, too, a quantile is the least count with enough probability.
  @Test func extremeCounts() {
    for (mean, shape) in [(1e6, 0.5), (1e6, 1e-5), (3e7, 5), (1e-4, 1e-3), (5, 1e4), (2e4, 1e-130)] {
      let distribution = NegativeBinomial(mean: mean, shape: shape)
      for probability in [0.01, 0.5, 0.9, 0.999] {
        let count = distribution.quantile(probability)
        #expect(distribution.cumulative(count) >= probability - 1e-12, "\(mean), \(shape), \(probability)")
        #expect(
          distribution.cumulative(count - 1) <= probability + 1e-12, "\(mean), \(shape), \(probability)")
      }
    }
  }
}
