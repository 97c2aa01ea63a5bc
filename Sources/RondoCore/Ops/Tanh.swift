import CRondoKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The hyperbolic tangent of every element; its derivative is 1 − tanh².
public func tanh(_ x: Variable) -> Variable {
  Tanh.node(x)
}

enum Tanh: PointwiseFunction {
  static let name: StaticString = "tanh"
  static let kernel = RONDO_OP_TANH

  static func derivative(_ x: Float, _ y: Float) -> Float { 1 - y * y }

  static func plain(_ x: Double) -> Double { tanh(x) }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "tanh", "", inputs: [OperationCheck.uniform([5, 7, 3], stream: 1, in: -3, 3)],
        fast: { tanh($0[0]) }, plain: { $0[0].map(plain) })
    ]
  }
}
