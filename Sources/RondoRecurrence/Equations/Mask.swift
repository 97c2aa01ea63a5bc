import CRondoKernels
import RondoCore

/// Random zeros in the equations of a cell, drawn while it trains: each element is 0 with a probability p, else 1 / (1 − p).
///
/// An element is a pure function of (seed, pass, stream, sequence id, absolute time, column), of a weight's mask of (seed, pass, stream,
/// row, column). So it depends neither on a sequence's place in the batch nor on how a run is cut into chunks.
package struct Mask: Hashable, Sendable {
  /// How long a mask stays the same.
  package enum Period: Hashable, Sendable {
    /// It is drawn anew in every step.
    case step
    /// It is the same in all steps of a sequence.
    case sequence
    /// It is the same for all sequences of a pass, and has so many rows: a weight's.
    case pass(rows: Int)
  }

  /// What tells it from the cell's other masks.
  package var name: String
  package var period: Period
  package var probability: Float
  /// Whether its name has the number of a layer already.
  package var hasLayer = false

  var withoutLayer: Mask {
    Mask(name: name, period: period, probability: probability)
  }

  package var domain: Domain {
    switch period {
    case .step: .steps
    case .sequence: .sequences
    case .pass(let rows): .fixed(rows: rows)
    }
  }

  /// The values of one row.
  package static func row(width: Int, keys: (UInt32, UInt32), probability: Float) -> [Float] {
    Array(unsafeUninitializedCapacity: width) { row, count in
      if let base = row.baseAddress { rondo_dropout_mask(width, keys.0, keys.1, probability, base) }
      count = width
    }
  }
}

/// What the masks of one pass are drawn by.
package struct MaskSource: Sendable {
  /// The keys of each mask of the step.
  package let keys: [MaskKeys]

  /// - Parameter streams: One for each mask.
  package init(seed: UInt64, pass: UInt64, streams: [UInt64]) {
    keys = streams.map { MaskKeys(seed: seed, pass: pass, stream: $0) }
  }

  package func keys(_ mask: Int, sequence: Int, time: Int) -> (UInt32, UInt32) {
    keys[mask].key(sequence: sequence, time: time)
  }

  /// For what is the same in all steps.
  package func keys(_ mask: Int, sequence: Int) -> (UInt32, UInt32) {
    keys(mask, sequence: sequence, time: -1)
  }

  /// For the row of a weight.
  package func keys(_ mask: Int, row: Int) -> (UInt32, UInt32) { keys(mask, sequence: row, time: -2) }
}

extension Runner {
  /// Draws the masks of a pass over these rows.
  package func draw(_ source: MaskSource, for layout: SequenceLayout) {
    for (index, buffer) in plan.memory.buffers.enumerated() {
      guard case .mask(let number) = buffer.kind else { continue }
      let (mask, region, width) = (plan.step.masks[number], regions[index], buffer.width)
      func fill(_ row: Int, _ keys: (UInt32, UInt32)) {
        E.mask(
          width: width, keys: keys, probability: mask.probability, into: region.base + row * region.stride)
      }
      switch mask.period {
      case .step:
        for step in 0..<layout.stepCount {
          for (place, row) in layout.rows(ofStep: step).enumerated() {
            let sequence = layout.order[place]
            fill(
              row,
              source.keys(number, sequence: layout.ids[sequence], time: layout.startTimes[sequence] + step))
          }
        }
      case .sequence:
        for (place, sequence) in layout.order.enumerated() {
          fill(place, source.keys(number, sequence: layout.ids[sequence]))
        }
      case .pass(let rows):
        for row in 0..<rows { fill(row, source.keys(number, row: row)) }
      }
    }
  }
}
