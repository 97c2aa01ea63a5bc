import CRondoKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The natural logarithm of every element; its derivative is 1 / x.
public func log(_ x: Variable) -> Variable {
  Log.node(x)
}

enum Log: PointwiseFunction {
  static let name: StaticString = "log"
  static let kernel = RONDO_OP_LOG

  static func derivative(_ x: Float, _ y: Float) -> Float { 1 / x }

  static func plain(_ x: Double) -> Double { log(x) }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "log", "", inputs: [OperationCheck.uniform([5, 7, 3], stream: 1, in: 0.2, 5)],
        fast: { log($0[0]) }, plain: { $0[0].map(plain) })
    ]
  }
}
