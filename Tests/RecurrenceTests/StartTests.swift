import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// What states are before the first step.
@Suite struct StartTests {
  /// The running maximum and sum of the inputs, from starts of each kind.
  private static let cell = Equations(
    (["largest": 3, "sum": 3, "plain": 3] as StateShapes).starting("largest", at: -.infinity)
      .startingAtParameter("sum", initial: .normal(1))
  ) { x, s, w in
    s.largest = max(s.largest, x)
    s.sum = s.sum + x
    s.plain = s.plain + s.sum * s.largest
    return concatenate(s.largest, s.sum, s.plain)
  }

  private static func recurrence(reverse: Bool = false) -> (Recurrence, ParameterStore) {
    let builder = Builder(seed: 4)
    let rnn = Recurrence(builder / "rnn", cell, inputSize: 3, layer: 1, reverse: reverse)
    return (rnn, builder.finish())
  }

  @Test(arguments: [false, true])
  func statesBeginWithWhatTheCellSays(reverse: Bool) throws {
    let (rnn, weights) = Self.recurrence(reverse: reverse)
    #expect(weights.parameters.map(\.name) == ["rnn.initial_sum_l1" + (reverse ? "_reverse" : "")])
    #expect(weights.parameters[0].shape == [1, 3])
    let start = weights[rnn.startParameters[1]!].values
    #expect(start.allSatisfy { $0 != 0 })
    let layout = SequenceLayout([2, 0, 1])
    let tape = Tape(weights, training: true)
    let x: [Float] = [-1, 5, 2, 3, -4, 1, -2, 7, -9]
    let final = rnn(tape.constant(Tensor([3, 3], x)), layout).final.map(\.value.values)
    // Rows 0 and 2 belong to the first sequence, row 1 to the last.
    #expect(final[0] == [-1, 7, 2, -.infinity, -.infinity, -.infinity, 3, -4, 1])
    func after(_ rows: [Int]) -> [Float] {
      rows.reduce(start) { sum, row in zip(sum, x[3 * row..<3 * row + 3]).map { $0 + $1 } }
    }
    #expect(final[1] == after(reverse ? [2, 0] : [0, 2]) + start + after([1]))
  }

  /// The same states given by the caller are the same run, and the parameter has the sum of their gradients.
  @Test func startsAreInitialStates() throws {
    let (rnn, weights) = Self.recurrence()
    let layout = SequenceLayout([3, 1, 4])
    var random = RandomNumbers(seed: 5)
    let rows = Tensor([8, 3], random.next(24))
    func run(_ given: Bool) -> (output: Tensor, gradient: [Float], start: [Float]) {
      let tape = Tape(weights, training: true)
      let start = weights[rnn.startParameters[1]!].values
      let sums = tape.leaf(Tensor([3, 3], start + start + start))
      let initial = [
        tape.constant(Tensor(repeating: -.infinity, [3, 3])), sums, tape.constant(Tensor(zeros: [3, 3])),
      ]
      let output = rnn(tape.constant(rows), layout, initial: given ? initial : nil).output
      let gradients = tape.backward(from: sum(output * output))
      return (output.value, gradients[sums]?.values ?? [], gradients[rnn.startParameters[1]!].values)
    }
    let (own, given) = (run(false), run(true))
    #expect(own.output == given.output)
    #expect(given.start == [0, 0, 0])
    let expected = (0..<3).map { column in
      stride(from: column, to: 9, by: 3).reduce(Float(0)) { $0 + given.gradient[$1] }
    }
    #expect(relativeError(own.start, expected) < 1e-6)
  }

  @Test func sessionsBeginAndBeginAnew() {
    let (rnn, weights) = Self.recurrence()
    let session = Session([rnn], weights, streams: 2)
    #expect(session.state("largest", stream: 1) == [-.infinity, -.infinity, -.infinity])
    let first = session.step([1, 2, 3, 4, 5, 6])
    _ = session.step([7, 2, 3, 4, 5, 6])
    session.reset(stream: 1)
    #expect(session.state("sum", stream: 1) == weights[rnn.startParameters[1]!].values)
    session.reset()
    #expect(session.step([1, 2, 3, 4, 5, 6]) == first)
  }

  /// A layer of a stack that is one cell has the names of a layer by itself.
  @Test func stackedStartsHaveTheNamesOfLayers() {
    let builder = Builder(seed: 4)
    _ = Recurrence(builder / "rnn", Stacked([Elman(hiddenSize: 3), Self.cell]), inputSize: 3)
    #expect(builder.finish().parameters.map(\.name).contains("rnn.initial_sum_l1"))
  }

  @Test func anUnknownStateTraps() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = (["h": 4] as StateShapes).starting("c", at: 1)
    }
    #expect(try #require(result).says("StateShapes: no state named c in [h]"))
  }
}
