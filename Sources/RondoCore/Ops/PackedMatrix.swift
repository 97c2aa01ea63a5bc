import CRondoKernels

/// A matrix packed for the right side of products: the columns of the product in panels.
package struct PackedMatrix: Sendable {
  /// Columns of the product.
  package let columns: Int
  /// The size that is summed over.
  package let depth: Int
  private let panels: Tensor

  /// Packs weights [outputs, inputs] for x·Wᵀ (columns = outputs) or, `isTransposed`, for g·W (columns = inputs).
  package init(_ weight: Tensor, isTransposed: Bool) {
    precondition(weight.shape.count == 2, "PackedMatrix: weights of shape \(weight.shape)")
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    if isTransposed {
      self.init(weight.pointer, columns: inputs, depth: outputs, columnStride: 1, depthStride: inputs)
    } else {
      self.init(weight.pointer, columns: outputs, depth: inputs, columnStride: inputs, depthStride: 1)
    }
  }

  /// Packs the matrix whose element at (column j of the product, depth i) is `weight[j · columnStride + i · depthStride]`.
  package init(
    _ weight: UnsafePointer<Float>, columns: Int, depth: Int, columnStride: Int, depthStride: Int
  ) {
    self.columns = columns
    self.depth = depth
    var panels = Tensor(uninitialized: [rondo_packed_size(columns, depth)])
    let pointer = panels.mutablePointer()
    // About 64 KB of panels a part are worth a hand-over.
    let minimum = max(1, 16_384 / max(1, depth * Int(RONDO_PANEL)))
    Parallel.rows(rondo_panel_count(columns), minimumPerPart: minimum) { range in
      rondo_pack(
        columns, depth, weight, columnStride, depthStride, range.lowerBound, range.upperBound, pointer)
    }
    self.panels = panels
  }

  package var pointer: UnsafePointer<Float> { panels.pointer }

  /// c = start + a·W for all rows, on several threads. `start` may be c, a row (stride 0) or nil; see `rondo_gemm`.
  package func multiply(
    rows: Int, _ a: UnsafePointer<Float>, stride aStride: Int, start: UnsafePointer<Float>?, startStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int
  ) {
    let panelCount = rondo_panel_count(columns)
    let minimumWork = 1 << 17
    if panelCount >= 4 * Parallel.threadCount {
      // Each thread keeps its own panels in its cache and visits all rows with them.
      let minimum = max(1, minimumWork / max(1, rows * depth * Int(RONDO_PANEL)))
      Parallel.rows(panelCount, minimumPerPart: minimum) { range in
        rondo_gemm(
          rows, columns, depth, a, aStride, pointer, range.lowerBound, range.upperBound, start, startStride,
          c, cStride)
      }
    } else {
      let minimum = max(1, minimumWork / max(1, columns * depth))
      Parallel.rows(rows, minimumPerPart: minimum, multipleOf: 4) { range in
        rondo_gemm(
          range.count, columns, depth, a + range.lowerBound * aStride, aStride, pointer, 0, panelCount,
          start.map { $0 + range.lowerBound * startStride }, startStride, c + range.lowerBound * cStride,
          cStride)
      }
    }
  }
}
