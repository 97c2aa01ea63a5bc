import CAllocationCounter
import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// A step of a session allocates nothing.
@Suite(.enabled(if: rondo_allocations_are_counted() != 0, "allocations are counted with glibc only"))
struct AllocationTests {
  /// The blocks that the calling thread allocates while `body` runs.
  private func allocations(_ body: () -> Void) -> Int {
    let before = rondo_allocation_count()
    body()
    return rondo_allocation_count() - before
  }

  /// A session with room for its rows, which the test owns.
  private final class Stepper {
    let session: Session
    private let x: UnsafeMutableBufferPointer<Float>
    private let y: UnsafeMutableBufferPointer<Float>

    init(_ cells: [any Cell], inputSize: Int, streams: Int) {
      let builder = Builder(seed: 3)
      var layers: [Recurrence] = []
      for (layer, cell) in cells.enumerated() {
        layers.append(
          Recurrence(builder / "rnn", cell, inputSize: layers.last?.outputSize ?? inputSize, layer: layer))
      }
      var random = RandomNumbers(seed: 4)
      var memories: [String: [Tensor]] = [:]
      for input in layers.flatMap(\.plans.step.further) where input.kind == .memory {
        memories[input.name] = (0..<streams).map { slots in
          Tensor([2 * slots, input.width], random.next(2 * slots * input.width))
        }
      }
      session = Session(layers, builder.finish(), streams: streams, memories: memories)
      x = .allocate(capacity: streams * inputSize)
      _ = x.initialize(from: random.next(x.count))
      y = .allocate(capacity: streams * session.outputSize)
      y.initialize(repeating: 0)
    }

    deinit {
      x.deallocate()
      y.deallocate()
    }

    func step(_ count: Int) {
      for _ in 0..<count { session.step(UnsafePointer(x.baseAddress!), into: y.baseAddress!) }
    }
  }

  @Test func theCounterCounts() {
    var arrays: [[Int]] = []
    arrays.reserveCapacity(3)
    let count = allocations { for length in 1...3 { arrays.append(Array(repeating: 7, count: length)) } }
    #expect(count == 3)
    #expect(arrays.count == 3)
    #expect(allocations { _ = Tensor(zeros: [1000]) } == 2)  // the block, and the object that owns it
  }

  @Test(
    arguments: [
      [LSTM(hiddenSize: 20)], [GRU(hiddenSize: 20)], [GRU(hiddenSize: 20, reset: .before)],
      [Elman(hiddenSize: 20)],
      [LSTM(hiddenSize: 20), GRU(hiddenSize: 12), Elman(hiddenSize: 7)],
    ] as [[any Cell]])
  func aStepAllocatesNothing(_ cells: [any Cell]) {
    for streams in [1, 5] {
      let stepper = Stepper(cells, inputSize: 9, streams: streams)
      stepper.step(10)
      #expect(allocations { stepper.step(10_000) } == 0, "\(streams) streams")
    }
  }

  /// Large enough to be divided among threads; counted are the blocks of all of them, in a process without other tests.
  @Test func aLargeStepAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      Parallel.withThreads(2) {
        let stepper = Stepper([LSTM(hiddenSize: 128)], inputSize: 100, streams: 64)
        stepper.step(10)
        let before = rondo_allocation_count_of_all_threads()
        stepper.step(10_000)
        let count = rondo_allocation_count_of_all_threads() - before
        if count != 0 { fatalError("\(count) allocations") }
      }
    }
  }

  @Test(arguments: StressCells.all)
  func anUnusualStepAllocatesNothing(_ cell: CellConformance) {
    let stepper = Stepper([cell.cell], inputSize: cell.inputSize, streams: 3)
    stepper.step(10)
    #expect(allocations { stepper.step(100) } == 0)
  }
}
