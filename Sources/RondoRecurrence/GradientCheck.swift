import RondoCore

/// Compares the gradients that the engine derives from a cell's equations with difference quotients, in double precision.
///
/// The loss is a fixed random combination of all outputs and final states of a ragged batch; checked are the gradients of the input, the
/// initial states, every parameter, further inputs and memories, of which each sequence has another number of slots, one none. The error of a tensor is its largest |analytic − numeric| divided by its largest |numeric|.
public struct GradientCheck: Sendable {
  /// The error of each tensor by name: `x`, the initial states and the parameters.
  public let errors: [(name: String, error: Double)]

  /// The largest of `errors`.
  public var maximumRelativeError: Double { errors.map(\.error).max() ?? 0 }

  /// Checks a cell over sequences of these lengths.
  public init(
    _ cell: some Cell, inputSize: Int, lengths: [Int] = [4, 3, 1, 0], reverse: Bool = false, seed: UInt64 = 1
  ) {
    self.init(RecurrencePlans(cell, inputSize: inputSize), lengths: lengths, reverse: reverse, seed: seed)
  }

  package init(_ plans: RecurrencePlans, lengths: [Int], reverse: Bool, seed: UInt64 = 1) {
    let layout = SequenceLayout(lengths)
    let step = plans.step
    let walk = Walk(layout, isUpwards: !reverse, slotCounts: plans.sampleSlotCounts(layout))
    let random = RandomSource(seed: seed)
    var stream: UInt64 = 0
    func values(_ count: Int) -> [Double] {
      stream += 1
      return (0..<count).map { Double(random.uniform(stream: stream, position: UInt64($0))) * 2 - 1 }
    }
    let point = SequenceValues<Double>(
      input: values(layout.rowCount * step.inputSize),
      further: step.further.enumerated().map { index, input in
        values(input.rowCount(in: walk, index) * input.width)
      },
      // Positive, as counts and normalisers are.
      states: step.states.map { values(layout.sequenceCount * $0.width).map { 0.55 + 0.45 * $0 } },
      parameters: step.parameters.map { values($0.shape.reduce(1, *)) })
    let weights = (
      output: values(layout.rowCount * plans.outputSize),
      final: step.states.map { values(layout.sequenceCount * $0.width) }
    )

    func loss(_ values: SequenceValues<Double>) -> Double {
      let results = ReferenceExecutor.run(plans, walk, values)
      var sum = Self.dot(results.output, weights.output)
      for (state, weights) in zip(results.final, weights.final) { sum += Self.dot(state, weights) }
      return sum
    }
    let analytic = ReferenceExecutor.run(plans, walk, point, resultGradients: weights).gradients!
    func error(
      _ name: String, _ path: WritableKeyPath<SequenceValues<Double>, [Double]>
    ) -> (name: String, error: Double) {
      let delta = 1e-5
      var (difference, largest) = (0.0, 0.0)
      for index in point[keyPath: path].indices {
        var (above, below) = (point, point)
        above[keyPath: path][index] += delta
        below[keyPath: path][index] -= delta
        let numeric = (loss(above) - loss(below)) / (2 * delta)
        let distance = abs(analytic[keyPath: path][index] - numeric)
        // A gradient that is not a number is the largest error there is.
        difference = distance.isNaN ? .infinity : max(difference, distance)
        largest = max(largest, abs(numeric))
      }
      return (name, largest == 0 ? difference : difference / largest)
    }
    errors =
      [error("x", \.input)] + step.further.enumerated().map { error($1.name, \.further[$0]) }
      + step.states.enumerated().map { error("initial \($1.name)", \.states[$0]) }
      + step.parameters.enumerated().map { error($1.name, \.parameters[$0]) }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for (a, b) in zip(a, b) { sum += a * b }
    return sum
  }
}
