import Foundation
import RondoCore
import Synchronization
import Testing

struct CrewTests {
  /// What the members of a crew write to each other: none of it is protected by anything but their meetings.
  private final class Board: @unchecked Sendable {
    let values: UnsafeMutablePointer<Int>

    init(_ count: Int) {
      values = .allocate(capacity: count)
      values.initialize(repeating: 0, count: count)
    }

    deinit { values.deallocate() }
  }

  @Test(arguments: [2, 3, 5]) func membersSeeWhatTheOthersWroteBeforeTheyMet(_ most: Int) {
    let (crew, board) = (Crew(most: most), Board(most))
    let mistakes = Atomic<Int>(0)
    let shared = Atomic<Int>(0)
    let stepCount = 3000

    @Sendable func take(_ step: Int, member: Int, size: Int) {
      // Every fifth step has nothing that is divided, so that nobody meets.
      if step % 5 == 0 { return }
      board.values[member] = step
      crew.meet(member: member, size: size)
      for other in 0..<size where board.values[other] != step { mistakes.add(1, ordering: .relaxed) }
      crew.meet(member: member, size: size)
      if member == 0, size == most { shared.add(1, ordering: .relaxed) }
    }
    let threads = (1..<most).map { number in
      Thread {
        usleep(UInt32(300 * number))
        guard let member = crew.join() else { return }
        var done = 0
        while let (step, size) = crew.next(after: done, member: member) {
          if step <= done { mistakes.add(1, ordering: .relaxed) }
          take(step, member: member, size: size)
          done = step
        }
      }
    }
    for thread in threads { thread.start() }
    // The owner never waits for anybody to come, so the test does.
    let begin = ContinuousClock.now
    var step = 0
    while step < stepCount || shared.load(ordering: .relaxed) < 100 && .now - begin < .seconds(20) {
      step += 1
      take(step, member: 0, size: crew.begin(step: step))
      if step == stepCount / 2 { usleep(20_000) }
    }
    crew.end()
    while threads.contains(where: { !$0.isFinished }) { usleep(1000) }
    #expect(mistakes.load(ordering: .relaxed) == 0)
    #expect(shared.load(ordering: .relaxed) > 0)
  }

  @Test func whoComesTooLateFindsNothingToDo() {
    let crew = Crew(most: 2)
    #expect(crew.begin(step: 1) == 1)
    crew.end()
    #expect(crew.join() == nil)
  }

  @Test func thereAreNoMoreMembersThanAgreed() {
    let crew = Crew(most: 2)
    #expect(crew.join() == 1)
    #expect(crew.join() == nil)
    #expect(crew.begin(step: 1) == 2)
  }
}
