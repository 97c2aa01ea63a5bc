import CRondoKernels
import Testing

/// A product's operands with strides larger than widths.
private struct Product {
  let rows: Int, n: Int, k: Int
  var aStride: Int { k + 3 }
  var cStride: Int { n + 5 }
  let a: Floats, w: Floats, bias: Floats, start: Floats

  init(rows: Int, n: Int, k: Int) {
    self.rows = rows
    self.n = n
    self.k = k
    a = Floats(random: rows * (k + 3), seed: 1)
    w = Floats(random: n * (k + 2), seed: 2)
    bias = Floats(random: n, seed: 3)
    start = Floats(random: rows * (n + 5), seed: 4)
  }

  func packed(_ variant: Variant) -> Floats {
    let packed = Floats(random: variant.kernels.packed_size(n, k), seed: 5)
    variant.kernels.pack(n, k, w.pointer, k + 2, 1, 0, variant.kernels.panel_count(n), packed.pointer)
    return packed
  }

  /// One chain per element, as the header promises it; `begin` gives its start.
  func chains(_ variant: Variant, into c: [Float], columns: Range<Int>, begin: (Int, Int) -> Float) -> [Float]
  {
    var c = c
    for r in 0..<rows {
      for j in columns {
        var sum = begin(r, j)
        for i in 0..<k { sum = variant.multiplyAdd(a[r * aStride + i], w[j * (k + 2) + i], sum) }
        c[r * cStride + j] = sum
      }
    }
    return c
  }
}

@Suite struct GEMMTests {
  static let shapes = [
    (1, 1), (7, 50), (50, 7), (64, 64), (65, 65), (130, 33), (200, 50), (650, 20), (256, 200),
  ]

  @Test(arguments: Variant.all)
  func everyElementIsOneChain(_ variant: Variant) {
    for (n, k) in Self.shapes {
      for rows in [1, 2, 3, 4, 5, 6, 7, 9, 13, 16, 20, 31] {
        let product = Product(rows: rows, n: n, k: k)
        let packed = product.packed(variant)
        let panels = variant.kernels.panel_count(n)
        let untouched = Floats(random: rows * product.cStride, seed: 6).values

        func check(_ start: UnsafePointer<Float>?, _ stride: Int, _ begin: (Int, Int) -> Float) {
          let c = Floats(untouched)
          variant.kernels.gemm(
            rows, n, k, product.a.pointer, product.aStride, packed.pointer, 0, panels, start, stride,
            c.pointer,
            product.cStride)
          let expected = product.chains(variant, into: untouched, columns: 0..<n, begin: begin)
          #expect(c.bits == expected.bits, "rows \(rows), n \(n), k \(k), start stride \(stride)")
          #expect(c.guardsIntact)
        }
        check(nil, 0) { _, _ in 0 }
        check(product.bias.pointer, 0) { _, j in product.bias[j] }
        check(product.start.pointer, product.cStride) { r, j in product.start[r * product.cStride + j] }
        #expect(packed.guardsIntact)
      }
    }
  }

  @Test(arguments: Variant.all)
  func rowsAreIndependent(_ variant: Variant) {
    for (n, k) in [(50, 7), (64, 200), (200, 65), (650, 50)] {
      let most = Product(rows: 32, n: n, k: k)
      let packed = most.packed(variant)
      let panels = variant.kernels.panel_count(n)
      let rowByRow = Floats(zeros: 32 * most.cStride)
      for r in 0..<32 {
        variant.kernels.gemm(
          1, n, k, most.a.pointer + r * most.aStride, most.aStride, packed.pointer, 0, panels,
          most.bias.pointer, 0,
          rowByRow.pointer + r * most.cStride, most.cStride)
      }
      for rows in 1...32 {
        let c = Floats(zeros: rows * most.cStride)
        variant.kernels.gemm(
          rows, n, k, most.a.pointer, most.aStride, packed.pointer, 0, panels, most.bias.pointer, 0,
          c.pointer,
          most.cStride)
        #expect(c.bits == Array(rowByRow.bits.prefix(rows * most.cStride)), "rows \(rows), n \(n), k \(k)")
      }
    }
  }

  @Test(arguments: Variant.all)
  func manyRowsAndDepthSplit(_ variant: Variant) {
    // Enough rows for several blocks; the second part of k continues the chains of the first in place.
    let (rows, n, k) = (700, 72, 300)
    let product = Product(rows: rows, n: n, k: k)
    let c = Floats(zeros: rows * product.cStride)
    for (begin, end) in [(0, 131), (131, 300)] {
      let packed = Floats(zeros: variant.kernels.packed_size(n, end - begin))
      variant.kernels.pack(n, end - begin, product.w.pointer + begin, k + 2, 1, 0, 2, packed.pointer)
      variant.kernels.gemm(
        rows, n, end - begin, product.a.pointer + begin, product.aStride, packed.pointer, 0, 2, c.pointer,
        product.cStride, c.pointer, product.cStride)
    }
    let zeros = [Float](repeating: 0, count: c.count)
    let expected = product.chains(variant, into: zeros, columns: 0..<n) { _, _ in 0 }
    #expect(c.bits == expected.bits)
  }

