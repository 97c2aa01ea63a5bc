import CRondoKernels

/// Sets elements to zero with probability p and divides the others by 1 − p, where the tape trains;
/// elsewhere, and for p = 0, the input itself.
///
/// The mask of a row is a pure function of (seed, pass, stream, sequence id, absolute time) and the column,
/// so it depends neither on the sequence's place in the batch nor on how a run is cut into chunks.
///
/// Source: Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014, JMLR
/// 15:1929–1958.
///
/// - Parameters:
///   - x: The rows of a batch of sequences, as `layout` says.
///   - stream: Tells this use from others: `RandomSource.stream` of a dotted name.
public func dropout(
  _ x: Variable, probability: Float, layout: SequenceLayout, stream: UInt64
) -> Variable {
  Dropout.node(x, probability: probability, stream: stream) { keys in
    require(
      x.value.rows == layout.rowCount,
      "dropout: x \(x.shape) for a layout of \(layout.rowCount) rows")
    var rows: [(UInt32, UInt32)] = []
    rows.reserveCapacity(layout.rowCount)
    for step in 0..<layout.stepCount {
      for place in 0..<layout.rows(ofStep: step).count {
        let sequence = layout.order[place]
        rows.append(keys.key(sequence: layout.ids[sequence], time: layout.startTimes[sequence] + step))
      }
    }
    return rows
  }
}

/// Dropout of rows that belong to no sequence: the row's number stands for the sequence id.
public func dropout(_ x: Variable, probability: Float, stream: UInt64) -> Variable {
  Dropout.node(x, probability: probability, stream: stream) { keys in
    (0..<x.value.rows).map { keys.key(sequence: $0, time: 0) }
  }
}

/// The keys of random masks: a pure function of (seed, pass, stream) and of the sequence and time of a row.
/// The column is what `rondo_dropout_mask` adds.
package struct MaskKeys: Sendable {
  private let source: RandomSource
  private let stream: UInt64

  package init(seed: UInt64, pass: UInt64, stream: UInt64) {
    source = RandomSource(seed: RandomSource(seed: seed).bits(stream: stream, position: pass))
    self.stream = stream
  }

  package func key(sequence: Int, time: Int) -> (UInt32, UInt32) {
    let bits = source.bits(
      stream: UInt64(bitPattern: Int64(sequence)), position: UInt64(bitPattern: Int64(time)))
    return (UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32))
  }
}

enum Dropout: DifferentiableOperation {
  fileprivate static func node(
    _ x: Variable, probability: Float, stream: UInt64, _ rowKeys: (MaskKeys) -> [(UInt32, UInt32)]
  ) -> Variable {
    require(0..<1 ~= probability, "dropout: the probability \(probability) is not in 0..<1")
    guard x.tape.isTraining, probability > 0 else { return x }
    let keys = rowKeys(MaskKeys(seed: x.tape.seed, pass: x.tape.pass, stream: stream))
    let y = apply(x.value, keys, probability)
    return x.tape.node("dropout", y, inputs: [x]) { [x = x.id] gradient, sink in
      sink.add(x, apply(gradient, keys, probability))
    }
  }

  /// x · mask
  private static func apply(_ x: Tensor, _ keys: [(UInt32, UInt32)], _ probability: Float) -> Tensor {
    let width = x.columns
    var y = Tensor(uninitialized: x.shape)
    let (source, destination) = (x.pointer, y.mutablePointer())
    Concatenate.rows(x.rows, width: width) { row in
      let to = destination + row * width
      rondo_dropout_mask(width, keys[row].0, keys[row].1, probability, to)
      rondo_binary(Int32(RONDO_OP_MUL.rawValue), width, to, source + row * width, to)
    }
    return y
  }

  static func plain(
    _ x: [Double], width: Int, keys: [(UInt32, UInt32)], probability: Float
  ) -> [Double] {
    x.indices.map { i in
      let key = keys[i / width]
      let uniform = Float(rondo_random_bits(key.0, key.1, UInt32(i % width)) >> 8) * 0x1p-24
      return uniform < probability ? 0 : x[i] / Double(1 - probability)
    }
  }

  static var checks: [OperationCheck] {
    let layout = SequenceLayout([2, 0, 3], ids: [70, 71, 72], startTimes: [5, 0, 4])
    // The rows are (72, 4), (70, 5), (72, 5), (70, 6), (72, 6).
    let places = [(72, 4), (70, 5), (72, 5), (70, 6), (72, 6)]
    let keys = MaskKeys(seed: 7, pass: 3, stream: 11)
    return [
      OperationCheck(
        "dropout", "sequences", inputs: [OperationCheck.uniform([5, 37], stream: 1)],
        fast: { dropout($0[0], probability: 0.3, layout: layout, stream: 11) },
        plain: {
          plain($0[0], width: 37, keys: places.map { keys.key(sequence: $0, time: $1) }, probability: 0.3)
        }),
      OperationCheck(
        "dropout", "rows", inputs: [OperationCheck.uniform([3, 2, 21], stream: 1)],
        fast: { dropout($0[0], probability: 0.6, stream: 11) },
        plain: {
          plain($0[0], width: 21, keys: (0..<6).map { keys.key(sequence: $0, time: 0) }, probability: 0.6)
        }),
    ]
  }
}
