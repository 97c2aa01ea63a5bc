import Foundation
import RondoCore
import Testing

struct PortableMathTests {
  private func relative(_ found: Double, _ expected: Double) -> Double {
    abs(found - expected) / max(abs(expected), 1e-300)
  }

  @Test func logarithm() {
    for x in [1e-300, 1e-5, 0.3, 0.70711, 0.99999, 1.00001, 1.41421, 2, 10, 12345.678, 1e300] {
      #expect(relative(PortableMath.log(x), Foundation.log(x)) < 1e-15, "\(x)")
    }
    #expect(PortableMath.log(1) == 0)
  }

  @Test func exponential() {
    for x in [-740, -700, -20.5, -1, -1e-9, 0, 0.3466, 0.5, 1, 3.75, 100, 709.7] {
      #expect(relative(PortableMath.exp(x), Foundation.exp(x)) < 1e-15 || x < -708, "\(x)")
    }
    #expect(relative(PortableMath.exp(-740), Foundation.exp(-740)) < 1e-3)
    #expect(PortableMath.exp(0) == 1)
    #expect(PortableMath.exp(710) == .infinity)
    #expect(PortableMath.exp(-800) == 0)
    #expect(PortableMath.exp(.nan).isNaN)
  }

  @Test func power() {
    for (base, exponent) in [(0.5, 3.0), (0.95, 40.0), (10.0, -2.5), (2.0, 10.0)] {
      #expect(relative(PortableMath.power(base, exponent), pow(base, exponent)) < 1e-14)
    }
  }

  @Test func cosine() {
    for step in -40...40 {
      let turns = Double(step) / 16 + 0.01
      #expect(abs(PortableMath.cosine(turns: turns) - cos(2 * .pi * turns)) < 4e-15, "\(turns)")
    }
    #expect(PortableMath.cosine(turns: 0) == 1)
    #expect(PortableMath.cosine(turns: 0.5) == -1)
    #expect(PortableMath.cosine(turns: 0.25) == 0)
  }
}
