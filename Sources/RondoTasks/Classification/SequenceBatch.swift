import RondoCore

/// A sequence as a classifier reads it.
enum SequenceValues: Sendable, Equatable {
  /// A symbol for each step.
  case symbols([Int32])
  /// A row of numbers for each step, one after the other.
  case numbers([Float], width: Int)

  /// The number of steps.
  var length: Int {
    switch self {
    case .symbols(let symbols): symbols.count
    case .numbers(let numbers, let width): width == 0 ? 0 : numbers.count / width
    }
  }
}

/// Sequences side by side, their rows as a layout places them.
struct SequenceBatch {
  enum Values {
    case symbols([Int32])
    case numbers(Tensor)
  }

  let layout: SequenceLayout
  let values: Values

  /// A batch of sequences, which are of one kind.
  ///
  /// - Parameter ids: Their numbers in the data set, which random masks are drawn by.
  init(_ sequences: [SequenceValues], ids: [Int]) {
    let layout = SequenceLayout(sequences.map(\.length), ids: ids)
    self.layout = layout
    if case .numbers(_, let width) = sequences.first {
      var tensor = Tensor(uninitialized: [layout.rowCount, width])
      let rows = tensor.mutablePointer()
      for (place, sequence) in layout.order.enumerated() {
        guard case .numbers(let numbers, width) = sequences[sequence] else {
          fatalError("SequenceBatch: sequences of several kinds")
        }
        numbers.withUnsafeBufferPointer { numbers in
          for time in 0..<layout.lengths[sequence] {
            let row = rows + layout.row(place: place, time: time) * width
            row.update(from: numbers.baseAddress! + time * width, count: width)
          }
        }
      }
      values = .numbers(tensor)
    } else {
      var symbols = [Int32](repeating: 0, count: layout.rowCount)
      for (place, sequence) in layout.order.enumerated() {
        guard case .symbols(let own) = sequences[sequence] else {
          fatalError("SequenceBatch: sequences of several kinds")
        }
        for time in own.indices { symbols[layout.row(place: place, time: time)] = own[time] }
      }
      values = .symbols(symbols)
    }
  }
}
