import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// Packed weights outlive an evaluation, but never the values that they are made of.
@Suite struct PreparationTests {
  private let layout = SequenceLayout([4, 3])

  private func model() -> (rnn: Recurrence, weights: ParameterStore) {
    let builder = Builder(seed: 3)
    let rnn = Recurrence(builder / "rnn", LSTM(hiddenSize: 20), inputSize: 5)
    return (rnn, builder.finish())
  }

  private func output(_ rnn: Recurrence, _ weights: ParameterStore) -> [Float] {
    let tape = Tape(weights, training: false)
    return rnn(tape.constant(Tensor(repeating: 0.5, [layout.rowCount, 5])), layout).output.value.values
  }

  @Test func changedWeightsArePackedAnew() throws {
    let (rnn, start) = model()
    let first = output(rnn, start)
    #expect(output(rnn, start) == first)

    var replaced = start
    try replaced.replace("rnn.weight_hh_l0", Tensor(repeating: 0.25, [80, 20]))
    var inPlace = start
    inPlace.withUnsafeMutableValues { values in for index in values.indices { values[index] *= 0.5 } }
    for changed in [replaced, inPlace] {
      let found = output(rnn, changed)
      #expect(found != first)
      // A model that has never run before.
      #expect(found == output(model().rnn, changed))
      #expect(output(rnn, start) == first)
    }
  }

  /// Weights that nobody else holds are written where they are, which must not go unnoticed either.
  @Test func weightsChangedInPlaceBetweenEvaluationsArePackedAnew() {
    let rnn = model().rnn
    var weights = model().weights
    for _ in 0..<3 {
      let before = output(rnn, weights)
      weights.withUnsafeMutableValues { values in for index in values.indices { values[index] *= 0.5 } }
      let after = output(rnn, weights)
      #expect(after != before)
      #expect(after == output(model().rnn, weights))
    }
  }

  @Test func aSessionKeepsTheWeightsItWasOpenedWith() {
    let (rnn, start) = model()
    var weights = start
    let session = Session([rnn], weights)
    let before = session.step([Float](repeating: 0.5, count: 5))
    weights.withUnsafeMutableValues { values in for index in values.indices { values[index] *= 0.5 } }
    #expect(Session([rnn], weights).step([Float](repeating: 0.5, count: 5)) != before)
    session.reset()
    #expect(session.step([Float](repeating: 0.5, count: 5)) == before)
  }
}
