import RondoCore
import RondoTestSupport
import Testing

struct GammaFunctionsTests {
  @Test func agreesWithMpmath() throws {
    let numbers = try Fixtures.safeTensors("distribution_fixtures").doubles("gamma")
    for row in stride(from: 0, to: numbers.count, by: 3) {
      let (x, logGamma, digamma) = (numbers[row], numbers[row + 1], numbers[row + 2])
      #expect(abs(GammaFunctions.logGamma(x) - logGamma) <= 1e-12 * abs(logGamma), "log Γ(\(x))")
      #expect(abs(GammaFunctions.digamma(x) - digamma) <= 1e-12 * max(0.01, abs(digamma)), "ψ(\(x))")
    }
  }
}
