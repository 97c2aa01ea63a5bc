import CRondoKernels
import Testing

@Suite struct ElementwiseTests {
  private static let lengths = [0, 1, 15, 16, 17, 64, 65, 500, 1031]
  /// Ordinary values with every kind of special one among them.
  private static func values(_ n: Int, seed: UInt64) -> [Float] {
    let special: [Float] = [0, -0.0, 1, .infinity, -.infinity, .nan, 0x1p-149, -0x1p-130, 3e38]
    var generator = Generator(seed: seed)
    return (0..<n).map { _ in generator.below(9) == 0 ? special[generator.below(9)] : generator.signed() * 3 }
  }

  @Test(arguments: Variant.all)
  func unaryOperations(_ variant: Variant) {
    let cases: [(rondo_op, (Float) -> Float)] = [
      (RONDO_OP_COPY, { $0 }), (RONDO_OP_NEG, { -$0 }), (RONDO_OP_ABS, { abs($0) }),
      (RONDO_OP_RELU, { $0 > 0 ? $0 : 0 }), (RONDO_OP_SQRT, { $0.squareRoot() }),
    ]
    for (operation, plain) in cases {
      for n in Self.lengths {
        let x = Floats(Self.values(n, seed: 41))
        let y = Floats(zeros: n)
        variant.kernels.unary(Int32(operation.rawValue), n, x.pointer, y.pointer)
        expectSame(y.values, x.values.map(plain), "operation \(operation.rawValue), \(n) values")
        #expect(y.guardsIntact)
        variant.kernels.unary(Int32(operation.rawValue), n, x.pointer, x.pointer)
        expectSame(x.values, y.values, "in place")
      }
    }
  }

  @Test(arguments: Variant.all)
  func binaryOperations(_ variant: Variant) {
    let cases: [(rondo_op, (Float, Float) -> Float)] = [
      (RONDO_OP_ADD, { $0 + $1 }), (RONDO_OP_SUB, { $0 - $1 }), (RONDO_OP_MUL, { $0 * $1 }),
      (RONDO_OP_DIV, { $0 / $1 }), (RONDO_OP_MIN, { $0 < $1 ? $0 : $1 }),
      (RONDO_OP_MAX, { $0 > $1 ? $0 : $1 }),
      (RONDO_OP_LESS, { $0 < $1 ? 1 : 0 }),
    ]
    for (operation, plain) in cases {
      for n in Self.lengths {
        let a = Floats(Self.values(n, seed: 42))
        let b = Floats(Self.values(n, seed: 43))
        let y = Floats(zeros: n)
        variant.kernels.binary(Int32(operation.rawValue), n, a.pointer, b.pointer, y.pointer)
        expectSame(
          y.values, zip(a.values, b.values).map(plain), "operation \(operation.rawValue), \(n) values")
        #expect(y.guardsIntact)
        variant.kernels.binary(Int32(operation.rawValue), n, a.pointer, b.pointer, b.pointer)
        expectSame(b.values, y.values, "in place")
      }
    }
  }

  /// Equal bits, where any NaN equals any other.
  private func expectSame(_ result: [Float], _ expected: [Float], _ comment: Comment) {
    #expect(
      zip(result, expected).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }, comment)
  }

  @Test(arguments: Variant.all)
  func axpyAndScale(_ variant: Variant) {
    for n in Self.lengths {
      let x = Floats(random: n, seed: 44)
      let start = Floats(random: n, seed: 45)
      let y = Floats(start.values)
      variant.kernels.axpy(n, 0.7, x.pointer, y.pointer)
      #expect(y.values == (0..<n).map { variant.multiplyAdd(0.7, x[$0], start[$0]) })
      variant.kernels.scale(n, -1.3, y.pointer)
      #expect(y.values == (0..<n).map { variant.multiplyAdd(0.7, x[$0], start[$0]) * -1.3 })
      #expect(y.guardsIntact)
    }
  }

  @Test func sumOfSquares() {
    for n in [0, 1, 16, 17, 511, 512, 513, 1024, 1537, 5000, 100_000] {
      let x = Floats(random: n, seed: 46)
      let plain = x.values.reduce(0.0) { $0 + Double($1) * Double($1) }
      let results = Variant.all.map { $0.kernels.sum_of_squares(n, x.pointer) }
      // No square rounds and additions are in double, so that even the portable variant has no freedom.
      #expect(results.allSatisfy { $0 == results[0] }, "\(n) values")
      // The plain sum rounds n times.
      #expect(abs(results[0] - plain) <= plain * Double(n) * 0x1p-53, "\(n) values")
    }
  }

  @Test func sumOfSquaresCombinesBlocksInPairs() {
    // Blocks of 512 with sums s₀…s₄: ((s₀ + s₁) + (s₂ + s₃)) + s₄.
    let x = Floats(random: 4 * 512 + 100, seed: 47)
    for variant in Variant.all {
      let s = (0..<5).map { variant.kernels.sum_of_squares($0 < 4 ? 512 : 100, x.pointer + $0 * 512) }
      #expect(variant.kernels.sum_of_squares(x.count, x.pointer) == ((s[0] + s[1]) + (s[2] + s[3])) + s[4])
    }
  }

  @Test(arguments: Variant.all)
  func firstNonfinite(_ variant: Variant) {
    for n in [0, 1, 63, 64, 65, 200, 1000] {
      let x = Floats(random: n, seed: 48)
      for i in 0..<n where i % 7 == 0 { x[i] = i % 2 == 0 ? .greatestFiniteMagnitude : -0x1p-149 }
      #expect(variant.kernels.first_nonfinite(n, x.pointer) == n)
      for i in stride(from: n - 1, through: 0, by: -13) {
        x[i] = [Float.nan, .infinity, -.infinity][i % 3]
        #expect(variant.kernels.first_nonfinite(n, x.pointer) == i)
      }
    }
  }
}
