import CRondoKernels

/// The rows of a table [count, width] at these indices: [indices, width]. What an embedding is, and how rows
/// are reordered.
public func gatherRows(_ table: Variable, _ indices: [Int32]) -> Variable {
  require(table.shape.count == 2, "gatherRows: the table has the shape \(table.shape)")
  let (count, width) = (table.shape[0], table.shape[1])
  for index in indices {
    require(
      index >= 0 && Int(index) < count, "gatherRows: index \(index) of a table with \(count) rows")
  }
  var rows = Tensor(uninitialized: [indices.count, width])
  let (source, destination) = (table.value.pointer, rows.mutablePointer())
  let minimum = max(1, Elementwise.minimumPerPart / max(1, width))
  indices.withUnsafeBufferPointer { indices in
    Parallel.rows(indices.count, minimumPerPart: minimum) { range in
      rondo_gather(
        range.count, width, source, indices.baseAddress! + range.lowerBound,
        destination + range.lowerBound * width, width)
    }
  }
  return table.tape.node("gatherRows", rows, inputs: [table]) { [table = table.id] gradient, sink in
    sink.accumulate(table) { pointer in
      indices.withUnsafeBufferPointer { indices in
        guard let first = indices.baseAddress else { return }
        let minimum = max(16, Elementwise.minimumPerPart / max(1, indices.count))
        Parallel.rows(width, minimumPerPart: minimum, multipleOf: 16) { columns in
          rondo_scatter_add(
            indices.count, width, columns.lowerBound, columns.upperBound, gradient.pointer, width,
            first, pointer)
        }
      }
    }
  }
}

enum GatherRows: DifferentiableOperation {
  static func plain(_ table: [Double], _ indices: [Int32], width: Int) -> [Double] {
    indices.flatMap { table[Int($0) * width..<(Int($0) + 1) * width] }
  }

  static var checks: [OperationCheck] {
    let indices: [Int32] = [4, 0, 4, 2, 4, 1]
    return [
      OperationCheck(
        "gatherRows", "repeated and unused rows", inputs: [OperationCheck.uniform([5, 19], stream: 1)],
        fast: { gatherRows($0[0], indices) }, plain: { plain($0[0], indices, width: 19) })
    ]
  }
}
