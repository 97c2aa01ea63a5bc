import Foundation
import RondoCore
import Synchronization
import Testing

// Several run in a process of their own, so that no other test's loop makes theirs serial.
struct ParallelTests {
  @Test(arguments: [1, 2, 3]) func everyPartRunsOnce(_ threads: Int) {
    Parallel.withThreads(threads) {
      for parts in [0, 1, 2, 5, 1000] {
        let counts = Counters(parts)
        Parallel.run(parts) { counts.add(to: $0) }
        #expect(counts.values == Array(repeating: 1, count: parts))
      }
    }
  }

  @Test func partsRunOnSeveralThreads() async {
    await #expect(processExitsWith: .success) {
      let threads = Mutex<Set<UInt>>([])
      Parallel.withThreads(3) {
        Parallel.run(3) { _ in
          _ = threads.withLock { $0.insert(UInt(pthread_self())) }
          // Leaves the other parts to the other threads, for at most 10 s.
          for _ in 0..<10_000 where threads.withLock(\.count) < 3 { usleep(1000) }
        }
      }
      #expect(threads.withLock(\.count) == 3)
    }
  }

  @Test func fewerThreadsThanExistAreUsedIfAskedFor() async {
    await #expect(processExitsWith: .success) {
      Parallel.withThreads(4) { Parallel.run(4) { _ in usleep(10_000) } }
      let threads = Mutex<Set<UInt>>([])
      Parallel.withThreads(2) {
        Parallel.run(20) { _ in
          usleep(2000)
          _ = threads.withLock { $0.insert(UInt(pthread_self())) }
        }
      }
      #expect(threads.withLock(\.count) <= 2)
    }
  }

  @Test func nestedCallsRunTheirParts() {
    Parallel.withThreads(2) {
      let counts = Counters(12)
      Parallel.run(3) { outer in
        Parallel.run(4) { counts.add(to: outer * 4 + $0) }
      }
      #expect(counts.values == Array(repeating: 1, count: 12))
    }
  }

  @Test func callsFromManyThreadsAtOnceRunTheirParts() async {
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { _ in
            let counts = Counters(7)
            Parallel.withThreads(2) { Parallel.run(7) { counts.add(to: $0) } }
            return counts.values == Array(repeating: 1, count: 7)
          }
        }
      }
      for await isComplete in group { #expect(isComplete) }
    }
  }

  @Test func tinyLoopsFollowEachOther() async {
    await #expect(processExitsWith: .success) {
      let counts = Counters(2)
      Parallel.withThreads(2) {
        for _ in 0..<100_000 { Parallel.run(2) { counts.add(to: $0) } }
      }
      #expect(counts.values == [100_000, 100_000])
    }
  }

  @Test func workersWakeUpAgain() async {
    await #expect(processExitsWith: .success) {
      let counts = Counters(2)
      Parallel.withThreads(2) {
        for _ in 0..<20 {
          Parallel.run(2) { counts.add(to: $0) }
          usleep(3000)
        }
      }
      #expect(counts.values == [20, 20])
    }
  }

  @Test func idleWorkersSleep() async {
    await #expect(processExitsWith: .success) {
      Parallel.withThreads(2) { Parallel.run(2) { _ in } }
      usleep(20_000)
      let before = clock()
      usleep(200_000)
      let seconds = Double(clock() - before) / Double(CLOCKS_PER_SEC)
      // A spinning worker would use 0.2 s.
      #expect(seconds < 0.02)
    }
  }

  @Test(arguments: [(100, 1, 1), (101, 7, 16), (5, 10, 1), (0, 1, 1), (64, 1, 64), (65, 1, 64)])
  func rowsDivideARange(_ count: Int, _ minimum: Int, _ multiple: Int) {
    for threads in 1...5 {
      Parallel.withThreads(threads) {
        let counts = Counters(count)
        let parts = Mutex(0)
        Parallel.rows(count, minimumPerPart: minimum, multipleOf: multiple) { range in
          #expect(range.lowerBound % multiple == 0 && !range.isEmpty)
          parts.withLock { $0 += 1 }
          for row in range { counts.add(to: row) }
        }
        #expect(counts.values == Array(repeating: 1, count: count))
        #expect(parts.withLock(\.self) <= max(1, min(4 * threads, count / minimum)))
      }
    }
  }

  @Test func theContextReachesEveryPart() {
    Parallel.withThreads(2) {
      withUnsafeTemporaryAllocation(of: Int.self, capacity: 9) { values in
        Parallel.run(9, context: values.baseAddress!) { context, part, _ in
          context.assumingMemoryBound(to: Int.self)[part] = part * part
        }
        #expect(Array(values) == (0..<9).map { $0 * $0 })
      }
    }
  }

  @Test func nonsenseLimitsTrap() async {
    await #expect(processExitsWith: .failure) { Parallel.limit = 0 }
    await #expect(processExitsWith: .failure) { Parallel.withThreads(-1) {} }
  }
}

/// A counter for each part.
private final class Counters: Sendable {
  private let counts: Mutex<[Int]>

  init(_ count: Int) { counts = Mutex(Array(repeating: 0, count: count)) }

  var values: [Int] { counts.withLock(\.self) }

  func add(to index: Int) { counts.withLock { $0[index] += 1 } }
}
