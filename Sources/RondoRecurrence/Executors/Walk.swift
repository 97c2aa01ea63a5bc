import RondoCore

/// The rows of a batch in the order in which a recurrence walks them.
package struct Walk: Sendable {
  package let layout: SequenceLayout
  /// From the first step to the last; otherwise each sequence is walked from its own end.
  package let isUpwards: Bool

  package init(_ layout: SequenceLayout, isUpwards: Bool) {
    self.layout = layout
    self.isUpwards = isUpwards
  }

  package var opposite: Walk { Walk(layout, isUpwards: !isUpwards) }

  /// For each sorted place the row at which its walk ends; nil for an empty sequence.
  func lastRow(ofPlace place: Int) -> Int? {
    let length = layout.lengths[layout.order[place]]
    return length == 0 ? nil : layout.row(place: place, time: isUpwards ? length - 1 : 0)
  }

  /// Calls `body` with the rows of one step's range of places, cut where sequences end a step later, if `splits`.
  func forSegments(ofStep step: Int, _ places: Range<Int>, splits: Bool, _ body: (Segment) -> Void) {
    let offset = layout.stepOffsets[step]
    let before = step == 0 ? -1 : layout.stepOffsets[step - 1]
    let isLast = step + 1 == layout.stepCount
    let nextLive = isLast ? 0 : layout.stepOffsets[step + 2] - layout.stepOffsets[step + 1]
    let nextOffset = layout.stepOffsets[step + 1]
    let cut = splits ? min(max(nextLive, places.lowerBound), places.upperBound) : places.upperBound
    if places.lowerBound < cut {
      body(
        Segment(
          row: offset + places.lowerBound, place: places.lowerBound, count: cut - places.lowerBound,
          before: before < 0 ? -1 : before + places.lowerBound,
          after: places.lowerBound < nextLive ? nextOffset + places.lowerBound : -1))
    }
    if cut < places.upperBound {
      body(
        Segment(
          row: offset + cut, place: cut, count: places.upperBound - cut,
          before: before < 0 ? -1 : before + cut,
          after: -1))
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

/// Rows that lie one after the other, as do their places and the rows walked before them.
struct Segment {
  var row: Int
  var place: Int
  var count: Int
  /// The row of the step before and of the step after in time, or -1 where the sequence begins or ends.
  var before: Int
  var after: Int
}
