import CRondoKernels
import RondoCore

/// Bounds on gradients, against those that explode.
public struct GradientClipping: Sendable, Equatable {
  /// Gradients longer than this are shortened to it (Pascanu et al. 2013, arXiv 1211.5063).
  public var norm: Double?
  /// Every element is kept within ± this.
  public var value: Double?

  /// Bounds; nil leaves the gradient as it is.
  public init(norm: Double? = nil, value: Double? = nil) {
    self.norm = norm
    self.value = value
  }

  /// Floats summed by one part; a multiple of the kernel's blocks of 512, so that no sum depends on the number of threads.
  private static let block = 1 << 16

  /// The Euclidean length of the gradient: blocks of fixed size, added in order, in Double.
  public static func length(_ gradients: UnsafePointer<Float>, _ count: Int) -> Double {
    let blocks = (count + block - 1) / block
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { sums in
      let base = sums.baseAddress!
      Parallel.run(blocks) { index in
        let start = index * block
        (base + index).initialize(to: rondo_sum_of_squares(min(block, count - start), gradients + start))
      }
      var total = 0.0
      for index in 0..<blocks { total += base[index] }
      return total.squareRoot()
    }
  }

  /// Clips in place: first each element, then the length.
  ///
  /// - Returns: the length before it was shortened.
  public func apply(_ gradients: UnsafeMutablePointer<Float>, _ count: Int) -> Double {
    if let value {
      let bound = Float(value)
      Parallel.rows(count, minimumPerPart: 16384, multipleOf: 16) { part in
        for index in part {
          // Comparisons that leave a NaN alone: hiding it is not clipping's business.
          if gradients[index] > bound { gradients[index] = bound }
          if gradients[index] < -bound { gradients[index] = -bound }
        }
      }
    }
    let length = Self.length(gradients, count)
    if let norm, length > norm {
      let scale = Float(norm / length)
      Parallel.rows(count, minimumPerPart: 16384, multipleOf: 16) { part in
        rondo_scale(part.count, scale, gradients + part.lowerBound)
      }
    }
    return length
  }
}
