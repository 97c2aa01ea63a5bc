// Loops over time. With many sequences each thread owns some of them from the first step to the last, so that no step waits for another
// thread; with few all threads share the works of each step.

extension Runner {
  func runLoop(_ works: [LoweredWork]) {
    works.withUnsafeBufferPointer { works in
      if !hasManySequences, threadCount > 1,
        works.contains(where: { isShared($0, rows: walk.layout.sequenceCount) })
      {
        return walkShared(works)
      }
      run(.loop(works), parts: partCount(works))
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

  /// All sequences, with the larger works of each step divided among threads. The first of them wakes a thread that sleeps; until it is
  /// awake, its share is done here.
  private func walkShared(_ works: UnsafeBufferPointer<LoweredWork>) {
    var wakes = true
    forSteps(of: 0..<walk.layout.sequenceCount) { step, rows, places in
      for number in 0..<works.count {
        forSegments(works[number], step, rows, places) { segment in
          if isShared(works[number], rows: segment.count) {
            run(.step(works.baseAddress! + number, segment), parts: threadCount, wakes: wakes)
            wakes = false
          } else {
            runSegment(works[number], segment, thread: 0)
          }
        }
      }
    }
  }

  /// Whether dividing a work of one step saves more than it costs to hand over a part.
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
