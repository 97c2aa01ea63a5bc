import RondoCore
import Testing

/// The conformance suite of operations.
struct OperationTests {
  @Test(arguments: OperationCheck.all) func gradientsMatchDifferenceQuotients(_ check: OperationCheck) {
    let report = check.run()
    #expect(report.forwardError < 1e-5, "\(check): forward")
    #expect(report.largestGradientError < 1e-5, "\(check): \(report.gradientErrors)")
  }

  /// A check that finds nothing wrong with a wrong operation checks nothing.
  @Test(arguments: [-1, 1.001, 0, .nan, .infinity] as [Float]) func wrongGradientsAreFound(_ factor: Float) {
    let report = Self.square(gradientFactor: factor).run()
    #expect(report.forwardError < 1e-5)
    #expect(!(report.largestGradientError < 1e-5))
  }

  @Test func aRightGradientIsNotCalledWrong() {
    #expect(Self.square(gradientFactor: 1).run().largestGradientError < 1e-5)
  }

  @Test(arguments: [-1, 1.001, 0, .nan, .infinity] as [Float]) func wrongValuesAreFound(_ factor: Float) {
    #expect(!(Self.square(valueFactor: factor).run().forwardError < 1e-5))
  }

  private static func square(valueFactor: Float = 1, gradientFactor: Float = 1) -> OperationCheck {
    OperationCheck(
      "square", "", inputs: [OperationCheck.uniform([3, 4], stream: 1)],
      fast: { inputs in
        let x = inputs[0]
        let value = Tensor(x.shape, x.value.values.map { valueFactor * $0 * $0 })
        return x.tape.node("square", value, inputs: [x]) { gradient, sink in
          let values = zip(gradient.values, x.value.values).map { gradientFactor * 2 * $0 * $1 }
          sink.add(x, Tensor(x.shape, values))
        }
      },
      plain: { $0[0].map { $0 * $0 } })
  }
}
