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
  Elementwise.node("tanh", RONDO_OP_TANH, x) { x, y in 1 - y * y }
}

enum Tanh: DifferentiableOperation {
  static func plain(_ x: Double) -> Double { tanh(x) }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "tanh", "", inputs: [OperationCheck.uniform([5, 7, 3], stream: 1, in: -3, 3)],
        fast: { tanh($0[0]) }, plain: { $0[0].map(plain) })
    ]
  }
}
