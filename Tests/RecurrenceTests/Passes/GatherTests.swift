import RondoNN
import RondoRecurrence
import Testing

/// That both forms give the same bits is tested where numbers of threads are compared: six sequences are many for one thread, few for two.
@Suite struct GatherTests {
  private func products(_ phases: [LoweredPhase], _ kind: Phase.Kind) -> [LoweredWork] {
    phases.filter { $0.kind == kind }.flatMap(\.works).filter {
      if case .product = $0.action { true } else { false }
    }
  }

  @Test func smallProductsBesideALoopAreDoneInIt() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3)
    for plan in [plans.inference, plans.training, plans.backward] {
      #expect(products(plan.phases, .loop).count == 1 && products(plan.phases, .whole).count == 1)
      #expect(products(plan.gathered, .loop).count == 2 && products(plan.gathered, .whole).isEmpty)
      let counts = [plan.phases, plan.gathered].map { $0.flatMap(\.works).count }
      #expect(counts[0] == counts[1])
    }
    #expect(products(plans.backwardWithoutInput.gathered, .whole).isEmpty)
  }

  /// Weights that do not fit into a second-level cache together would push each other out of it in every step.
  @Test func largeProductsStayOutside() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 200), inputSize: 200)
    for plan in [plans.inference, plans.training, plans.backward] {
      #expect(products(plan.gathered, .loop).count == 1 && products(plan.gathered, .whole).count == 1)
    }
  }

  /// What nothing but the same step reads has a row for each sequence; what the backward pass reads keeps one for each step.
  @Test func aResultOfOneStepHasARowForEachSequence() throws {
    func mode(_ plan: Plan) throws -> Source.Mode {
      let product = try #require(products(plan.gathered, .loop).first)
      guard case .product(_, _, _, let out) = product.action else { fatalError() }
      return out.mode
    }
    let plans = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3)
    #expect(try mode(plans.inference) == .place)
    #expect(try mode(plans.training) == .row)
  }
}