  @Test(arguments: Variant.all)
  func panelRangesWriteOnlyTheirColumns(_ variant: Variant) {
    for n in [50, 64, 65, 200, 250] {
      let product = Product(rows: 5, n: n, k: 31)
      let packed = product.packed(variant)
      for panel in 0..<variant.kernels.panel_count(n) {
        let untouched = Floats(random: 5 * product.cStride, seed: 7)
        let c = Floats(untouched.values)
        variant.kernels.gemm(
          5, n, 31, product.a.pointer, product.aStride, packed.pointer, panel, panel + 1, nil, 0, c.pointer,
          product.cStride)
        let columns = panel * Int(RONDO_PANEL)..<min(n, (panel + 1) * Int(RONDO_PANEL))
        let expected = product.chains(variant, into: untouched.values, columns: columns) { _, _ in 0 }
        #expect(c.bits == expected.bits, "n \(n), panel \(panel)")
        #expect(c.guardsIntact)
      }
    }
  }

  @Test(arguments: Variant.all)
  func packingFollowsStrides(_ variant: Variant) {
    for (n, k) in [(1, 1), (7, 50), (16, 16), (50, 7), (64, 65), (65, 17), (200, 33)] {
      let w = Floats(random: n * k, seed: 8)
      let panels = variant.kernels.panel_count(n)
      let expected = Floats(random: variant.kernels.packed_size(n, k), seed: 9)
      variant.kernels.pack(n, k, w.pointer, k, 1, 0, panels, expected.pointer)
      // All of the packed memory is the matrix and zeros.
      let remainder = [Float](repeating: 0, count: expected.count - n * k)
      #expect(expected.values.sorted() == (w.values + remainder).sorted())
      #expect(expected.guardsIntact)
      // Columns of a weight, a matrix inside a larger one, and neither rows nor columns contiguous.
      for (columnStride, depthStride) in [(1, n), (k + 9, 1), (1, n + 9), (2 * k, 2)] {
        let spread = Floats(random: (n - 1) * columnStride + (k - 1) * depthStride + 1, seed: 8)
        for j in 0..<n {
          for i in 0..<k { spread[j * columnStride + i * depthStride] = w[j * k + i] }
        }
        let packed = Floats(random: expected.count, seed: 9)
        variant.kernels.pack(n, k, spread.pointer, columnStride, depthStride, 0, panels, packed.pointer)
        #expect(packed.bits == expected.bits, "n \(n), k \(k), strides \(columnStride) and \(depthStride)")
        #expect(packed.guardsIntact)
      }
    }
  }

  @Test(arguments: Variant.all)
  func panelsArePackedByThemselves(_ variant: Variant) {
    let (n, k) = (200, 33)
    let w = Floats(random: n * k, seed: 8)
    let panels = variant.kernels.panel_count(n)
    let whole = Floats(zeros: variant.kernels.packed_size(n, k))
    variant.kernels.pack(n, k, w.pointer, k, 1, 0, panels, whole.pointer)
    for panel in 0..<panels {
      let untouched = Floats(random: whole.count, seed: 9)
      let packed = Floats(untouched.values)
      variant.kernels.pack(n, k, w.pointer, k, 1, panel, panel + 1, packed.pointer)
      let own = panel * Int(RONDO_PANEL) * k..<min(whole.count, (panel + 1) * Int(RONDO_PANEL) * k)
      for i in 0..<whole.count {
        #expect(packed[i].bitPattern == (own.contains(i) ? whole : untouched)[i].bitPattern)
      }
    }
  }

  @Test(arguments: Variant.all)
  func columnSumsAddRowsInOrder(_ variant: Variant) {
    for columns in [1, 16, 50, 64, 65, 200] {
      for rows in [0, 1, 7, 40] {
        let stride = columns + 2
        let a = Floats(random: max(1, rows * stride), seed: 10)
        let start = Floats(random: columns, seed: 11)
        let out = Floats(start.values)
        let split = columns / 3
        variant.kernels.column_sum(rows, split, columns, a.pointer, stride, out.pointer)
        variant.kernels.column_sum(rows, 0, split, a.pointer, stride, out.pointer)
        let expected = (0..<columns).map { j in (0..<rows).reduce(start[j]) { $0 + a[$1 * stride + j] } }
        #expect(out.bits == expected.bits, "\(rows) rows of \(columns)")
        #expect(out.guardsIntact)
      }
    }
  }
}
