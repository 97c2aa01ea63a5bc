import RondoCore
import Testing

// Each in a process of its own, so that no other test's tensors are counted.
struct StoragePoolTests {
  @Test func blocksAreReused() async {
    await #expect(processExitsWith: .success) {
      let address = { UInt(bitPattern: Tensor(zeros: [100_000]).pointer) }
      let first = address()
      #expect(address() == first)
      let usage = StoragePool.usage
      #expect(usage.inUse == 0)
      #expect(usage.free >= 400_000)
    }
  }

  @Test func repeatedStepsTakeNoNewMemory() async {
    await #expect(processExitsWith: .success) {
      let builder = Builder(seed: 1)
      let weight = builder.parameter("weight", [300, 200], .xavierUniform)
      let store = builder.finish()
      var gradients = Gradients(zerosFor: store)
      func step() -> Int {
        let tape = Tape(store, training: true)
        let x = tape.leaf(Tensor(repeating: 0.1, [130, 200]))
        let loss = crossEntropy(linear(tanh(x), tape.parameter(weight)), Array(repeating: 3, count: 130))
        tape.backward(from: loss, into: &gradients)
        gradients.reset()
        return StoragePool.usage.inUse + StoragePool.usage.free
      }
      // With several threads it depends on their timing how many have scratch memory at once.
      Parallel.withThreads(1) {
        let held = step()
        for _ in 0..<10 { #expect(step() == held) }
      }
    }
  }

  @Test func freeBlocksStayBelowTwiceThePeak() async {
    await #expect(processExitsWith: .success) {
      // Ten sizes, one after the other: nothing like the sum of them is kept.
      for size in 1...10 { _ = Tensor(zeros: [size * 1_000_000]) }
      #expect(StoragePool.usage.free <= 100_000_000)
    }
  }
}
