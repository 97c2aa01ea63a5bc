/// Rows side by side: inputs of shapes […, a], […, b], … give […, a + b + …].
public func concatenate(_ inputs: [Variable]) -> Variable {
  guard let first = inputs.first else { fatalError("concatenate: no inputs") }
  let leading = first.shape.dropLast()
  for input in inputs {
    require(
      !input.shape.isEmpty && input.shape.dropLast() == leading,
      "concatenate: shapes \(inputs.map(\.shape)) differ before the last size")
  }
  let rows = first.value.rows
  let widths = inputs.map { $0.value.columns }
  let total = widths.reduce(0, +)
  var result = Tensor(uninitialized: leading + [total])
  let destination = result.mutablePointer()
  let parts = inputs.map(\.value)
  Concatenate.rows(rows, width: total) { row in
    var offset = row * total
    for part in parts {
      let width = part.columns
      (destination + offset).update(from: part.pointer + row * width, count: width)
      offset += width
    }
  }
  let ids = inputs.map(\.id)
  return first.tape.node("concatenate", result, inputs: inputs) { gradient, sink in
    var offset = 0
    for (id, width) in zip(ids, widths) {
      let source = gradient.pointer + offset
      sink.update(id) { pointer, isFresh in
        Concatenate.rows(rows, width: width) { row in
          let (from, to) = (source + row * total, pointer + row * width)
          if isFresh {
            to.update(from: from, count: width)
          } else {
            for j in 0..<width { to[j] += from[j] }
          }
        }
      }
      offset += width
    }
  }
}

enum Concatenate: DifferentiableOperation {
  /// Visits rows, several threads if it pays.
  static func rows(_ count: Int, width: Int, _ body: (Int) -> Void) {
    Parallel.rows(count, minimumPerPart: max(1, Elementwise.minimumPerPart / max(1, width))) { range in
      for row in range { body(row) }
    }
  }

  static func plain(_ inputs: [[Double]], rows: Int) -> [Double] {
    (0..<rows).flatMap { row in
      inputs.flatMap { input in
        let width = input.count / rows
        return input[row * width..<(row + 1) * width]
      }
    }
  }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "concatenate", "three inputs",
        inputs: [5, 1, 19].enumerated().map { OperationCheck.uniform([3, $1], stream: UInt64($0)) },
        fast: { concatenate($0) }, plain: { plain($0, rows: 3) }),
      OperationCheck(
        "concatenate", "one input twice", inputs: [OperationCheck.uniform([2, 3, 7], stream: 1)],
        fast: { concatenate([$0[0], $0[0]]) }, plain: { plain([$0[0], $0[0]], rows: 6) }),
    ]
  }
}
