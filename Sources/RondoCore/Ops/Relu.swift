import CRondoKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// max(x, 0) of every element; its derivative is 1 where x > 0 and 0 elsewhere.
public func relu(_ x: Variable) -> Variable {
  Relu.node(x)
}

enum Relu: PointwiseFunction {
  static let name: StaticString = "relu"
  static let kernel = RONDO_OP_RELU

  static func derivative(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : 0 }

  static func plain(_ x: Double) -> Double { max(x, 0) }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "relu", "", inputs: [OperationCheck.uniform([5, 7, 3], stream: 1, in: -2, 2)],
        fast: { relu($0[0]) }, plain: { $0[0].map(plain) })
    ]
  }
}
