import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// The LSTM's equations, typed by somebody else.
private struct MyLSTM: Cell {
  let units: Int
  var states: StateShapes { ["h": units, "c": units] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let gates = w.linear("ih", x, 4 * units) + w.linear("hh", s.h, 4 * units)
    let (i, f, g, o) = gates.split("i", "f", "g", "o")
    s.c = sigmoid(f) * s.c + sigmoid(i) * tanh(g)
    s.h = sigmoid(o) * tanh(s.c)
    return s.h
  }
}

/// Built-in cells have no privileges.
@Suite struct CellDefinitionTests {
  @Test func myLSTMHasTheSamePlanLineForLine() {
    let builder = Builder(seed: 1)
    let mine = Recurrence(builder / "mine", MyLSTM(units: 48), inputSize: 29)
    let builtIn = Recurrence(builder / "builtIn", LSTM(hiddenSize: 48), inputSize: 29)
    #expect(mine.plan.split(separator: "\n") == builtIn.plan.split(separator: "\n"))
    #expect(mine.plan.contains("product hh[192]"))
  }

  @Test(arguments: [false, true])
  func myLSTMHasTheSameBits(reverse: Bool) {
    let walk = Walk(SequenceLayout([7, 5, 9, 1, 0, 3, 9]), isUpwards: !reverse)
    let builtIn = RecurrencePlans(LSTM(hiddenSize: 48), inputSize: 29)
    let mine = RecurrencePlans(MyLSTM(units: 48), inputSize: 29)
    let values = builtIn.randomValues(walk.layout)
    let gradients = builtIn.randomGradients(walk.layout)
    #expect(
      differing(
        VectorExecutor.run(mine, walk, values, resultGradients: gradients),
        VectorExecutor.run(builtIn, walk, values, resultGradients: gradients), builtIn) == [])
  }

  @Test func myLSTMBeginsWithTheSameWeights() {
    func weights(_ cell: some Cell) -> ParameterStore {
      let builder = Builder(seed: 5)
      _ = Recurrence(builder / "rnn", cell, inputSize: 29, layer: 1, reverse: true)
      return builder.finish()
    }
    #expect(weights(MyLSTM(units: 48)) == weights(LSTM(hiddenSize: 48)))
    #expect(
      weights(MyLSTM(units: 48)).parameters.map(\.name)
        == ["weight_ih", "bias_ih", "weight_hh", "bias_hh"].map { "rnn.\($0)_l1_reverse" })
  }
}
