import CRondoKernels

/// A matrix packed for the right side of products: the columns of the product in panels.
///
/// A long sum is cut into segments, so that the panels of one stay in the cache while all rows pass by. A
/// product is still one chain over the whole depth: a segment starts from the result of the one before it.
package struct PackedMatrix: Sendable {
  /// Columns of the product.
  package let columns: Int
  /// The size that is summed over.
  package let depth: Int
  private let segmentDepth: Int
  /// The packed segments, one after the other.
  private let packed: Tensor

  private static let deepest = 1024

  /// Packs weights [outputs, inputs] for x·Wᵀ (columns = outputs) or, `isTransposed`, for g·W (columns =
  /// inputs).
  package init(_ weight: Tensor, isTransposed: Bool) {
    require(weight.shape.count == 2, "PackedMatrix: weights of shape \(weight.shape)")
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    if isTransposed {
      self.init(weight.pointer, columns: inputs, depth: outputs, columnStride: 1, depthStride: inputs)
    } else {
      self.init(weight.pointer, columns: outputs, depth: inputs, columnStride: inputs, depthStride: 1)
    }
  }

  /// Packs the matrix whose element at (column j of the product, depth i) is `weight[j · columnStride + i ·
  /// depthStride]`.
  package init(
    _ weight: UnsafePointer<Float>, columns: Int, depth: Int, columnStride: Int, depthStride: Int
  ) {
    self.columns = columns
    self.depth = depth
    segmentDepth = depth <= Self.deepest ? max(1, depth) : Self.deepest / 2
    let segmentDepth = segmentDepth
    var packed = Tensor(uninitialized: [rondo_packed_size(columns, depth)])
    let pointer = packed.mutablePointer()
    let panels = rondo_panel_count(columns)
    let segments = (depth + segmentDepth - 1) / segmentDepth
    // A hand-over to another thread pays from about 64 KB of panels.
    let minimum = max(1, 16_384 / max(1, segmentDepth * Int(RONDO_PANEL)))
    Parallel.rows(segments * panels, minimumPerPart: minimum) { range in
      for segment in range.lowerBound / panels...(range.upperBound - 1) / panels {
        let first = segment * segmentDepth
        let begin = max(range.lowerBound - segment * panels, 0)
        let end = min(range.upperBound - segment * panels, panels)
        rondo_pack(
          columns, min(segmentDepth, depth - first), weight + first * depthStride, columnStride, depthStride,
          begin, end, pointer + rondo_packed_size(columns, first))
      }
    }
    self.packed = packed
  }

  /// c = start + a·W for all rows, on several threads. `start` may be c, a row (stride 0) or nil; see
  /// `rondo_gemm`.
  package func multiply(
    rows: Int, _ a: UnsafePointer<Float>, stride aStride: Int, start: UnsafePointer<Float>?, startStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int
  ) {
    let panels = rondo_panel_count(columns)
    // Multiply-adds below which another thread costs more than it gives.
    let minimumWork = 1 << 17
    if panels >= 4 * Parallel.threadCount {
      // Each thread keeps its own panels in its cache and visits all rows with them.
      let minimum = max(1, minimumWork / max(1, rows * depth * Int(RONDO_PANEL)))
      Parallel.rows(panels, minimumPerPart: minimum) { range in
        multiply(
          rows: rows, panels: range, a, stride: aStride, start: start, startStride: startStride, into: c,
          stride: cStride)
      }
    } else {
      let minimum = max(1, minimumWork / max(1, columns * depth))
      Parallel.rows(rows, minimumPerPart: minimum, multipleOf: 6) { range in
        multiply(
          rows: range.count, panels: 0..<panels, a + range.lowerBound * aStride, stride: aStride,
          start: start.map { $0 + range.lowerBound * startStride }, startStride: startStride,
          into: c + range.lowerBound * cStride, stride: cStride)
      }
    }
  }

  /// The same for some panels of columns, on the calling thread.
  package func multiply(
    rows: Int, panels: Range<Int>, _ a: UnsafePointer<Float>, stride aStride: Int,
    start: UnsafePointer<Float>?, startStride: Int, into c: UnsafeMutablePointer<Float>, stride cStride: Int
  ) {
    var first = 0
    repeat {
      let continues = first > 0
      rondo_gemm(
        rows, columns, min(segmentDepth, depth - first), a + first, aStride,
        packed.pointer + rondo_packed_size(columns, first), panels.lowerBound, panels.upperBound,
        continues ? UnsafePointer(c) : start, continues ? cStride : startStride, c, cStride)
      first += segmentDepth
    } while first < depth
  }
}

/// The gradients of weights, on several threads that own rows of the gradient.
enum WeightGradient {
  /// weight[i][j] += Σ_r a[r][i] · b[r][j] for i < outputs and j < inputs, r ascending.
  static func addOuter(
    rows: Int, outputs: Int, inputs: Int, _ a: UnsafePointer<Float>, stride aStride: Int,
    _ b: UnsafePointer<Float>, stride bStride: Int, to weight: UnsafeMutablePointer<Float>
  ) {
    let minimum = max(1, (1 << 17) / max(1, rows * inputs))
    Parallel.rows(outputs, minimumPerPart: minimum, multipleOf: 6) { range in
      var scratch = Tensor(uninitialized: [rondo_outer_scratch_size(inputs)])
      scratch.withUnsafeMutableBufferPointer { scratch in
        rondo_outer(
          rows, range.lowerBound, range.upperBound, inputs, a, aStride, b, bStride, weight, inputs,
          scratch.baseAddress!)
      }
    }
  }

  /// bias[j] += Σ_r a[r][j] for j < columns, r ascending.
  static func addColumnSum(
    rows: Int, columns: Int, _ a: UnsafePointer<Float>, stride: Int, to bias: UnsafeMutablePointer<Float>
  ) {
    let minimum = max(64, Elementwise.minimumPerPart / max(1, rows))
    Parallel.rows(columns, minimumPerPart: minimum, multipleOf: 64) { range in
      rondo_column_sum(rows, range.lowerBound, range.upperBound, a, stride, bias)
    }
  }
}
