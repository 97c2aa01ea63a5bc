import RondoCore
import RondoRecurrence

/// A supply of numbers in ±scale, the same for the same seed.
package struct RandomNumbers {
  private let source: RandomSource
  private var stream: UInt64 = 0

  package init(seed: UInt64) { source = RandomSource(seed: seed) }

  package mutating func next(_ count: Int, scale: Float = 1) -> [Float] {
    stream += 1
    return (0..<count).map { (2 * source.uniform(stream: stream, position: UInt64($0)) - 1) * scale }
  }
}

extension RecurrencePlans {
  /// Inputs, initial states and parameters for a batch.
  package func randomValues(_ layout: SequenceLayout, seed: UInt64 = 5) -> SequenceValues<Float> {
    var random = RandomNumbers(seed: seed)
    let walk = Walk(layout, isUpwards: true, slotCounts: sampleSlotCounts(layout))
    return SequenceValues(
      input: random.next(layout.rowCount * step.inputSize),
      further: step.further.enumerated().map { random.next($1.rowCount(in: walk, $0) * $1.width) },
      // Positive as counts and normalisers are.
      states: step.states.map { random.next(layout.sequenceCount * $0.width).map { 0.55 + 0.45 * $0 } },
      parameters: step.parameters.map { shape in
        // Weights of sums of many terms are as small as a trained model's.
        random.next(shape.shape.reduce(1, *), scale: 0.6 / Float(max(1, shape.shape.last! / 8)).squareRoot())
      })
  }

  /// Gradients of the outputs and final states of a batch.
  package func randomGradients(
    _ layout: SequenceLayout, seed: UInt64 = 6
  ) -> (output: [Float], final: [[Float]]) {
    var random = RandomNumbers(seed: seed)
    return (
      random.next(layout.rowCount * outputSize),
      step.states.map { random.next(layout.sequenceCount * $0.width) }
    )
  }
}
