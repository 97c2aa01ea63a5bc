import Foundation
import RondoCore
import Testing

/// Against the C library's functions, which are exact to the last bit or two.
struct FastMathTests {
  private func relative(_ found: Double, _ expected: Double) -> Double {
    found == expected ? 0 : abs(found - expected) / abs(expected)
  }

  @Test func logarithm() {
    for exponent in -300...300 {
      let x = pow(10, Double(exponent)) * 1.37
      #expect(relative(FastMath.log(x), Foundation.log(x)) < 4e-16, "\(x)")
    }
    for step in 1...4000 {
      let x = Double(step) / 1000
      #expect(relative(FastMath.log(x), Foundation.log(x)) < 4e-16, "\(x)")
    }
    #expect(FastMath.log(1) == 0)
    #expect(relative(FastMath.log(0x1p-1070), Foundation.log(0x1p-1070)) < 4e-16)
    #expect(FastMath.log(0) == -.infinity && FastMath.log(.infinity) == .infinity)
    #expect(FastMath.log(-1).isNaN && FastMath.log(.nan).isNaN)
  }

  @Test func logarithmOfOneAndMore() {
    for x in [
      -0.999, -0.5, -1e-3, -1e-9, -1e-17, 0, 1e-300, 1e-17, 1e-12, 1e-5, 0.3, 0.9999, 1, 7, 1e8, 1e16, 1e19,
      1e300,
    ] {
      #expect(relative(FastMath.log1p(x), Foundation.log1p(x)) < 5e-16, "\(x)")
    }
    #expect(FastMath.log1p(.infinity) == .infinity && FastMath.log1p(.nan).isNaN)
  }

  @Test func exponential() {
    for step in -7000...7000 {
      let x = Double(step) / 10
      #expect(relative(FastMath.exp(x), Foundation.exp(x)) < 4e-16, "\(x)")
      #expect(relative(FastMath.expm1(x), Foundation.expm1(x)) < 5e-16, "\(x)")
    }
    for x in [1e-18, -1e-12, 3e-5, -0.1, 0.34, 0.35, -0.36] {
      #expect(relative(FastMath.expm1(x), Foundation.expm1(x)) < 5e-16, "\(x)")
    }
    #expect(FastMath.exp(0) == 1 && FastMath.exp(-.infinity) == 0 && FastMath.exp(.infinity) == .infinity)
    #expect(relative(FastMath.exp(709.5), Foundation.exp(709.5)) < 1e-15 && FastMath.exp(710) == .infinity)
    #expect(FastMath.exp(.nan).isNaN && FastMath.expm1(-1e9) == -1)
  }

  @Test func softplus() {
    for x in [-700, -300, -50, -3, -0.1, 0, 0.2, 5, 50, 800] as [Double] {
      let (value, derivative) = FastMath.softplus(x)
      #expect(relative(value, max(x, 0) + Foundation.log1p(Foundation.exp(-abs(x)))) < 1e-15, "\(x)")
      #expect(relative(derivative, 1 / (1 + Foundation.exp(-x))) < 1e-15, "\(x)")
    }
  }

  @Test func cosine() {
    for step in -400...400 {
      let turns = Double(step) / 160 + 0.001
      #expect(abs(FastMath.cosine(turns: turns) - cos(2 * .pi * turns)) < 4e-15, "\(turns)")
    }
    #expect(FastMath.cosine(turns: 0.25) == 0 && FastMath.cosine(turns: 0.5) == -1)
  }
}
