/// What makes one row of the rows of a sequence.
public enum Pooling: String, Sendable, CaseIterable, Codable {
  /// The row of the last step.
  case last
  /// The row of the first step: where a reverse direction ends.
  case first
  /// The mean of all rows.
  case mean
  /// The largest value of each column; rows that are equally large share its gradient.
  case max
}

/// One row for each sequence of a batch: [rows, width] gives [sequences, width], in the user's order of the sequences. An empty sequence gives
/// zeros.
///
/// Rows of a sequence are added in the order of time.
///
/// - Parameters:
///   - x: The rows of the batch, as `layout` places them.
public func pool(_ x: Variable, _ layout: SequenceLayout, _ pooling: Pooling) -> Variable {
  require(
    x.shape.count == 2 && x.shape[0] == layout.rowCount,
    "pool: x \(x.shape) for a layout of \(layout.rowCount) rows")
  let width = x.shape[1]
  let value = x.value
  var result = Tensor(zeros: [layout.sequenceCount, width])
  let destination = result.mutablePointer()
  PoolSequences.places(layout, width: width) { place in
    let sequence = layout.order[place]
    let (from, to) = (value.pointer, destination + sequence * width)
    let length = layout.lengths[sequence]
    guard length > 0 else { return }
    func row(_ time: Int) -> UnsafePointer<Float> { from + layout.row(place: place, time: time) * width }
    switch pooling {
    case .last: to.update(from: row(length - 1), count: width)
    case .first: to.update(from: row(0), count: width)
    case .mean:
      for time in 0..<length {
        let row = row(time)
        for j in 0..<width { to[j] += row[j] }
      }
      for j in 0..<width { to[j] /= Float(length) }
    case .max:
      to.update(from: row(0), count: width)
      for time in 1..<Swift.max(length, 1) {
        let row = row(time)
        for j in 0..<width where row[j] > to[j] { to[j] = row[j] }
      }
    }
  }
  let largest = pooling == .max ? result : nil
  return x.tape.node("pool", result, inputs: [x]) { [x = x.id] gradient, sink in
    sink.accumulate(x) { pointer in
      PoolSequences.places(layout, width: width) { place in
        let sequence = layout.order[place]
        let (from, length) = (gradient.pointer + sequence * width, layout.lengths[sequence])
        guard length > 0 else { return }
        func row(_ time: Int) -> UnsafeMutablePointer<Float> {
          pointer + layout.row(place: place, time: time) * width
        }
        switch pooling {
        case .last, .first:
          let row = row(pooling == .last ? length - 1 : 0)
          for j in 0..<width { row[j] += from[j] }
        case .mean:
          for time in 0..<length {
            let row = row(time)
            for j in 0..<width { row[j] += from[j] / Float(length) }
          }
        case .max:
          let top = largest!.pointer + sequence * width
          for j in 0..<width {
            func isLargest(_ time: Int) -> Bool {
              value.pointer[layout.row(place: place, time: time) * width + j] == top[j]
            }
            let share = from[j] / Float((0..<length).count(where: isLargest))
            for time in 0..<length where isLargest(time) { row(time)[j] += share }
          }
        }
      }
    }
  }
}

/// Attention pooling: the rows of each sequence, weighted by a softmax of their scores over its steps.
///
///     a = softmax over the steps of a sequence (scores),  y = Σ a x
///
/// An empty sequence gives zeros.
///
/// - Parameters:
///   - x: [rows, width], as `layout` places them.
///   - scores: [rows, 1]
/// - Returns: [sequences, width], in the user's order of the sequences.
public func attentionPool(_ x: Variable, scores: Variable, _ layout: SequenceLayout) -> Variable {
  require(
    x.shape.count == 2 && x.shape[0] == layout.rowCount && scores.shape == [layout.rowCount, 1],
    "attentionPool: x \(x.shape) and scores \(scores.shape) for a layout of \(layout.rowCount) rows")
  let width = x.shape[1]
  let (value, weights) = (x.value, PoolSequences.softmax(scores.value, layout))
  var result = Tensor(zeros: [layout.sequenceCount, width])
  let destination = result.mutablePointer()
  PoolSequences.places(layout, width: width) { place in
    let sequence = layout.order[place]
    let to = destination + sequence * width
    for time in 0..<layout.lengths[sequence] {
      let index = layout.row(place: place, time: time)
      let (row, weight) = (value.pointer + index * width, weights.pointer[index])
      for j in 0..<width { to[j] += weight * row[j] }
    }
  }
  let (xID, scoresID) = (x.id, scores.id)
  return x.tape.node("attentionPool", result, inputs: [x, scores]) { [result] gradient, sink in
    sink.accumulate(xID) { pointer in
      PoolSequences.places(layout, width: width) { place in
        let sequence = layout.order[place]
        let from = gradient.pointer + sequence * width
        for time in 0..<layout.lengths[sequence] {
          let index = layout.row(place: place, time: time)
          let (row, weight) = (pointer + index * width, weights.pointer[index])
          for j in 0..<width { row[j] += weight * from[j] }
        }
      }
    }
    // da = g · x, ds = a (da − Σ a da), and Σ a da = g · y.
    sink.accumulate(scoresID) { pointer in
      PoolSequences.places(layout, width: width) { place in
        let sequence = layout.order[place]
        let (from, y) = (gradient.pointer + sequence * width, result.pointer + sequence * width)
        var mean: Float = 0
        for j in 0..<width { mean += from[j] * y[j] }
        for time in 0..<layout.lengths[sequence] {
          let index = layout.row(place: place, time: time)
          let row = value.pointer + index * width
          var product: Float = 0
          for j in 0..<width { product += from[j] * row[j] }
          pointer[index] += weights.pointer[index] * (product - mean)
        }
      }
    }
  }
}

