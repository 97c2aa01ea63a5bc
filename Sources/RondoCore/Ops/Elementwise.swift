import CRondoKernels

/// Loops over arrays that several operations share: divided among threads in blocks, and in blocks that stay in the nearest cache where a
/// temporary is needed.
enum Elementwise {
  /// Elements below which another thread costs more than it gives.
  static let minimumPerPart = 1 << 15

  static func parts(_ count: Int, _ body: (Range<Int>) -> Void) {
    Parallel.rows(count, minimumPerPart: minimumPerPart, multipleOf: 16, body)
  }

  /// y += x
  static func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int) {
    parts(count) { rondo_axpy($0.count, 1, x + $0.lowerBound, y + $0.lowerBound) }
  }
}
