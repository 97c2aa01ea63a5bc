import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct RunnerTests {
  /// A runner has memory for batches up to its size, and smaller ones leave nothing of it behind.
  @Test func oneRunnerServesBatchesOfManySizes() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 5), inputSize: 3)
    let values = plans.randomValues(SequenceLayout([9]))
    let runner = Runner<VectorExecutor>(plans.inference, rowCount: 40, placeCount: 8)
    var parameters = values.parameters.map { Tensor([$0.count], $0) }
    for (index, shape) in plans.step.parameters.enumerated() {
      runner.bind(.parameter(index), Region(parameters[index].mutablePointer(), stride: shape.shape.last!))
    }
    runner.prepare()
    for lengths in [[7, 5, 9, 1], [2, 2], [], [9, 3, 3, 8, 0, 1, 1, 9], [1]] {
      let layout = SequenceLayout(lengths)
      let values = plans.randomValues(layout)
      var input = Tensor([layout.rowCount, 3], values.input)
      var output = Tensor(zeros: [layout.rowCount, 5])
      runner.bind(.input, Region(input.mutablePointer(), stride: 3))
      runner.bind(.output, Region(output.mutablePointer(), stride: 5))
      for (state, rows) in values.states.enumerated() {
        let tensor = Tensor([layout.sequenceCount, 5], rows)
        for place in 0..<layout.sequenceCount {
          runner.setState(state, place: place, tensor.pointer + place * 5)
        }
      }
      runner.walkSteps(Walk(layout, isUpwards: true))
      var expected = values
      expected.parameters = parameters.map(\.values)
      let whole = VectorExecutor.run(plans, Walk(layout, isUpwards: true), expected)
      #expect(haveEqualBits(output.values, whole.output), "\(lengths)")
      for (state, final) in whole.final.enumerated() {
        let found = (0..<layout.sequenceCount).flatMap { place in
          Array(UnsafeBufferPointer(start: runner.finalState(state, place: place), count: 5))
        }
        #expect(haveEqualBits(found, final), "\(lengths)")
      }
    }
  }

  @Test func aBatchThatIsTooLargeTraps() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let plans = RecurrencePlans(LSTM(hiddenSize: 5), inputSize: 3)
      let runner = Runner<VectorExecutor>(plans.inference, rowCount: 4, placeCount: 2)
      runner.walkSteps(Walk(SequenceLayout([3, 2]), isUpwards: true))
    }
    #expect(try #require(result).says("Runner: 5 rows of 2 sequences in memory for 4 rows of 2"))
  }
}
