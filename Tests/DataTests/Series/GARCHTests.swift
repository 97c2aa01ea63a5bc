import Foundation
import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct GARCHTests {
  /// Returns of a model.
  private func returns(_ model: GARCH, _ count: Int, seed: UInt64) -> [Double] {
    let random = RandomSource(seed: seed)
    var variance = model.longRunVariance
    return (0..<count).map { step in
      let error = variance.squareRoot() * random.normal(stream: 0, position: UInt64(step))
      variance = model.omega + model.alpha * error * error + model.beta * variance
      return model.mean + error
    }
  }

  @Test(arguments: [1, 1e-4, 1e3]) func findsWhatReturnsWereMadeOf(unit: Double) {
    let truth = GARCH(mean: 0.1 * unit, omega: 0.05 * unit * unit, alpha: 0.1, beta: 0.85)
    let fit = GARCH(returns(truth, 20_000, seed: 5))
    // Four of the deviations that such estimates have: about 0.006 of α, 0.01 of β, 15 % of ω.
    #expect(abs(fit.alpha - 0.1) < 0.024 && abs(fit.beta - 0.85) < 0.04, "\(fit)")
    #expect(abs(fit.omega / truth.omega - 1) < 0.6 && abs(fit.mean - truth.mean) < 0.03 * unit, "\(fit)")
    #expect(abs(fit.longRunVariance / truth.longRunVariance - 1) < 0.15, "\(fit)")
  }

  /// No point beside the one found is more likely.
  @Test func isAMaximum() {
    let values = returns(GARCH(mean: 0, omega: 0.1, alpha: 0.15, beta: 0.7), 3000, seed: 6)
    let fit = GARCH(values)
    func likelihood(_ model: GARCH) -> Double {
      zip(values, model.variances(values)).reduce(0) { sum, step in
        let error = step.0 - model.mean
        return sum - 0.5 * (log(2 * .pi * step.1) + error * error / step.1)
      }
    }
    func model(_ m: Double, _ o: Double, _ a: Double, _ b: Double) -> GARCH {
      GARCH(
        mean: fit.mean + m, omega: fit.omega * o, alpha: fit.alpha * a, beta: fit.beta * b,
        startVariance: fit.startVariance)
    }
    #expect(abs(likelihood(fit) - fit.logLikelihood) < 1e-9 * abs(fit.logLikelihood))
    for other in [
      model(0.02, 1, 1, 1), model(-0.02, 1, 1, 1), model(0, 1.1, 1, 1), model(0, 0.9, 1, 1),
      model(0, 1, 1.1, 1),
      model(0, 1, 0.9, 1), model(0, 1, 1, 1.03), model(0, 1, 1, 0.97), model(0, 1.2, 1, 0.97),
    ] {
      #expect(likelihood(other) < fit.logLikelihood, "\(other)")
    }
  }

  @Test func variancesByHand() {
    let model = GARCH(mean: 1, omega: 0.5, alpha: 0.25, beta: 0.5, startVariance: 2)
    #expect(model.variances([1, 3, .nan]) == [2, 1.5, 2.25, 2.1875])
    #expect(model.longRunVariance == 2 && model.forecast(after: [1], 3) == [1.5, 1.625, 1.71875])
  }

  @Test(arguments: [[2.0], [1, 1, 1], [3, -1, .nan, 4], Array(repeating: 0.5, count: 50)])
  func fewAndConstantReturns(values: [Double]) {
    let fit = GARCH(values)
    #expect(fit.alpha == 0 && fit.beta == 0 && fit.omega > 0)
    #expect(fit.variances(values).count == values.count + 1 && fit.longRunVariance.isFinite)
  }

  /// Gaps take little away from what is found.
  @Test func gaps() {
    let truth = GARCH(mean: 0, omega: 0.05, alpha: 0.1, beta: 0.85)
    var values = returns(truth, 20_000, seed: 7)
    for index in stride(from: 0, to: values.count, by: 11) { values[index] = .nan }
    let fit = GARCH(values)
    #expect(abs(fit.alpha - 0.1) < 0.03 && abs(fit.beta - 0.85) < 0.05, "\(fit)")
  }

  @Test(.needsData) func agreesWithArch() throws {
    let fixtures = try Fixtures.safeTensors("garch_fixtures")
    let returns = try StockReturns.percent()
    let fit = GARCH(Array(returns.dropLast(1000)))
    let parameters = try fixtures.doubles("parameters")
    for (found, expected) in zip([fit.mean, fit.omega, fit.alpha, fit.beta], parameters) {
      #expect(abs(found - expected) < 0.005 * abs(expected), "\(fit)")
    }
    let likelihood = try fixtures.doubles("log_likelihood")[0]
    #expect(abs(fit.logLikelihood - likelihood) < 1e-6 * abs(likelihood), "\(fit)")
    // A step ahead over the test part, the parameters as they were fitted before it.
    let expected = try fixtures.doubles("variances")
    let variances = Array(fit.variances(returns).dropLast())
    #expect(relativeError([variances[0]], [expected[0]]) < 0.005)
    #expect(relativeError(Array(variances.suffix(1100)), Array(expected.suffix(1100))) < 0.005)
  }

  /// Beside a constant variance and exponential weights, by losses of a step ahead.
  @Test(.needsData) func beatsConstantVariance() throws {
    let returns = try StockReturns.percent()
    let fit = GARCH(Array(returns.dropLast(1000)))
    let errors = returns.map { $0 - fit.mean }
    let squares = Array(errors.suffix(1000).map { $0 * $0 })
    let history = errors.dropLast(1000)
    let constant = history.reduce(0) { $0 + $1 * $1 } / Double(history.count)
    let garch = VarianceError.qlike(
      squares: squares, variances: fit.variances(returns).dropLast().suffix(1000))!
    let weighted = VarianceError.qlike(
      squares: squares, variances: EWMAVariance().variances(errors).dropLast().suffix(1000))!
    let flat = VarianceError.qlike(squares: squares, variances: squares.map { _ in constant })!
    #expect(
      garch < flat - 0.1 && weighted < flat && garch < weighted + 0.02, "\(garch), \(weighted), \(flat)")
  }
}
