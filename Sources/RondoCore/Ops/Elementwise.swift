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

  /// A pointwise function as an operation. `derivative` gives it from x and y = f(x).
  @inline(__always)
  static func node(
    _ name: StaticString, _ operation: rondo_op, _ x: Variable,
    derivative: @escaping (_ x: Float, _ y: Float) -> Float
  ) -> Variable {
    let y = apply(operation, x.value)
    return x.tape.node(name, y, inputs: [x]) { [id = x.id, value = x.value] gradient, sink in
      sink.update(id) { pointer, isFresh in
        let (g, x, y) = (gradient.pointer, value.pointer, y.pointer)
        parts(gradient.count) { range in
          if isFresh {
            for i in range { pointer[i] = g[i] * derivative(x[i], y[i]) }
          } else {
            for i in range { pointer[i] += g[i] * derivative(x[i], y[i]) }
          }
        }
      }
    }
  }
}
