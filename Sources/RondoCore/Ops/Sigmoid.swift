import CRondoKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// σ(x) = 1 / (1 + e⁻ˣ) of every element; its derivative is σ · (1 − σ).
public func sigmoid(_ x: Variable) -> Variable {
  Sigmoid.node(x)
}

enum Sigmoid: PointwiseFunction {
  static let name: StaticString = "sigmoid"
  static let kernel = RONDO_OP_SIGMOID

  static func derivative(_ x: Float, _ y: Float) -> Float { y * (1 - y) }

  static func plain(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  static var checks: [OperationCheck] {
    [
      OperationCheck(
        "sigmoid", "", inputs: [OperationCheck.uniform([5, 7, 3], stream: 1, in: -4, 4)],
        fast: { sigmoid($0[0]) }, plain: { $0[0].map(plain) })
    ]
  }
}
