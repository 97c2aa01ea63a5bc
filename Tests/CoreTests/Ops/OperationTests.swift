import RondoCore
import Testing

/// The conformance suite of operations.
struct OperationTests {
  @Test(arguments: OperationCheck.all) func gradientsMatchDifferenceQuotients(_ check: OperationCheck) {
    let report = check.run()
    #expect(report.forwardError < 1e-5, "\(check): forward")
    #expect(report.largestGradientError < 1e-5, "\(check): \(report.gradientErrors)")
  }
}
