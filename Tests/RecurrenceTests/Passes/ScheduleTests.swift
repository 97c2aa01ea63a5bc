import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct ScheduleTests {
  private func step(_ cell: some Cell) -> StepGraph { canonicalize(trace(cell, inputSize: 3)) }

  /// The phases of a step: their kind, and the products and sums over rows in them.
  private func phases(_ step: StepGraph, hoisting: Bool = true) -> [String] {
    schedule(step, hoisting: hoisting).phases.map { phase in
      let works = phase.nodes.compactMap { id -> String? in
        switch step.graph[id].operation {
        case .product: step.graph.name(id)
        case .outer: "outer"
        case .total: "total"
        default: nil
        }
      }
      return ([phase.kind == .loop ? "loop" : "\(phase.kind)"] + works).joined(separator: " ")
    }
  }

  private func backward(_ cell: some Cell) -> StepGraph { RecurrencePlans(cell, inputSize: 3).backwardStep }

  // MARK: Forward

  /// One product for the inputs of all steps, one in the loop.
  @Test func productsOfTheInputAreHoisted() {
    let sumOfBiases = "once"
    #expect(phases(step(Elman(hiddenSize: 4))) == [sumOfBiases, "whole ih", "loop hh"])
    #expect(phases(step(LSTM(hiddenSize: 4))) == [sumOfBiases, "whole ih", "loop hh"])
    #expect(phases(step(LSTM(hiddenSize: 4, bias: false))) == ["whole ih", "loop hh"])
    #expect(phases(step(GRU(hiddenSize: 4))) == ["whole ih", "loop hh"])
    #expect(phases(step(GRU(hiddenSize: 4, reset: .before))) == ["whole ih", "loop hh hn"])
  }

  /// Products that only the output reads follow the loop, for all steps at once. (A product that is a state has the state's name.)
  @Test func productsOfTheOutputFollow() {
    #expect(phases(step(MinGRU(hiddenSize: 4))) == ["whole iz in", "loop", "whole out"])
    #expect(phases(step(LinearRecurrence(hiddenSize: 4))) == ["whole ih", "loop h"])
    let projected = ProjectedLSTM(hiddenSize: 5, outputSize: 2)
    #expect(phases(step(projected)) == ["once", "whole ih", "loop hh h", "whole out"])
  }

  @Test func aStackSplitsIntoItsLayers() {
    let stack = step(StackInOneCell(lower: 5, upper: 4))
    #expect(
      phases(stack) == ["once", "whole ih_l0", "loop hh_l0", "whole ih_l1", "loop hh_l1"])
    let schedule = schedule(stack)
    #expect(schedule.phases.map(\.states) == [[], [], [0, 1], [], [2]])
  }

  @Test func delaysNeedNoLoop() {
    #expect(phases(step(TokenShift(hiddenSize: 4))) == ["once", "whole ih"])
    #expect(phases(step(ChainOfDelays(hiddenSize: 4))) == ["whole ih ch"])
    // The delay's product is hoisted, and a state that only the output reads is not the loop's to carry.
    #expect(phases(step(DelayReadByLoop(hiddenSize: 4))) == ["once", "whole ph p", "loop hh"])
    let delayed = step(DelayedOutput(hiddenSize: 4))
    #expect(phases(delayed) == ["once", "whole ih", "loop hh", "whole"])
    #expect(schedule(delayed).phases.map(\.states) == [[], [], [0], []])
  }

  @Test func independentLoopsShareAPhase() {
    let schedule = schedule(step(TwoLoopsSideBySide(hiddenSize: 4)))
    #expect(schedule.phases.filter { $0.kind == .loop }.map(\.states) == [[0, 1]])
  }

  @Test func whatIsMadeOfParametersRunsOnce() {
    #expect(phases(step(NormalisedWeights(hiddenSize: 4))) == ["once", "whole %12", "loop %24"])
    #expect(phases(step(ProductOfVector(hiddenSize: 4))).first == "once vo")
  }

  /// Pointwise work that the loop is the first to read goes into it: its operands then never leave the cache.
  @Test func pointwiseWorkForTheLoopSinksIntoIt() {
    let cell = Equations(["h": 3]) { x, s, w in
      let drive = tanh(w.linear("ih", x, 3)).named("drive")
      let shared = exp(x).named("shared")
      s.h = drive + s.h * shared
      return s.h + shared
    }
    let step = step(cell)
    let schedule = schedule(step)
    let kind = { (name: String) in schedule.phases[schedule.phase[step.node(name)!]!].kind }
    #expect(kind("ih") == .whole)
    #expect(kind("drive") == .loop)
    #expect(kind("shared") == .loop)
  }

  /// What is computed of the loop's values alone goes into it too, but not where it would read what comes after the loop.
  @Test func pointwiseWorkOnTheLoopsValuesIsDoneInIt() {
    let cell = Equations(["h": 3]) { x, s, w in
      s.h = tanh(x + w.linear("hh", s.h, 3))
      let scaled = exp(s.h).named("scaled")
      return (scaled * w.linear("out", s.h, 3)).named("product")
    }
    let step = step(cell)
    let schedule = schedule(step)
    let kind = { (name: String) in schedule.phases[schedule.phase[step.node(name)!]!].kind }
    #expect(kind("scaled") == .loop)
    #expect(kind("product") == .whole)
  }

  /// Gradients of gains: nothing is stored for them in each step, their sums grow with the loop.
  @Test func sumsOfTheLoopsValuesGrowWithIt() {
    let cell = Equations(["h": 3]) { x, s, w in
      let a = w.linear("hh", s.h, 3)
      s.h = tanh(x + a * w.vector("gain", 3))
      return s.h
    }
    let step = backward(cell)
    let gain = step.parameters.firstIndex { $0.name == "gain" }!
    let total = step.graph[base(step.gradients.first { $0.parameter == gain }!.node, in: step.graph)]
    #expect(total.operation == .total)
    let sum = step.graph[total.inputs[0]]
    #expect(sum.operation == .sumOverSteps && sum.inputs.count == 2)
    // The bias of a product is the sum of rows that the product's weight needs in memory anyway.
    let bias = step.parameters.firstIndex { $0.name == "bias_hh" }!
    let rows = step.graph[base(step.gradients.first { $0.parameter == bias }!.node, in: step.graph)]
    #expect(rows.operation == .total && step.graph[rows.inputs[0]].operation != .sumOverSteps)
  }

  @Test func aConcatenationIsFilledInTheLoopOnlyIfAllOfItIsThere() {
    func kind(_ equations: @escaping @Sendable (Term, inout States, Weights) -> Term) -> Phase.Kind {
      let step = step(Equations(["h": 3], equations))
      let schedule = schedule(step)
      return schedule.phases[schedule.phase[step.output!]!].kind
    }
    #expect(
      kind { x, s, w in
        s.h = tanh(x + s.h)
        return concatenate(s.h, x)
      } == .loop)
    #expect(
      kind { x, s, w in
        s.h = tanh(x + s.h)
        return concatenate(s.h, w.linear("out", s.h, 3)[1..<3])
      } == .whole)
  }

  // MARK: Backward

  /// The loop gives the gradients of the gates; weights, biases and inputs follow for all rows at once.
  @Test func gradientsOfWeightsAndInputsAreHoisted() {
    #expect(phases(backward(Elman(hiddenSize: 4))) == ["loop dh", "whole dx outer total outer"])
    #expect(phases(backward(LSTM(hiddenSize: 4))) == ["loop dh", "whole dx outer total outer"])
    let gru = phases(backward(GRU(hiddenSize: 4)))
    #expect(gru.count == 2 && gru[0].hasPrefix("loop") && gru[1].hasPrefix("whole dx"))
  }

  /// Backwards, the upper layer runs first.
  @Test func aStackIsWalkedFromItsTop() {
    let stack = backward(StackInOneCell(lower: 5, upper: 4))
    #expect(schedule(stack).phases.filter { $0.kind == .loop }.map(\.states) == [[2], [0, 1]])
    #expect(schedule(stack).phases.map(\.kind) == [.loop, .whole, .loop, .whole])
  }

  @Test func delaysNeedNoLoopBackwardsEither() {
    for phases in [
      phases(backward(TokenShift(hiddenSize: 4))), phases(backward(ChainOfDelays(hiddenSize: 4))),
    ] {
      #expect(!phases.contains { $0.hasPrefix("loop") })
    }
  }

  // MARK: Promises

  @Test func withoutHoistingEverythingOfAStepIsInOneLoop() {
    #expect(phases(step(LSTM(hiddenSize: 4)), hoisting: false) == ["once", "loop ih hh"])
    #expect(phases(step(TokenShift(hiddenSize: 4)), hoisting: false) == ["once", "loop ih"])
    #expect(
      phases(backward(LSTM(hiddenSize: 4)), hoisting: false) == ["loop dh dx", "whole outer total outer"])
  }

  /// Every operand is computed in an earlier phase or in the same one, and a loop carries the states it reads.
  @Test(arguments: StressCells.all, [false, true])
  func operandsAreThereWhenTheyAreRead(_ cell: CellConformance, hoisting: Bool) {
    let plans = cell.plans(hoisting: hoisting)
    for plan in [plans.inference, plans.backward] {
      let (step, schedule) = (plan.step, plan.schedule)
      for (number, phase) in schedule.phases.enumerated() {
        for id in phase.nodes {
          for input in step.graph[id].inputs {
            let source = base(input, in: step.graph)
            if case .state(let index) = step.graph[source].operation {
              let update = schedule.phase[step.updates[index]]!
              #expect(phase.states.contains(index) ? update == number : update <= number)
            } else if let other = schedule.phase[source] {
              #expect(other <= number)
            }
          }
        }
      }
      let computed = schedule.phases.flatMap(\.nodes)
      #expect(computed.sorted() == step.graph.nodes.indices.filter { step.graph[$0].operation.isWork })
    }
  }
}
