import RondoCore

/// The memories of a batch: what a cell reads as `w.memory("source", n)`, such as the outputs of an encoder.
///
/// Its sequences have lengths and an order of their own; each belongs to the sequence that has the same number in the batch.
public struct Memory {
  /// [rows, width]: the slots as `layout` places them.
  public let rows: Variable
  /// The number of slots of each sequence.
  public let layout: SequenceLayout

  /// Memories of these rows. Traps if the layout has another number of them.
  public init(rows: Variable, layout: SequenceLayout) {
    require(
      rows.shape.count == 2 && rows.shape[0] == layout.rowCount,
      "Memory: rows of shape \(rows.shape), the layout has \(layout.rowCount)")
    self.rows = rows
    self.layout = layout
  }

  /// The memory of each sequence by itself, [slots, width]: what a `Session` is given.
  public var sequences: [Tensor] {
    let width = rows.shape[1]
    let places = layout.places
    return layout.lengths.indices.map { sequence in
      let values = (0..<layout.lengths[sequence]).flatMap { time in
        let first = layout.row(place: places[sequence], time: time) * width
        return rows.value.withUnsafeBufferPointer { Array($0[first..<first + width]) }
      }
      return Tensor([layout.lengths[sequence], width], values)
    }
  }

  /// The rows sequence by sequence in this order, as a walk reads them.
  func rows(inOrder order: [Int]) -> Variable {
    let places = layout.places
    let indices = order.flatMap { sequence in
      (0..<layout.lengths[sequence]).map { Int32(layout.row(place: places[sequence], time: $0)) }
    }
    return gatherRows(rows, indices)
  }
}

extension SequenceLayout {
  /// The sorted place of each sequence.
  fileprivate var places: [Int] {
    var places = order
    for (place, sequence) in order.enumerated() { places[sequence] = place }
    return places
  }
}

/// What a cell reads in one pass beside its input, in the order in which it declares it.
struct FurtherRows {
  /// Rows in the order of the walk.
  var variables: [Variable] = []
  /// Of memories, as `Walk` has them.
  var slotCounts: [[Int]] = []

  /// - Parameters:
  ///   - inputs: [rows, width] of what has a row for each step, [sequences, width] of what has one for each sequence.
  init(
    _ further: [FurtherInput], _ layout: SequenceLayout, inputs: [String: Variable],
    memories: [String: Memory]
  ) {
    let names = further.map(\.name)
    for name in (Array(inputs.keys) + Array(memories.keys)).sorted() where !names.contains(name) {
      fatalError(
        "Recurrence: the cell reads no \(name); its further inputs are [\(names.joined(separator: ", "))]")
    }
    for input in further {
      var counts: [Int] = []
      if input.kind == .memory {
        guard let memory = memories[input.name] else {
          fatalError("Recurrence: no memory \(input.name) is given")
        }
        require(
          memory.layout.sequenceCount == layout.sequenceCount && memory.rows.shape[1] == input.width,
          "Recurrence: memory \(input.name) of \(memory.layout.sequenceCount) sequences of width "
            + "\(memory.rows.shape[1]), expected \(layout.sequenceCount) of width \(input.width)")
        counts = memory.layout.lengths
        variables.append(memory.rows(inOrder: layout.order))
      } else {
        guard let rows = inputs[input.name] else { fatalError("Recurrence: no input \(input.name) is given") }
        let count = input.kind == .step ? layout.rowCount : layout.sequenceCount
        require(
          rows.shape == [count, input.width],
          "Recurrence: input \(input.name) of shape \(rows.shape), expected [\(count), \(input.width)]")
        variables.append(input.kind == .step ? rows : gatherRows(rows, layout.order.map { Int32($0) }))
      }
      slotCounts.append(counts)
    }
  }
}
