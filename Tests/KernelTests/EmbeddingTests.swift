import CRondoKernels
import Testing

@Suite struct EmbeddingTests {
  @Test(arguments: Variant.all)
  func gatherCopiesRows(_ variant: Variant) {
    for width in [1, 16, 50, 200] {
      let table = Floats(random: 9 * width, seed: 61)
      let indices: [Int32] = [3, 0, 8, 3, 3, 1]
      let stride = width + 2
      let untouched = Floats(random: 6 * stride, seed: 62)
      let y = Floats(untouched.values)
      variant.kernels.gather(6, width, table.pointer, indices, y.pointer, stride)
      for r in 0..<6 {
        for j in 0..<stride {
          let expected = j < width ? table[Int(indices[r]) * width + j] : untouched[r * stride + j]
          #expect(y[r * stride + j].bitPattern == expected.bitPattern)
        }
      }
      #expect(y.guardsIntact)
    }
  }

  @Test(arguments: Variant.all)
  func scatterAddsRowsInOrder(_ variant: Variant) {
    for width in [1, 16, 50, 200] {
      let start = Floats(random: 9 * width, seed: 63)
      let indices: [Int32] = [3, 0, 8, 3, 3, 1]
      let stride = width + 2
      let y = Floats(random: 6 * stride, seed: 64)
      var expected = start.values
      for r in 0..<6 { for j in 0..<width { expected[Int(indices[r]) * width + j] += y[r * stride + j] } }
      let table = Floats(start.values)
      let split = width / 3
      variant.kernels.scatter_add(6, width, split, width, y.pointer, stride, indices, table.pointer)
      variant.kernels.scatter_add(6, width, 0, split, y.pointer, stride, indices, table.pointer)
      #expect(table.bits == expected.bits)
      #expect(table.guardsIntact)
    }
  }
}
