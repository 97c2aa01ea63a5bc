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
  Elementwise.node("log", RONDO_OP_LOG, x) { x, y in 1 / x }
}

enum Log: DifferentiableOperation {
  static func plain(_ x: Double) -> Double { log(x) }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "log", "", inputs: [OperationCheck.uniform([5, 7, 3], stream: 1, in: 0.2, 5)],
        fast: { log($0[0]) }, plain: { $0[0].map(plain) })
    ]
  }
}
