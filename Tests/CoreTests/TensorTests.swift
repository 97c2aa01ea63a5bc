import RondoCore
import Testing

struct TensorTests {
  @Test func copiesAreIndependent() {
    let a = Tensor([2, 2], [1, 2, 3, 4])
    var b = a
    b.withUnsafeMutableBufferPointer { $0[0] = 9 }
    #expect(a.values == [1, 2, 3, 4])
    #expect(b.values == [9, 2, 3, 4])
  }
}