enum PoolSequences: DifferentiableOperation {
  /// Visits the places of the sorted order, several threads if it pays.
  fileprivate static func places(_ layout: SequenceLayout, width: Int, _ body: (Int) -> Void) {
    let rows = max(1, layout.rowCount / max(1, layout.sequenceCount))
    Concatenate.rows(layout.sequenceCount, width: width * rows, body)
  }

  /// The softmax of one score a row over the steps of each sequence.
  fileprivate static func softmax(_ scores: Tensor, _ layout: SequenceLayout) -> Tensor {
    var weights = Tensor(uninitialized: [layout.rowCount])
    let to = weights.mutablePointer()
    for (place, sequence) in layout.order.enumerated() {
      let rows = (0..<layout.lengths[sequence]).map { layout.row(place: place, time: $0) }
      let largest = rows.map { scores.pointer[$0] }.max() ?? 0
      var sum = 0.0
      for row in rows {
        let power = PortableMath.exp(Double(scores.pointer[row] - largest))
        to[row] = Float(power)
        sum += power
      }
      for row in rows { to[row] = Float(Double(to[row]) / sum) }
    }
    return weights
  }

  static func plain(_ x: [Double], _ layout: SequenceLayout, _ pooling: Pooling, width: Int) -> [Double] {
    sequences(x, layout, width: width).flatMap { rows in
      (0..<width).map { j in
        let column = rows.map { $0[j] }
        return switch pooling {
        case .last: column.last ?? 0
        case .first: column.first ?? 0
        case .mean: column.isEmpty ? 0 : column.reduce(0, +) / Double(column.count)
        case .max: column.max() ?? 0
        }
      }
    }
  }

  static func plainAttention(
    _ x: [Double], _ scores: [Double], _ layout: SequenceLayout, width: Int
  ) -> [Double] {
    zip(sequences(x, layout, width: width), sequences(scores, layout, width: 1)).flatMap { rows, scores in
      let powers = scores.map { PortableMath.exp($0[0]) }
      let sum = powers.reduce(0, +)
      return (0..<width).map { j in zip(rows, powers).reduce(0) { $0 + $1.0[j] * $1.1 / sum } }
    }
  }

  /// The rows of each sequence in the order of time, in the user's order.
  private static func sequences(_ x: [Double], _ layout: SequenceLayout, width: Int) -> [[[Double]]] {
    let places = Dictionary(uniqueKeysWithValues: layout.order.enumerated().map { ($1, $0) })
    return layout.lengths.enumerated().map { sequence, length in
      (0..<length).map { time in
        let row = layout.row(place: places[sequence]!, time: time)
        return Array(x[row * width..<(row + 1) * width])
      }
    }
  }

  static var checks: [OperationCheck] {
    let layout = SequenceLayout([2, 0, 4, 1])
    let x = OperationCheck.uniform([7, 5], stream: 1)
    return Pooling.allCases.map { pooling in
      OperationCheck(
        "pool", pooling.rawValue, inputs: [x], fast: { pool($0[0], layout, pooling) },
        plain: { plain($0[0], layout, pooling, width: 5) })
    } + [
      OperationCheck(
        "attentionPool", "", inputs: [x, OperationCheck.uniform([7, 1], stream: 2)],
        fast: { attentionPool($0[0], scores: $0[1], layout) },
        plain: { plainAttention($0[0], $0[1], layout, width: 5) })
    ]
  }
}
