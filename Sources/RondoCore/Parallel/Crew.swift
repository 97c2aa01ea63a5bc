import CRondoKernels
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Threads that walk the steps of one loop side by side, a step's works divided among them.
///
/// Its owner, member 0, waits for nobody to come: it begins each step with those that have joined by then, alone if need be. Who has joined
/// stays to the end. Members spin while they wait for each other, so it is for steps of microseconds on processors of their own.
///
/// `@unchecked Sendable` because of a pointer that is never changed, to atomics.
package final class Crew: @unchecked Sendable {
  /// A counter on cache lines of its own.
  private struct Place: ~Copyable {
    let value: Atomic<Int>
    private let padding: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    )

    init(_ value: Int) { self.value = Atomic(value) }
  }

  /// The step that has begun and the size of its crew in one word; below zero at the end.
  private let begun = Place(0)
  private let joined = Atomic<Int>(1)
  /// How often the crew had met when the step began.
  private let meetings = Atomic<Int>(0)
  /// How often each member has arrived at a meeting.
  private let arrivals: UnsafeMutablePointer<Place>
  private let most: Int

  private static let sizeBits = 16

  /// - Parameter most: The number of members that it can have.
  package init(most: Int) {
    require(1..<1 << Self.sizeBits ~= most, "Crew: \(most) members")
    self.most = most
    arrivals = .allocate(capacity: most)
    for member in 0..<most { (arrivals + member).initialize(to: Place(0)) }
  }

  deinit {
    arrivals.deinitialize(count: most)
    arrivals.deallocate()
  }

  /// The owner begins a step, numbered from 1 upwards, with all who have joined; what it wrote before is visible to them.
  ///
  /// - Returns: The size of the crew.
  package func begin(step: Int) -> Int {
    let size = min(most, joined.load(ordering: .relaxed))
    meetings.store(arrivals[0].value.load(ordering: .relaxed), ordering: .relaxed)
    begun.value.store(step << Self.sizeBits | size, ordering: .releasing)
    return size
  }

  /// The owner ends the last step: who has joined goes home, who comes later finds nothing to do.
  package func end() { begun.value.store(-1, ordering: .releasing) }

  /// Joins the crew.
  ///
  /// - Returns: The member's number; nil if there is nothing left to do.
  package func join() -> Int? {
    guard begun.value.load(ordering: .relaxed) >= 0 else { return nil }
    let member = joined.add(1, ordering: .relaxed).oldValue
    return member < most ? member : nil
  }

  /// Waits for a step after `step` that a member takes part in; steps without a meeting may be left out.
  ///
  /// - Returns: Its number and the size of its crew; nil at the end.
  package func next(after step: Int, member: Int) -> (step: Int, size: Int)? {
    var waiting = Waiting()
    while true {
      let word = begun.value.load(ordering: .acquiring)
      if word < 0 { return nil }
      let (next, size) = (word >> Self.sizeBits, word & (1 << Self.sizeBits - 1))
      if next > step, member < size {
        // Who is new has not been at the meetings before.
        if arrivals[member].value.load(ordering: .relaxed) == 0 {
          arrivals[member].value.store(meetings.load(ordering: .relaxed), ordering: .relaxed)
        }
        return (next, size)
      }
      waiting.pause()
    }
  }

  /// Returns when all members of the step's crew are here; what they wrote before is visible then.
  package func meet(member: Int, size: Int) {
    let meeting = arrivals[member].value.load(ordering: .relaxed) + 1
    arrivals[member].value.store(meeting, ordering: .releasing)
    for other in 0..<size where other != member {
      var waiting = Waiting()
      while arrivals[other].value.load(ordering: .acquiring) < meeting { waiting.pause() }
    }
  }

  private struct Waiting {
    private var count = 0

    /// After some ten microseconds whoever is waited for may need this processor.
    mutating func pause() {
      count += 1
      if count < 1000 { rondo_cpu_relax() } else { sched_yield() }
    }
  }
}
