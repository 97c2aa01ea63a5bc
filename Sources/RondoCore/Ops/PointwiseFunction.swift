import CRondoKernels

/// A function of every element by itself: y = f(x).
protocol PointwiseFunction: DifferentiableOperation {
  static var name: StaticString { get }
  /// The kernel that computes it.
  static var kernel: rondo_op { get }
  /// f′(x), given x and y = f(x).
  static func derivative(_ x: Float, _ y: Float) -> Float
}

extension PointwiseFunction {
  static func node(_ x: Variable) -> Variable {
    let y = Elementwise.apply(kernel, x.value)
    return x.tape.node(name, y, inputs: [x]) { [id = x.id, value = x.value] gradient, sink in
      sink.update(id) { pointer, isFresh in
        let (g, x, y) = (gradient.pointer, value.pointer, y.pointer)
        Elementwise.parts(gradient.count) { range in
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
