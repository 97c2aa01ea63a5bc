import CRondoKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// eˣ of every element, its own derivative.
public func exp(_ x: Variable) -> Variable {
  Exp.node(x)
}

enum Exp: PointwiseFunction {
  static let name: StaticString = "exp"
  static let kernel = RONDO_OP_EXP

  static func derivative(_ x: Float, _ y: Float) -> Float { y }

  static func plain(_ x: Double) -> Double { exp(x) }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "exp", "", inputs: [OperationCheck.uniform([5, 7, 3], stream: 1, in: -2, 3)],
        fast: { exp($0[0]) }, plain: { $0[0].map(plain) })
    ]
  }
}
