import RondoCore

/// The rows of a batch in the order in which a recurrence walks them.
package struct Walk: Sendable {
  package let layout: SequenceLayout
  /// From the first step to the last; otherwise each sequence is walked from its own end.
  package let isUpwards: Bool
  /// For each further input that is a memory the number of slots of each sequence, in the user's order; for others nothing.
  package let slotCounts: [[Int]]
  /// Where the slots of each further input lie.
  package let slots: [Slots]

  package init(_ layout: SequenceLayout, isUpwards: Bool, slotCounts: [[Int]] = []) {
    self.layout = layout
    self.isUpwards = isUpwards
    self.slotCounts = slotCounts
    slots = slotCounts.map {
      Slots($0.isEmpty ? Array(repeating: 0, count: layout.sequenceCount) : $0, layout)
    }
  }

  package var opposite: Walk { Walk(layout, isUpwards: !isUpwards, slotCounts: slotCounts) }

  /// The walk over some of the steps.
  package func chunk(_ steps: Range<Int>) -> Walk {
    Walk(layout.chunk(steps), isUpwards: isUpwards, slotCounts: slotCounts)
  }

  /// The number of rows that values of a domain have.
  package func rowCount(_ domain: Domain) -> Int {
    switch domain {
    case .fixed(let rows): rows
    case .sequences: layout.sequenceCount
    case .memory(let memory): slots[memory].rowCount
    case .steps: layout.rowCount
    case .slots(let memory): slots[memory].totalCount
    }
  }

  /// For each sorted place the row at which its walk ends; nil for an empty sequence.
  func lastRow(ofPlace place: Int) -> Int? {
    let length = layout.lengths[layout.order[place]]
    return length == 0 ? nil : layout.row(place: place, time: isUpwards ? length - 1 : 0)
  }

  /// Calls `body` with the rows of one step's range of places, cut where sequences end a step later, if `splits`.
  func forSegments(ofStep step: Int, _ places: Range<Int>, splits: Bool, _ body: (Segment) -> Void) {
    layout.stepOffsets.withUnsafeBufferPointer {
      StepRows($0, step).forSegments(places, splits: splits, body)
    }
  }

  /// Calls `body` with the slots of one step's range of places, sequence by sequence, so that what has a row for each step can be read
  /// beside what has one for each slot.
  func forSlots(
    _ memory: Int, ofStep step: Int, _ places: Range<Int>, splits: Bool, _ body: (Segment) -> Void
  ) {
    for place in places {
      let rows = slots[memory].rows(ofPlace: place)
      forSegments(ofStep: step, place..<place + 1, splits: splits) { segment in
        var segment = segment
        segment.count = rows.count
        segment.memoryRow = rows.lowerBound
        segment.slotRow = slots[memory].stepOffsets[step] + rows.lowerBound
        segment.isOneSequence = true
        body(segment)
      }
    }
  }

  /// The slots of one step's range of places as one segment.
  func slotSegment(_ memory: Int, ofStep step: Int, _ places: Range<Int>) -> Segment {
    let offsets = slots[memory].offsets
    let first = offsets[places.lowerBound]
    return Segment(
      row: layout.stepOffsets[step] + places.lowerBound, place: places.lowerBound,
      count: offsets[places.upperBound] - first, before: -1, after: -1, memoryRow: first,
      slotRow: slots[memory].stepOffsets[step] + first)
  }

  /// Calls `body` with a range of a memory's rows, sequence by sequence.
  func forSlots(_ memory: Int, ofRows range: Range<Int>, _ body: (Segment) -> Void) {
    for place in 0..<layout.sequenceCount {
      let rows = slots[memory].rows(ofPlace: place)
      // An empty memory counts, too: its sum is zero.
      let share = rows.clamped(to: range)
      guard !share.isEmpty || rows.isEmpty else { continue }
      body(
        Segment(
          row: share.lowerBound, place: place, count: share.count, before: -1, after: -1,
          memoryRow: share.lowerBound, slotRow: share.lowerBound, isOneSequence: true))
    }
  }

  /// Calls `body` with the segments of a range of rows, as few as possible.
  ///
  /// - Parameters:
  ///   - before: The step before is read: its rows, too, have to lie one after the other.
  ///   - after: The step after is read.
  ///   - places: Rows of places are read, so that a segment ends with its step.
  func forSegments(
    ofRows range: Range<Int>, before: Bool, after: Bool, places: Bool, _ body: (Segment) -> Void
  ) {
    var pending: Segment?
    for step in 0..<layout.stepCount {
      let rows = layout.rows(ofStep: step).clamped(to: range)
      guard !rows.isEmpty else { continue }
      let offset = layout.stepOffsets[step]
      forSegments(ofStep: step, rows.lowerBound - offset..<rows.upperBound - offset, splits: after) {
        segment in
        if let last = pending, !places, last.row + last.count == segment.row,
          !before || (last.before >= 0 && last.before + last.count == segment.before),
          !after || (last.after >= 0 && last.after + last.count == segment.after)
        {
          pending!.count += segment.count
        } else {
          if let last = pending { body(last) }
          pending = segment
        }
      }
    }
    if let last = pending { body(last) }
  }
}

/// The rows of one step, and where those before and after it in time lie.
struct StepRows {
  /// The number of sequences that have the step.
  let live: Int
  private let row: Int
  private let before: Int
  private let after: Int
  /// The number of sequences that have the step after it.
  private let liveAfter: Int

  init(_ offsets: UnsafeBufferPointer<Int>, _ step: Int) {
    row = offsets[step]
    after = offsets[step + 1]
    live = after - row
    before = step == 0 ? -1 : offsets[step - 1]
    liveAfter = step + 2 == offsets.count ? 0 : offsets[step + 2] - after
  }

  /// Calls `body` with the rows of a range of places, cut where sequences end a step later, if `splits`.
  @inline(__always)
  func forSegments(_ places: Range<Int>, splits: Bool, _ body: (Segment) -> Void) {
    let end = places.upperBound
    let cut = splits ? min(max(liveAfter, places.lowerBound), end) : end
    if places.lowerBound < cut { body(segment(places.lowerBound..<cut)) }
    if cut < end { body(segment(cut..<end)) }
  }

  private func segment(_ places: Range<Int>) -> Segment {
    let first = places.lowerBound
    return Segment(
      row: row + first, place: first, count: places.count, before: before < 0 ? -1 : before + first,
      after: first < liveAfter ? after + first : -1)
  }
}

/// Rows that lie one after the other, as do their places and the rows walked before them.
struct Segment {
  var row: Int
  var place: Int
  var count: Int
  /// The row of the step before and of the step after in time, or -1 where the sequence begins or ends.
  var before: Int
  var after: Int
  /// The first row among those of a memory, and among those of its slots in all steps.
  var memoryRow = 0
  var slotRow = 0
  /// Whether the rows are the slots of one sequence, which share the row of its step.
  var isOneSequence = false

  /// Some of the rows of a step.
  func rows(_ range: Range<Int>) -> Segment {
    let first = range.lowerBound
    return Segment(
      row: row + first, place: place + first, count: range.count, before: before < 0 ? -1 : before + first,
      after: after < 0 ? -1 : after + first)
  }
}
