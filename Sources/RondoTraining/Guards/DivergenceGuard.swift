import CRondoKernels
import RondoCore

/// Stops a run from which nothing will come any more: one whose numbers are infinite or none, or whose loss has gone beyond all bounds.
enum DivergenceGuard {
  /// A loss so many times that of the first step ends the run; a hundredth of it fails a run at its end.
  private static let bound = 1000.0

  /// Throws unless the loss and the gradient's length are finite.
  static func check(
    loss: Double, gradientLength: Double, _ gradients: Tensor, _ store: ParameterStore, step: Int
  )
    throws(TrainingError)
  {
    guard loss.isFinite else { throw .notFinite(step: step, what: "the loss is \(loss)") }
    guard gradientLength.isFinite else {
      let culprit = firstParameter(of: store) { gradients.pointer + $0.range.lowerBound }
      throw .notFinite(
        step: step,
        what: culprit.map { "the gradient of \($0) is not finite" }
          ?? "the gradient's length is \(gradientLength)")
    }
  }

  /// Throws if the loss is beyond all bounds. The first loss counts as 1 at least.
  static func check(loss: Double, firstLoss: Double, step: Int, isLast: Bool) throws(TrainingError) {
    if loss > max(1, firstLoss) * (isLast ? bound / 100 : bound) {
      throw .diverged(step: step, loss: loss, firstLoss: firstLoss)
    }
  }

  /// Throws unless all weights are finite.
  static func check(_ store: ParameterStore, step: Int) throws(TrainingError) {
    if let culprit = firstParameter(of: store, { store.values.pointer + $0.range.lowerBound }) {
      throw .notFinite(step: step, what: "the weights of \(culprit) are not finite")
    }
  }

  /// The name of the first parameter that is not finite everywhere.
  private static func firstParameter(
    of store: ParameterStore, _ values: (ParameterInfo) -> UnsafePointer<Float>
  ) -> String? {
    store.parameters.first { rondo_first_nonfinite($0.range.count, values($0)) < $0.range.count }?.name
  }
}
