import RondoCore

/// Where the rows of a memory's slots lie: sequence by sequence in the sorted order of the walk, whatever the order of the memory's own
/// layout.
///
/// The rows of one step are a beginning of these rows, since step t touches the first places; so what a step computes for its slots lies
/// beside the memory row by row.
package struct Slots: Sendable {
  /// The first row of each sequence at a sorted place, and the row count at the end.
  package let offsets: [Int]
  /// The first of a step's rows among those of all steps, and their number at the end.
  package let stepOffsets: [Int]

  /// - Parameter lengths: The number of slots of each sequence, in the user's order.
  package init(_ lengths: [Int], _ layout: SequenceLayout) {
    var offsets = [0]
    for sequence in layout.order { offsets.append(offsets.last! + lengths[sequence]) }
    var stepOffsets = [0]
    for step in 0..<layout.stepCount {
      stepOffsets.append(stepOffsets[step] + offsets[layout.rows(ofStep: step).count])
    }
    self.offsets = offsets
    self.stepOffsets = stepOffsets
  }

  package var rowCount: Int { offsets[offsets.count - 1] }

  /// The rows of all steps.
  package var totalCount: Int { stepOffsets[stepOffsets.count - 1] }

  /// The slots of the sequence at a sorted place.
  package func rows(ofPlace place: Int) -> Range<Int> { offsets[place]..<offsets[place + 1] }
}
