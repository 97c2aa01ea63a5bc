/// Where the rows of a batch of sequences lie: time-major, longest sequence first, without padding.
///
/// Step `t` has the rows `stepOffsets[t]..<stepOffsets[t + 1]`, one for each sequence longer than `t`, so row `stepOffsets[t] + b` belongs
/// to the sequence at place `b` of the sorted order. Users give and get arrays in their own order; the sorting is an affair of this type.
/// Empty sequences are legal.
public struct SequenceLayout: Sendable, Hashable {
  /// The length of each sequence, in the user's order.
  public let lengths: [Int]
  /// The user's index of the sequence at each sorted place.
  public let order: [Int]
  /// The first row of each step, and the row count at the end: `stepCount + 1` entries.
  public let stepOffsets: [Int]
  /// The number of each sequence in its data set, in the user's order: what random masks are drawn by.
  public let ids: [Int]
  /// The absolute time of each sequence's first row, in the user's order: 0 except in a chunk of a longer run.
  public let startTimes: [Int]

  /// The layout of sequences with these lengths.
  ///
  /// - Parameters:
  ///   - ids: The sequences' numbers in their data set; `0, 1, …` if not given.
  ///   - startTimes: The absolute time at which each begins; 0 if not given.
  ///   - order: The order of the batch of which this is a chunk. It must keep the lengths from growing, which holds for chunks of a
  ///     batch that was sorted whole. Without it the order is longest first, ties in the user's order.
  public init(_ lengths: [Int], ids: [Int]? = nil, startTimes: [Int]? = nil, order: [Int]? = nil) {
    require(lengths.allSatisfy { $0 >= 0 }, "SequenceLayout: negative length in \(lengths)")
    require(
      ids == nil || ids!.count == lengths.count,
      "SequenceLayout: \(ids?.count ?? 0) ids for \(lengths.count) sequences")
    require(
      startTimes == nil || startTimes!.count == lengths.count,
      "SequenceLayout: \(startTimes?.count ?? 0) start times for \(lengths.count) sequences")
    self.lengths = lengths
    self.ids = ids ?? Array(lengths.indices)
    self.startTimes = startTimes ?? Array(repeating: 0, count: lengths.count)
    let sorted =
      order
      ?? lengths.indices.sorted { lengths[$0] != lengths[$1] ? lengths[$0] > lengths[$1] : $0 < $1 }
    require(
      sorted.sorted() == Array(lengths.indices), "SequenceLayout: the order \(sorted) is not a permutation")
    require(
      zip(sorted, sorted.dropFirst()).allSatisfy { lengths[$0] >= lengths[$1] },
      "SequenceLayout: lengths grow along the given order \(sorted)")
    var offsets = [0]
    var live = lengths.count
    for step in 0..<(sorted.map { lengths[$0] }.max() ?? 0) {
      while live > 0, lengths[sorted[live - 1]] <= step { live -= 1 }
      offsets.append(offsets[step] + live)
    }
    self.order = sorted
    self.stepOffsets = offsets
  }

  /// `count` sequences of the same length.
  public init(uniform length: Int, count: Int) {
    self.init(Array(repeating: length, count: count))
  }

  /// The number of sequences, empty ones included.
  public var sequenceCount: Int { lengths.count }
  /// The number of steps: the length of the longest sequence.
  public var stepCount: Int { stepOffsets.count - 1 }
  /// The number of rows: the sum of all lengths.
  public var rowCount: Int { stepOffsets[stepCount] }

  /// The rows of one step.
  public func rows(ofStep step: Int) -> Range<Int> { stepOffsets[step]..<stepOffsets[step + 1] }

  /// The row of the step `time` of the sequence at a sorted place.
  public func row(place: Int, time: Int) -> Int { stepOffsets[time] + place }

  /// The steps `steps` of this batch as a layout of its own, in the same order; sequences that have ended have length 0 there.
  public func chunk(_ steps: Range<Int>) -> SequenceLayout {
    SequenceLayout(
      lengths.map { max(0, min($0, steps.upperBound) - steps.lowerBound) }, ids: ids,
      startTimes: zip(startTimes, lengths).map { $0 + min(steps.lowerBound, $1) }, order: order)
  }
}
