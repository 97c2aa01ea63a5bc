import CRondoKernels
import RondoCore

/// Stops a run whose numbers have become infinite or not numbers, and says where.
enum FiniteGuard {
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
