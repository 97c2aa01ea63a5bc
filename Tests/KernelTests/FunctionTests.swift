import CRondoKernels
import Foundation
import Testing

/// A function of one variable with its value in Double.
struct Function: CustomTestStringConvertible, Sendable {
  let name: String
  let operation: rondo_op
  /// The largest absolute value of an argument.
  var largest = Float.infinity
  let exact: @Sendable (Double) -> Double

  var testDescription: String { name }

  static let all = [
    Function(name: "exp", operation: RONDO_OP_EXP) { exp($0) },
    Function(name: "log", operation: RONDO_OP_LOG) { log($0) },
    Function(name: "sigmoid", operation: RONDO_OP_SIGMOID) {
      $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0))
    },
    Function(name: "tanh", operation: RONDO_OP_TANH) { tanh($0) },
    Function(name: "softplus", operation: RONDO_OP_SOFTPLUS) { max($0, 0) + log1p(exp(-abs($0))) },
    // Within ±1000: larger angles are known to a few digits only.
    Function(name: "sin", operation: RONDO_OP_SIN, largest: 1000) { sin($0) },
    Function(name: "cos", operation: RONDO_OP_COS, largest: 1000) { cos($0) },
  ]

  func callAsFunction(_ variant: Variant, _ x: [Float]) -> [Float] {
    let y = Floats(x)
    variant.kernels.unary(Int32(operation.rawValue), x.count, y.pointer, y.pointer)
    return y.values
  }
}

/// |result − exact| in units of the last place of the float nearest to `exact`; gradual underflow has the unit 2⁻¹⁴⁹.
private func unitsInTheLastPlace(_ result: Float, _ exact: Double) -> Double {
  if exact.isNaN { return result.isNaN ? 0 : .infinity }
  let nearest = Float(exact)
  if nearest.isInfinite || result.isInfinite { return result == nearest ? 0 : .infinity }
  return abs(Double(result) - exact) / Double(nearest.ulp)
}

@Suite struct FunctionTests {
  @Test(arguments: Variant.all, Function.all)
  func withinThreeUnitsInTheLastPlaceOverAllFloats(_ variant: Variant, _ function: Function) {
    var worst = (units: 0.0, x: Float(0))
    // Every 3,989th bit pattern, and every one around 0, ±1 and the ends of the exponential's range.
    var patterns = Array(stride(from: UInt32(0), through: .max - 3989, by: 3989))
    for centre: Float in [
      1, -1, 88.7228, -87.3365, -88.0297, -103.972, 103.972, 0.5, 2, 0x1p-126, 9.01, -16.6,
    ] {
      patterns += centre.bitPattern - 500...centre.bitPattern + 500
    }
    patterns += (0...500).flatMap { [$0, $0 | 0x8000_0000] }
    let x = patterns.map { Float(bitPattern: $0) }.filter { !(abs($0) > function.largest) }
    for (x, y) in zip(x, function(variant, x)) {
      let units = unitsInTheLastPlace(y, function.exact(Double(x)))
      if units > worst.units { worst = (units, x) }
    }
    #expect(worst.units < 3, "\(function.name)(\(worst.x))")
  }

  @Test(arguments: Variant.all)
  func specialValues(_ variant: Variant) {
    let infinity = Float.infinity
    let expected: [(Function, [(Float, Float)])] = [
      (
        Function.all[0], [(-infinity, 0), (infinity, infinity), (0, 1), (-0.0, 1), (89, infinity), (-104, 0)]
      ),
      (
        Function.all[1],
        [(0, -infinity), (-0.0, -infinity), (infinity, infinity), (1, 0), (-1, .nan), (-infinity, .nan)]
      ),
      (Function.all[2], [(-infinity, 0), (infinity, 1), (0, 0.5), (-104, 0), (200, 1)]),
      (
        Function.all[3],
        [
          (-infinity, -1), (infinity, 1), (0, 0), (-0.0, -0.0), (20, 1), (-20, -1), (0x1p-149, 0x1p-149),
          (-1e-20, -1e-20),
        ]
      ),
      (Function.all[4], [(-infinity, 0), (infinity, infinity), (1e30, 1e30)]),
    ]
    for (function, cases) in expected {
      for (x, y) in cases + [(Float.nan, Float.nan), (-Float.nan, Float.nan)] {
        let result = function(variant, [x])[0]
        #expect(
          y.isNaN ? result.isNaN : result.bitPattern == y.bitPattern, "\(function.name)(\(x)) = \(result)")
      }
    }
  }

  @Test(arguments: Function.all)
  func variantsGiveEqualBits(_ function: Function) {
    let x = stride(from: UInt32(7), through: .max - 16_411, by: 16_411).map { Float(bitPattern: $0) }
    let results = Variant.exact.map { function($0, x).bits }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test(arguments: Variant.all, Function.all)
  func positionInTheArrayDoesNotMatter(_ variant: Variant, _ function: Function) {
    let x = Floats(random: 67, seed: 31).values.map { $0 * 20 }
    let whole = function(variant, x)
    for (i, value) in x.enumerated() {
      #expect(function(variant, [value])[0].bitPattern == whole[i].bitPattern || whole[i].isNaN)
    }
  }
}
