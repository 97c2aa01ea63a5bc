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

  @Test func viewsShareUntilWritten() {
    let whole = Tensor([6], [0, 1, 2, 3, 4, 5])
    var part = whole.view(from: 2, [3])
    #expect(part.pointer == whole.pointer + 2)
    part.mutablePointer()[0] = 9
    #expect(whole.values == [0, 1, 2, 3, 4, 5])
    #expect(part.values == [9, 3, 4])
  }

  @Test func writingTheOnlyReferenceKeepsTheMemory() {
    var tensor = Tensor(zeros: [5])
    let before = tensor.pointer
    #expect(tensor.mutablePointer() == before)
    let copy = tensor
    #expect(tensor.mutablePointer() != before)
    #expect(copy.pointer == before)
  }

  @Test func rowsAndColumns() {
    let tensor = Tensor(zeros: [2, 3, 5])
    #expect((tensor.count, tensor.rows, tensor.columns) == (30, 6, 5))
    let scalar = Tensor(7)
    #expect((scalar.count, scalar.rows, scalar.columns) == (1, 1, 1))
    #expect(scalar.scalar == 7)
    let empty = Tensor(zeros: [0, 4])
    #expect((empty.count, empty.rows, empty.columns) == (0, 0, 4))
    #expect(empty.values.isEmpty)
  }

  @Test func equalityIsThatOfBits() {
    #expect(Tensor([1], [.nan]) == Tensor([1], [.nan]))
    #expect(Tensor([1], [0]) != Tensor([1], [-0.0]))
    #expect(Tensor([2], [1, 2]) != Tensor([2, 1], [1, 2]))
    #expect(Tensor([2], [1, 2]).reshaped([2, 1]) == Tensor([2, 1], [1, 2]))
  }

  @Test(arguments: [1, 63, 4096, 4097, 100_000]) func storageIsAligned(_ count: Int) {
    #expect(Int(bitPattern: Tensor(zeros: [count]).pointer) % 64 == 0)
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([2, 3], [1, 2]) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [-1]) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2, 3]).reshaped([5]) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2]).scalar }
  }
}
