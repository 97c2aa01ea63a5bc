// Loops over time. With many sequences each thread owns some of them from the first step to the last, so that no step waits for another
// thread; with few all threads share the works of each step, as long as each has a processor of its own.

import RondoCore

extension Runner {
  func runLoop(_ works: [LoweredWork]) {
    works.withUnsafeBufferPointer { works in
      let divides = works.contains { isShared($0, rows: walk.layout.sequenceCount) }
      let crewSize = min(threadCount, Machine.processorCount)
      if hasManySequences || crewSize == 1 || !divides {
        run(.loop(works), parts: partCount(works))
      } else if walk.layout.stepCount == 1 {
        walkOneStep(works)
      } else {
        run(.steps(works, Crew(most: crewSize)), parts: crewSize)
      }
    }
  }

  /// The number of threads that a loop keeps busy.
  private func partCount(_ works: UnsafeBufferPointer<LoweredWork>) -> Int {
    var cost = 0
    var slotCost = 0
    for work in works {
      var rowCost = 0
      if case .product(_, let index, _, _) = work.action {
        rowCost = 2 * weights[index].outputs * weights[index].depth
      } else if case .program(let code) = work.action, work.domain.isSlots {
        rowCost = 10 * code.operationCount
      }
      if work.domain.isSlots {
        slotCost += rowCost * walk.rowCount(work.domain)
      } else if case .product = work.action {
        cost += rowCost
      }
    }
    let wanted = (walk.layout.rowCount * max(cost, 2000) + slotCost) / 1_000_000
    return max(1, min(threadCount, walk.layout.sequenceCount / 2, wanted))
  }

  /// Some sequences from the first step to the last.
  func walk(_ works: UnsafeBufferPointer<LoweredWork>, places: Range<Int>, thread: Int) {
    forSteps(of: places) { step, rows, places in
      for number in 0..<works.count {
        forSegments(works[number], step, rows, places) { runSegment(works[number], $0, thread: thread) }
      }
    }
  }

  /// The only step of all sequences, as a session without a list of kernels takes it: a crew would come too late.
  private func walkOneStep(_ works: UnsafeBufferPointer<LoweredWork>) {
    forSteps(of: 0..<walk.layout.sequenceCount) { step, rows, places in
      for work in works {
        if case .product = work.action, isShared(work, rows: places.count) {
          runWhole(work, wakes: false)
        } else {
          forSegments(work, step, rows, places) { runSegment(work, $0, thread: 0) }
        }
      }
    }
  }

  /// All sequences from the first step to the last, with the larger works of each step divided among the threads that have come by then.
  func lead(_ works: UnsafeBufferPointer<LoweredWork>, _ crew: Crew) {
    var number = 0
    forSteps(of: 0..<walk.layout.sequenceCount) { step, rows, places in
      number += 1
      walkStep(works, crew, member: 0, of: crew.begin(step: number), step, rows, places, thread: 0)
    }
    crew.end()
  }

  /// This thread's share of the steps that are left when it comes.
  func follow(_ works: UnsafeBufferPointer<LoweredWork>, _ crew: Crew, _ thread: Int) {
    guard let member = crew.join() else { return }
    var (done, begun) = (0, crew.next(after: 0, member: member))
    forSteps(of: 0..<walk.layout.sequenceCount) { step, rows, places in
      done += 1
      guard let (number, size) = begun, number == done else { return }
      walkStep(works, crew, member: member, of: size, step, rows, places, thread: thread)
      begun = crew.next(after: number, member: member)
    }
  }

  /// A member's works of one step. All meet where one needs what another has written; what is not divided is the leader's.
  private func walkStep(
    _ works: UnsafeBufferPointer<LoweredWork>, _ crew: Crew, member: Int, of size: Int, _ step: Int,
    _ rows: StepRows, _ places: Range<Int>, thread: Int
  ) {
    var (isAhead, isDivided) = (false, false)
    for index in 0..<works.count {
      let work = works[index]
      forSegments(work, step, rows, places) { segment in
        let divides = size > 1 && isShared(work, rows: segment.count)
        if isDivided || divides && isAhead { crew.meet(member: member, size: size) }
        isAhead = true
        isDivided = divides
        if divides {
          runShare(work, segment, member, of: size, thread: thread)
        } else if member == 0 {
          runSegment(work, segment, thread: thread)
        }
      }
    }
    if isDivided { crew.meet(member: member, size: size) }
  }

  private func runShare(_ work: LoweredWork, _ segment: Segment, _ member: Int, of size: Int, thread: Int) {
    if case .product = work.action { return runPanels(work, segment, member, of: size) }
    let rows = share(segment.count, member, of: size)
    if !rows.isEmpty { runSegment(work, segment.rows(rows), thread: thread) }
  }

  /// Whether dividing a work of one step saves more than it costs to meet.
  private func isShared(_ work: LoweredWork, rows: Int) -> Bool {
    guard work.domain == .steps else { return false }
    switch work.action {
    case .product(_, let index, _, _):
      return (rows + 1) * weights[index].outputs * weights[index].depth >= 65_536
    case .program(let code): return rows > 1 && rows * code.operationCount >= 8192
    case .outer, .total, .overMemory, .accumulate: return false
    }
  }

  /// Calls `body` with each step in walking order, its rows, and those of the places that have it.
  @inline(__always)
  private func forSteps(of places: Range<Int>, _ body: (Int, StepRows, Range<Int>) -> Void) {
    guard !places.isEmpty else { return }
    let (stepCount, isUpwards) = (walk.layout.stepCount, walk.isUpwards)
    walk.layout.stepOffsets.withUnsafeBufferPointer { offsets in
      for index in 0..<stepCount {
        let step = isUpwards ? index : stepCount - 1 - index
        let rows = StepRows(offsets, step)
        let end = min(places.upperBound, rows.live)
        if places.lowerBound < end { body(step, rows, places.lowerBound..<end) }
      }
    }
  }

  /// Calls `body` with the segments of one step's range of places: as few as the work's operands allow.
  @inline(__always)
  private func forSegments(
    _ work: LoweredWork, _ step: Int, _ rows: StepRows, _ places: Range<Int>, _ body: (Segment) -> Void
  ) {
    if case .slots(let memory) = work.domain {
      if work.reads.isEmpty, !work.runsOverMemory {
        body(walk.slotSegment(memory, ofStep: step, places))
      } else {
        walk.forSlots(memory, ofStep: step, places, splits: readsAfter(work.reads), body)
      }
    } else {
      rows.forSegments(places, splits: readsAfter(work.reads), body)
    }
  }
}
