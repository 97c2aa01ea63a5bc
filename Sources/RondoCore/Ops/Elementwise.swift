import CRondoKernels

/// Loops over arrays that several operations share, divided among threads.
enum Elementwise {
  /// Elements below which another thread costs more than it gives.
  static let minimumPerPart = 1 << 15

  static func parts(_ count: Int, _ body: (Range<Int>) -> Void) {
    Parallel.rows(count, minimumPerPart: minimumPerPart, multipleOf: 16, body)
  }

  /// y += x
  static func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int) {
    add(x, times: 1, to: y, count: count)
  }

  /// y += factor · x
  static func add(
    _ x: UnsafePointer<Float>, times factor: Float, to y: UnsafeMutablePointer<Float>, count: Int
  ) {
    parts(count) { rondo_axpy($0.count, factor, x + $0.lowerBound, y + $0.lowerBound) }
  }

  static func apply(_ operation: rondo_op, _ x: Tensor) -> Tensor {
    var y = Tensor(uninitialized: x.shape)
    let (source, destination) = (x.pointer, y.mutablePointer())
    parts(x.count) {
      rondo_unary(Int32(operation.rawValue), $0.count, source + $0.lowerBound, destination + $0.lowerBound)
    }
    return y
  }
}
