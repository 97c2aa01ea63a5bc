import RondoCore
import Testing

struct TapeTests {
  private let empty = ParameterStore([])

  @Test func longTapesNeedNoStack() {
    let tape = Tape(empty, training: true)
    let x = tape.leaf(Tensor(1))
    var y = x
    for _ in 0..<100_000 { y = y + x }
    #expect(y.value.scalar == 100_001)
    #expect(tape.backward(from: y)[x]?.scalar == 100_001)
  }

  @Test func gradientsAccumulate() throws {
    let builder = Builder(seed: 1)
    let parameter = builder.parameter("w", [3], .constant(2))
    let store = builder.finish()
    var gradients = Gradients(zerosFor: store)
    for pass in 1...3 {
      let tape = Tape(store, training: true)
      let (w, again) = (tape.parameter(parameter), tape.parameter(parameter))
      #expect(w.id == again.id)
      tape.backward(from: sum(w * again) + sum(w), into: &gradients)
      #expect(gradients[parameter] == Tensor(repeating: Float(5 * pass), [3]))
    }
    gradients.reset()
    #expect(gradients[parameter] == Tensor(zeros: [3]))
  }

  @Test func constantsAndDetachedValuesGetNoGradient() {
    let tape = Tape(empty, training: true)
    let (x, c) = (tape.leaf(Tensor([2], [3, 4])), tape.constant(Tensor([2], [5, 6])))
    #expect(!c.requiresGradient)
    let gradients = tape.backward(from: sum(x * c + x.detached() * x))
    #expect(gradients[x]?.values == [8, 10])
    #expect(gradients[c] == nil)
  }

  @Test func withoutRecordingNothingIsKept() {
    let tape = Tape(empty, training: false)
    #expect(!tape.records)
    weak var kept: Tracker?
    let x = tape.leaf(Tensor(2))
    do {
      let tracker = Tracker()
      kept = tracker
      let y = tape.node("test", Tensor(3), inputs: [x]) { _, _ in tracker.touch() }
      #expect(!y.requiresGradient)
    }
    #expect(kept == nil)
    withExtendedLifetime(tape) {}
  }

  @Test func severalResultsShareOneBackward() {
    let tape = Tape(empty, training: true)
    let x = tape.leaf(Tensor([2], [1, 2]))
    let calls = Tracker()
    let results = tape.nodes("pair", [x.value, x.value, Tensor(0)], inputs: [x]) {
      [x = x.id] gradients, sink in
      calls.touch()
      #expect(gradients[0]?.values == [10, 10])
      #expect(gradients[1]?.values == [1, 1])
      #expect(gradients[2] == nil)
      sink.accumulate(x) { pointer in
        for i in 0..<2 { pointer[i] += gradients[0]!.values[i] + gradients[1]!.values[i] }
      }
    }
    let loss = sum(results[1]) + sum(results[0] * tape.constant(Tensor(10)))
    #expect(tape.backward(from: loss)[x]?.values == [11, 11])
    #expect(calls.count == 1)
  }

  @Test func nodesTheLossDoesNotDependOnAreSkipped() {
    let tape = Tape(empty, training: true)
    let x = tape.leaf(Tensor(1))
    let calls = Tracker()
    _ = tape.node("unused", Tensor(2), inputs: [x]) { _, _ in calls.touch() }
    let gradients = tape.backward(from: x * x)
    #expect(calls.count == 0)
    #expect(gradients[x]?.scalar == 2)
  }

  @Test func aSharedGradientIsNotOverwritten() {
    // Both inputs of a sum get the same tensor; what is then added to one must not reach the other.
    let tape = Tape(empty, training: true)
    let (x, y) = (tape.leaf(Tensor([2], [1, 2])), tape.leaf(Tensor([2], [3, 4])))
    let squared = x * x
    let gradients = tape.backward(from: sum(x + y) + sum(squared))
    #expect(gradients[x]?.values == [3, 5])
    #expect(gradients[y]?.values == [1, 1])
  }

  @Test func gradientsAreAddedInPlace() {
    let tape = Tape(empty, training: true)
    let x = tape.leaf(Tensor(zeros: [3]))
    var places: Set<UnsafePointer<Float>> = []
    func touch(_ y: Variable) -> Variable {
      tape.node("touch", y.value, inputs: [y]) { [y = y.id] gradient, sink in
        sink.accumulate(y) { pointer in
          places.insert(pointer)
          for i in 0..<3 { pointer[i] += gradient.values[i] }
        }
      }
    }
    let gradients = tape.backward(from: sum(touch(x) + touch(x) + touch(x)))
    #expect(gradients[x]?.values == [3, 3, 3])
    #expect(places.count == 1)
  }

  @Test func buffersAreReleasedDuringTheBackwardPass() async {
    await #expect(processExitsWith: .success) {
      let tape = Tape(ParameterStore([]), training: true)
      let x = tape.leaf(Tensor(zeros: [250_000]))
      let probe = tape.node("probe", x.value, inputs: [x]) { _, _ in
        // 20 MB have been kept; what remains is one gradient and a little.
        #expect(StoragePool.usage.inUse < 5_000_000)
      }
      func chain(_ y: Variable) -> Variable {
        (0..<20).reduce(y) { y, _ in tanh(y) }
      }
      let loss = sum(chain(probe))
      #expect(StoragePool.usage.inUse > 20_000_000)
      _ = tape.backward(from: loss)
    }
  }

  @Test func aTapeThatIsDroppedGoesAway() {
    weak var dropped: Tape?
    do {
      let tape = Tape(empty, training: true)
      dropped = tape
      let x = tape.leaf(Tensor([2, 2], [1, 2, 3, 4]))
      _ = crossEntropy(linear(tanh(x) * x, x), [0, 1])
    }
    #expect(dropped == nil)
  }

  @Test func aStoreIsNotCopiedByTheStepAfterABackwardPass() {
    let builder = Builder(seed: 1)
    let parameter = builder.parameter("w", [5], .constant(2))
    var store = builder.finish()
    let before = store.values.pointer
    let tape = Tape(store, training: true)
    _ = tape.backward(from: sum(tape.parameter(parameter)))
    store.withUnsafeMutableValues { $0[0] = 1 }
    #expect(store.values.pointer == before)
    withExtendedLifetime(tape) {}
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = tape.backward(from: tape.leaf(Tensor([2], [1, 2])))
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: true)
      let x = tape.leaf(Tensor(1))
      _ = tape.backward(from: x)
      _ = tape.backward(from: x)
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: false)
      _ = tape.backward(from: tape.leaf(Tensor(1)))
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = tape.leaf(Tensor(1)) + Tape(ParameterStore([]), training: true).leaf(Tensor(1))
    }
  }
}

/// Counts calls.
private final class Tracker {
  private(set) var count = 0
  func touch() { count += 1 }
}
