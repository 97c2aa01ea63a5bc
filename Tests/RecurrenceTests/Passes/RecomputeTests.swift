import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct RecomputeTests {
  /// The names of the forward values that the backward step reads.
  private func kept(_ cell: some Cell) -> [String] {
    let plans = RecurrencePlans(cell, inputSize: 3)
    return plans.backwardStep.graph.nodes.compactMap { node in
      if case .kept(let id) = node.operation { plans.step.graph.name(id) } else { nil }
    }.sorted()
  }

  /// The new cell state is the row that the next step reads as the previous one; tanh(c) comes back from it.
  @Test func anLSTMKeepsItsGatesAndStates() {
    #expect(kept(LSTM(hiddenSize: 4)) == ["c", "c'", "f", "g", "h'", "i", "o", "x"])
  }

  @Test func otherCellsKeepWhatCannotBeHadForLess() {
    #expect(kept(Elman(hiddenSize: 4)) == ["h", "h'", "x"])
    #expect(kept(Elman(hiddenSize: 4, activation: .relu)) == ["h", "h'", "x"])
    // n is kept, since tanh of a product cannot be recomputed; hn stands for the product of the reset gate.
    #expect(kept(GRU(hiddenSize: 4)).filter { !$0.hasPrefix("%") } == ["h'", "hh", "n", "r", "x", "z"])
  }

  /// Divisions, roots, exponentials and reductions are dear, sums and products are not.
  @Test func onlyArithmeticIsComputedAgain() {
    let cell = Equations(["h": 3]) { x, s, w in
      let a = (x * s.h).named("product")
      let b = (a * x - 1).named("difference")
      let e = exp(b).named("exponential")
      let q = (e / (1 + a * a)).named("quotient")
      s.h = tanh(q * q).named("result")
      return s.h * s.h
    }
    let names = kept(cell)
    #expect(names.contains("exponential") && names.contains("quotient"))
    #expect(!names.contains("product") && !names.contains("difference"))
    // The state could be computed again, but it is there anyway.
    #expect(names.contains("h") && names.contains("h'"))
  }

  @Test(arguments: StressCells.all, [false, true])
  func whatIsComputedAgainHasTheBitsThatWereKept(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByRecomputing(reverse: reverse) == [])
  }
}
