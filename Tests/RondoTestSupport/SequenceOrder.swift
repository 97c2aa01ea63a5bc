import RondoCore
import RondoRecurrence

/// Between a user's order of sequences and rows and the layout's, written once more and slowly.
extension SequenceLayout {
  /// Rows of all sequences, one after the other, as the layout's rows.
  package func rows<Element>(ofSequences values: [Element], width: Int) -> [Element] {
    var result = values
    for (position, row) in rowsOfSequences.enumerated() {
      result.replaceSubrange(
        row * width..<(row + 1) * width, with: values[position * width..<(position + 1) * width])
    }
    return result
  }

  /// The layout's rows as rows of all sequences, one after the other.
  package func sequences<Element>(ofRows values: [Element], width: Int) -> [Element] {
    rowsOfSequences.flatMap { values[$0 * width..<($0 + 1) * width] }
  }

  /// A row for each sequence in the user's order, in the layout's.
  package func places<Element>(ofSequences values: [Element]) -> [Element] {
    let width = values.count / max(1, sequenceCount)
    return order.flatMap { values[$0 * width..<($0 + 1) * width] }
  }

  /// A row for each place in the layout's order, in the user's.
  package func sequences<Element>(ofPlaces values: [Element]) -> [Element] {
    let width = values.count / max(1, sequenceCount)
    return order.indices.flatMap { sequence in
      let place = order.firstIndex(of: sequence)!
      return values[place * width..<(place + 1) * width]
    }
  }

  /// The layout's row of each step of each sequence.
  private var rowsOfSequences: [Int] {
    lengths.indices.flatMap { sequence in
      let place = order.firstIndex(of: sequence)!
      return (0..<lengths[sequence]).map { row(place: place, time: $0) }
    }
  }
}

extension Walk {
  /// The rows of all slots as the walk has them, sequence by sequence in the user's order.
  package func sequences<Element>(ofSlots values: [Element], of memory: Int, width: Int) -> [Element] {
    rowsOfSlots(memory).flatMap { values[$0 * width..<($0 + 1) * width] }
  }

  /// The rows of all slots in the user's order, as the walk has them.
  package func slots<Element>(ofSequences values: [Element], of memory: Int, width: Int) -> [Element] {
    var result = values
    for (position, row) in rowsOfSlots(memory).enumerated() where !values.isEmpty {
      result.replaceSubrange(
        row * width..<(row + 1) * width, with: values[position * width..<(position + 1) * width])
    }
    return result
  }

  private func rowsOfSlots(_ memory: Int) -> [Int] {
    layout.lengths.indices.flatMap { slots[memory].rows(ofPlace: layout.order.firstIndex(of: $0)!) }
  }
}
