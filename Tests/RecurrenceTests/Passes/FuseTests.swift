import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct FuseTests {
  /// The row programs of a plan, phase by phase.
  private func programs(_ plan: Plan) -> [[RowProgram]] {
    plan.works.map { works in
      works.compactMap { work in
        if case .program(let program) = work { program } else { nil }
      }
    }
  }

  private func loop(_ plan: Plan) -> [RowProgram] {
    zip(plan.schedule.phases, programs(plan)).filter { $0.0.kind == .loop }.flatMap(\.1)
  }

  @Test func anLSTMIsOneProgramOfOneSection() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 4), inputSize: 3)
    for plan in [plans.inference, plans.training, plans.backward] {
      let programs = loop(plan)
      #expect(programs.count == 1)
      #expect(programs[0].sections.filter { $0.width == 4 }.count == 1)
      #expect(programs[0].domain == .steps)
    }
    // Forward, nothing but the sum of the biases is computed outside of the loop; backward, nothing.
    #expect(programs(plans.inference).map(\.count) == [1, 0, 1])
    #expect(programs(plans.backward).map(\.count) == [1, 0])
    // The program that computes the cell state stores it; the hidden state is read in the rows of the output.
    #expect(loop(plans.inference)[0].commits == [1])
  }

  /// A section ends where a reduction has to be complete.
  @Test func reductionsEndSections() {
    let program = loop(RecurrencePlans(SoftmaxGate(hiddenSize: 5), inputSize: 3).inference)
    #expect(program.count == 1)
    // The maximum; the exponentials and their sum; the sum's reciprocal; what is multiplied by it.
    #expect(program[0].sections.map(\.width) == [5, 5, 1, 5])
  }

  @Test func valuesOfAWidthShareASection() {
    let plans = RecurrencePlans(LayerNormLSTM(hiddenSize: 5), inputSize: 3)
    let program = loop(plans.inference)
    #expect(program.count == 1)
    for (section, next) in zip(program[0].sections, program[0].sections.dropFirst()) {
      #expect((section.level, section.width) < (next.level, next.width))
    }
  }

  @Test func programsEndWhereAProductIsWaitedFor() {
    let plan = RecurrencePlans(GRU(hiddenSize: 4, reset: .before), inputSize: 3).inference
    let index = plan.schedule.phases.firstIndex { $0.kind == .loop }!
    let kinds = plan.works[index].map { work in
      switch work {
      case .product: "product"
      case .program: "program"
      case .outer, .total, .overMemory: "sum"
      }
    }
    #expect(kinds == ["product", "program", "product", "program"])
  }

  /// Outside of a loop, a previous value is another row: it must be complete before any row is read.
  @Test func delaysSeparateProgramsOfAWholePhase() {
    let plan = RecurrencePlans(ChainOfDelays(hiddenSize: 4), inputSize: 3).inference
    var written: Set<Int> = []
    for work in plan.works.joined() {
      for id in work.nodes {
        for input in plan.step.graph[id].inputs {
          if case .state(let state) = plan.step.graph[base(input, in: plan.step.graph)].operation {
            #expect(written.contains(state))
          }
        }
      }
      written.formUnion(plan.step.states.indices.filter { work.nodes.contains(plan.step.updates[$0]) })
    }
    #expect(written == [0, 1, 2])
  }

  /// A product that is nothing but a state's new value is written to the state itself, or to its row if the backward pass reads it there.
  @Test func aProductCanBeAState() {
    let plans = RecurrencePlans(ProductState(hiddenSize: 4), inputSize: 3)
    func commits(_ plan: Plan) -> [Int] {
      plan.works.joined().compactMap { if case .product(_, let commit) = $0 { commit } else { nil } }
    }
    #expect(commits(plans.inference) == [0])
    #expect(commits(plans.training) == [])
    #expect(plans.inference.memory.destinations[plans.step.updates[0]] == nil)
    #expect(plans.training.memory.destinations[plans.step.updates[0]]?.count == 1)
  }

  /// Every state that a loop carries is stored once, after the last work that reads its previous value.
  @Test(arguments: StressCells.all)
  func statesAreStoredAfterTheyAreRead(_ cell: CellConformance) {
    let plans = cell.plans()
    for plan in [plans.inference, plans.training, plans.backward] {
      for (phase, works) in zip(plan.schedule.phases, plan.works) {
        for state in phase.carried {
          let writers = works.indices.filter { index in
            switch works[index] {
            case .program(let program): program.commits.contains(state)
            case .product(_, let commit): commit == state
            case .outer, .total, .overMemory: false
            }
          }
          let readers = works.indices.filter { index in
            works[index].nodes.contains { id in
              plan.step.graph[id].inputs.contains {
                plan.step.graph[base($0, in: plan.step.graph)].operation == .state(state)
              }
            }
          }
          #expect(writers.count == 1)
          #expect((readers.max() ?? -1) <= writers[0])
        }
      }
    }
  }

  /// Every node is computed once, after its operands.
  @Test(arguments: StressCells.all)
  func worksFollowTheirOperands(_ cell: CellConformance) {
    let plans = cell.plans()
    for plan in [plans.inference, plans.training, plans.backward, plans.backwardWithoutInput] {
      var done: Set<NodeID> = []
      for work in plan.works.joined() {
        for id in work.nodes {
          #expect(!done.contains(id))
          let isHere: (NodeID) -> Bool = { work.nodes.contains($0) || done.contains($0) }
          #expect(
            plan.step.graph[id].inputs.map { base($0, in: plan.step.graph) }
              .allSatisfy { !plan.step.graph[$0].operation.isWork || isHere($0) })
        }
        done.formUnion(work.nodes)
      }
      #expect(done.count == plan.step.graph.nodes.filter(\.operation.isWork).count)
    }
  }
}
