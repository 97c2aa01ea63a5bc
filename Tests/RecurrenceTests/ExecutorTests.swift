import RondoCore
import RondoNN
import RondoRecurrence
import Testing

@Suite struct ExecutorTests {
  /// Cells of sizes that no vector width divides.
  static let cells: [any Cell] = [
    Elman(hiddenSize: 37), Elman(hiddenSize: 37, activation: .relu), LSTM(hiddenSize: 37),
    GRU(hiddenSize: 37),
    GRU(hiddenSize: 37, reset: .before), LSTM(hiddenSize: 1),
  ]

  @Test(arguments: cells.indices, [false, true])
  func vectorMatchesReference(_ index: Int, reverse: Bool) {
    func check(_ cell: some Cell) {
      let plans = RecurrencePlans(cell, inputSize: 23)
      let walk = Walk(SequenceLayout([7, 5, 9, 1, 0, 3, 9]), isUpwards: !reverse)
      let (values, gradients) = randomValues(plans, walk)
      let vector = VectorExecutor.run(plans, walk, values, resultGradients: gradients)
      let reference = ReferenceExecutor.run(
        plans, walk, values.map(Double.init),
        resultGradients: (gradients.output.map(Double.init), gradients.final.map { $0.map(Double.init) }))
      expectClose(vector.output, reference.output, "output")
      for (a, b) in zip(vector.final, reference.final) { expectClose(a, b, "final") }
      expectClose(vector.gradients!.input, reference.gradients!.input, "dx")
      for (a, b) in zip(vector.gradients!.states, reference.gradients!.states) {
        expectClose(a, b, "dinitial")
      }
      for (a, b) in zip(vector.gradients!.parameters, reference.gradients!.parameters) {
        expectClose(a, b, "dparameter")
      }
    }
    check(Self.cells[index])
  }

  private func expectClose(_ a: [Float], _ b: [Double], _ name: String) {
    #expect(a.count == b.count)
    let largest = b.map { abs($0) }.max() ?? 0
    let difference = zip(a, b).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(!(difference > 1e-5 * max(1, largest)) && !a.contains { $0.isNaN }, "\(name): \(difference)")
  }
}

func randomValues(_ plans: RecurrencePlans, _ walk: Walk) -> (
  SequenceValues<Float>, (output: [Float], final: [[Float]])
) {
  let random = RandomSource(seed: 5)
  var stream: UInt64 = 0
  func values(_ count: Int) -> [Float] {
    stream += 1
    return (0..<count).map { random.uniform(stream: stream, position: UInt64($0)) - 0.5 }
  }
  let layout = walk.layout
  return (
    SequenceValues(
      input: values(layout.rowCount * plans.step.inputSize),
      states: plans.step.states.map { values(layout.sequenceCount * $0.width) },
      parameters: plans.step.parameters.map { values($0.shape.reduce(1, *)) }),
    (
      values(layout.rowCount * plans.outputSize),
      plans.step.states.map { values(layout.sequenceCount * $0.width) }
    )
  )
}

extension SequenceValues {
  func map<T>(_ convert: (Element) -> T) -> SequenceValues<T> {
    SequenceValues<T>(
      input: input.map(convert), states: states.map { $0.map(convert) },
      parameters: parameters.map { $0.map(convert) })
  }
}
