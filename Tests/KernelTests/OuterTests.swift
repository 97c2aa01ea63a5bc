import CRondoKernels
import Testing

@Suite struct OuterTests {
  /// c[i][j] += Σ_r a[r][i] · b[r][j], one chain per element.
  private static func chains(
    _ variant: Variant, rows: Int, m: Int, n: Int, a: Floats, aStride: Int, b: Floats, bStride: Int,
    c: Floats,
    cStride: Int
  ) -> [Float] {
    var result = c.values
    for i in 0..<m {
      for j in 0..<n {
        for r in 0..<rows {
          result[i * cStride + j] = variant.multiplyAdd(
            a[r * aStride + i], b[r * bStride + j], result[i * cStride + j])
        }
      }
    }
    return result
  }

  @Test(arguments: Variant.all)
  func everyElementIsOneChainHoweverItIsSplit(_ variant: Variant) {
    for (rows, m, n) in [
      (0, 3, 4), (1, 1, 1), (5, 7, 50), (31, 50, 7), (64, 64, 64), (255, 13, 65), (256, 6, 17), (257, 5, 16),
      (40, 200, 130), (600, 200, 20), (35, 390, 66),
    ] {
      let (aStride, bStride, cStride) = (m + 4, n + 3, n + 2)
      let a = Floats(random: max(1, rows * aStride), seed: 21)
      let b = Floats(random: max(1, rows * bStride), seed: 22)
      let start = Floats(random: m * cStride, seed: 23)
      let expected = Self.chains(
        variant, rows: rows, m: m, n: n, a: a, aStride: aStride, b: b, bStride: bStride, c: start,
        cStride: cStride)
      let scratch = Floats(zeros: variant.kernels.outer_scratch_size(n))
      for split in Set([0, m / 3, m - 1]) {
        let c = Floats(start.values)
        for (begin, end) in [(split, m), (0, split)] {
          variant.kernels.outer(
            rows, begin, end, n, a.pointer, aStride, b.pointer, bStride, c.pointer, cStride, scratch.pointer)
        }
        #expect(c.bits == expected.bits, "\(rows) rows, \(m) × \(n), split at \(split)")
        #expect(c.guardsIntact && scratch.guardsIntact)
      }
    }
  }

  @Test(arguments: Variant.all)
  func rowsMayComeInSeveralCalls(_ variant: Variant) {
    let (rows, m, n) = (300, 20, 70)
    let a = Floats(random: rows * m, seed: 24)
    let b = Floats(random: rows * n, seed: 25)
    let scratch = Floats(zeros: variant.kernels.outer_scratch_size(n))
    let whole = Floats(zeros: m * n)
    variant.kernels.outer(rows, 0, m, n, a.pointer, m, b.pointer, n, whole.pointer, n, scratch.pointer)
    let parts = Floats(zeros: m * n)
    for (begin, end) in [(0, 1), (1, 200), (200, 300)] {
      variant.kernels.outer(
        end - begin, 0, m, n, a.pointer + begin * m, m, b.pointer + begin * n, n, parts.pointer, n,
        scratch.pointer)
    }
    #expect(parts.bits == whole.bits)
  }

  /// Rows anywhere, of one operand or of the products of two: a chain from zero, then one addition.
  @Test(arguments: Variant.all, [false, true])
  func sumsOfRowsAreOneChainHoweverColumnsAreSplit(_ variant: Variant, isProduct: Bool) {
    for (rows, columns) in [(0, 4), (1, 1), (5, 50), (31, 64), (64, 97), (300, 16), (35, 390)] {
      let (aStride, bStride) = (columns + 4, columns + 1)
      let a = Floats(random: max(1, rows * aStride), seed: 26)
      let b = Floats(random: max(1, rows * bStride), seed: 27)
      let start = Floats(random: columns, seed: 28)
      // From the last row to the first.
      let order = (0..<rows).reversed()
      var sums = [Float](repeating: 0, count: columns)
      for r in order {
        for j in 0..<columns {
          let x = a[r * aStride + j]
          sums[j] = isProduct ? variant.multiplyAdd(x, b[r * bStride + j], sums[j]) : sums[j] + x
        }
      }
      let expected = zip(start.values, sums).map { $0 + $1 }
      let first = order.map { UnsafePointer(a.pointer + $0 * aStride) as UnsafePointer<Float>? } + [nil]
      let second = order.map { UnsafePointer(b.pointer + $0 * bStride) as UnsafePointer<Float>? } + [nil]
      for split in Set([0, columns / 32 * 16]) {
        let out = Floats(start.values)
        first.withUnsafeBufferPointer { first in
          second.withUnsafeBufferPointer { second in
            for (begin, end) in [(split, columns), (0, split)] {
              variant.kernels.sum_of_rows(
                rows, first.baseAddress, isProduct ? second.baseAddress : nil, begin, end, out.pointer)
            }
          }
        }
        #expect(out.bits == expected.map(\.bitPattern), "\(rows) rows, \(columns) columns, split at \(split)")
        #expect(out.guardsIntact)
      }
    }
  }
}
