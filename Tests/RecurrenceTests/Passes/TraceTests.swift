import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct TraceTests {
  @Test func aStepBecomesAGraphOfItsEquations() {
    let step = trace(Elman(hiddenSize: 4), inputSize: 3)
    #expect(
      step.formula(step.output!) == "tanh(add(add([x·weight_ihᵀ], bias_ih), add([h'·weight_hhᵀ], bias_hh)))")
    #expect(step.updates == [step.output!])
    #expect(step.states == [StateShape(name: "h", width: 4)])
    #expect(step.parameters.map(\.name) == ["weight_ih", "bias_ih", "weight_hh", "bias_hh"])
    #expect(step.parameters.map(\.shape) == [[4, 3], [4], [4, 4], [4]])
  }

  @Test func equalTermsAreOneNode() {
    let step = trace(
      Equations(["h": 3]) { x, s, w in
        s.h = (x * s.h) + (x * s.h)
        return w.linear("out", s.h, 2) - w.linear("out", x * s.h + x * s.h, 2)
      }, inputSize: 3)
    // x·h' is written twice, and so is the linear map of nearly the same: only h differs from h'.
    #expect(step.graph.nodes.filter { $0.operation == .binary(.multiply) }.count == 2)
    #expect(step.graph.nodes.filter { $0.operation == .product(transposed: false) }.count == 2)
    #expect(step.parameters.map(\.name) == ["weight_out", "bias_out"])
  }

  @Test func domainsSayWhereAValueHasRows() {
    let step = trace(
      Equations(["h": 4]) { x, s, w in
        let gate = sigmoid(w.vector("gate", 3)).named("fixed")
        s.h = w.product(x * gate, (w.parameter("matrix", [4, 3]) * gate).named("weight"))
        return s.h
      }, inputSize: 3)
    #expect(step.graph[step.node("fixed")!].domain == .fixed(rows: 1))
    #expect(step.graph[step.node("weight")!].domain == .fixed(rows: 4))
    #expect(step.graph[step.node("h")!].domain == .steps)
    #expect(step.graph[step.node("h")!].width == 4)
  }

  // MARK: States

  @Test func anAssignedStateIsReadAnew() {
    let step = trace(
      Equations(["h": 3]) { x, s, w in
        let old = s.h
        s.h = tanh(x)
        return s.h - old
      }, inputSize: 3)
    #expect(step.formula(step.output!) == "subtract(tanh(x), h')")
    #expect(step.formula(step.updates[0]) == "tanh(x)")
  }

  @Test func whatIsNotComputedGetsANodeOfItsOwn() {
    let step = trace(
      Equations(["kept": 2, "delay": 3, "set": 3]) { x, s, w in
        s.delay = x
        s.set = w.vector("v", 3)
        return s.kept
      }, inputSize: 3)
    #expect(step.updates.map(step.formula) == ["identity(kept')", "identity(x)", "identity(v)"])
    #expect(step.formula(step.output!) == "identity(kept')")
    #expect(step.updates.allSatisfy { step.graph[$0].domain == .steps })
  }

  @Test func statesAreFoundByComputedNames() {
    let step = trace(
      Equations(["s0": 3, "s1": 3]) { x, s, w in
        for index in 0..<2 { s["s\(index)"] = tanh(s["s\(index)"] + x) }
        return s.s0 + s.s1
      }, inputSize: 3)
    #expect(step.updates.map(step.formula) == ["tanh(add(s0', x))", "tanh(add(s1', x))"])
  }

  // MARK: Names

  @Test func valuesHaveTheCellsNames() {
    let step = trace(LSTM(hiddenSize: 4), inputSize: 3)
    #expect(step.formula(step.node("i")!).hasSuffix("[0..<4])"))
    #expect(step.formula(step.node("f")!).hasPrefix("sigmoid("))
    #expect(step.formula(step.node("g")!).hasPrefix("tanh("))
    #expect(step.formula(step.node("o")!).hasSuffix("[12..<16])"))
    #expect(step.node("h") == step.updates[0])
    #expect(step.node("c") == step.updates[1])
  }

  @Test func theFirstActivationOfAPartTakesItsName() {
    let step = trace(
      Equations(["h": 2]) { x, s, w in
        let (a, b) = w.linear("ih", x, 4).split("a", "b")
        let first = sigmoid(a)
        s.h = first + tanh(a) + b
        return s.h
      }, inputSize: 3)
    #expect(step.formula(step.node("a")!).hasPrefix("sigmoid("))
    #expect(step.node("a?") != nil && step.node("b?") != nil && step.node("b") == nil)
  }

  @Test func aValueOfTwoStatesKeepsTheNameOfTheFirst() {
    let step = trace(
      Equations(["h": 3, "copy": 3]) { x, s, w in
        s.h = tanh(x + s.h)
        s.copy = s.h
        return s.copy
      }, inputSize: 3)
    #expect(step.updates[0] == step.updates[1])
    #expect(step.graph.names[step.updates[1]] == "h")
  }

  // MARK: Parameters

  @Test func tiedParametersAreOne() {
    let step = trace(TiedParameters(hiddenSize: 4), inputSize: 3)
    #expect(step.parameters.map(\.name) == ["weight_ih", "bias_ih", "weight_hh", "bias_hh"])
  }

  @Test func initialValuesFollowTheFirstStateUnlessGiven() {
    let step = trace(
      Equations(["h": 4, "wide": 100]) { x, s, w in
        w.linear("a", x, 2) + w.linear("b", x, 2, initial: .orthogonal)
          + w.vector("c", 2, initial: .constant(1))
          + w.linear("d", x, 2, biasInitial: .constant(2))
      }, inputSize: 3)
    let initializers = Dictionary(uniqueKeysWithValues: step.parameters.map { ($0.name, $0.initializer) })
    #expect(
      initializers == [
        "weight_a": .uniform(0.5), "bias_a": .uniform(0.5), "weight_b": .orthogonal, "bias_b": .orthogonal,
        "c": .constant(1), "weight_d": .uniform(0.5), "bias_d": .constant(2),
      ])
  }

  @Test func numbersOfEveryTypeStandInEquations() {
    let (rate, count) = (Float(0.5), 2)
    let step = trace(
      Equations(["h": 3]) { x, s, w in
        s.h = 1 - x * rate / count + 0.25
        return max(min(s.h, 1.5), rate) < 3
      }, inputSize: 3)
    #expect(step.formula(step.updates[0]) == "add(subtract(1.0, divide(multiply(x, 0.5), 2.0)), 0.25)")
    #expect(step.formula(step.output!).hasPrefix("less(maximum(minimum("))
  }

  // MARK: Misuse

  /// Traces a step that should trap.
  private static func tracing(
    _ states: StateShapes = ["h": 4], inputSize: Int = 3,
    _ equations: @escaping @Sendable (Term, inout States, Weights) -> Term
  ) {
    _ = trace(Equations(states, equations), inputSize: inputSize)
  }

  @Test func anUnknownStateTraps() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing(["h": 4, "c": 4]) { x, s, w in s.hh }
    }
    #expect(try #require(result).says("no state named hh; this cell declares [h, c]"))
  }

  @Test func aStateOfAnotherWidthTraps() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in
        s.h = x
        return x
      }
    }
    #expect(try #require(result).says("state h has width 4, the value assigned has 3"))
  }

  @Test func widthsThatDifferTrap() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in x + s.h }
    }
    #expect(try #require(result).says("broadcast: x has width 3, not 1"))
  }

  @Test func aParameterOfAnotherShapeTraps() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in w.linear("a", x, 4) + w.linear("a", s.h, 4) }
    }
    #expect(try #require(result).says("parameter weight_a: used with shape [4, 4] after [4, 3]"))
  }

  @Test func aMatrixAmongRowsTraps() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in x * w.parameter("matrix", [4, 3]) }
    }
    #expect(try #require(result).says("multiply: rows of x and matrix do not match"))
  }

  @Test func aMatrixAsOutputTraps() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in w.parameter("matrix", [4, 3]) }
    }
    #expect(try #require(result).says("matrix has the rows of a matrix, not one for each step"))
  }

  @Test func aProductWithWhatIsNoWeightTraps() async throws {
    let steps = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in w.product(x, s.h) }
    }
    #expect(try #require(steps).says("product: h' is not made of parameters alone"))
    let width = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in w.product(x, w.parameter("matrix", [3, 4])) }
    }
    #expect(try #require(width).says("product: x has width 3, the weight is [3, 4]"))
  }

  @Test func columnsOutsideTrap() async throws {
    let slice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in x[2..<4] }
    }
    #expect(try #require(slice).says("slice: columns 2..<4 of x, which has 3"))
    let split = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in x.split("a", "b").0 }
    }
    #expect(try #require(split).says("split: width 3 does not divide into 2 parts"))
  }

  @Test func sizesThatAreNoneTrap() async throws {
    let input = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = trace(Elman(hiddenSize: 4), inputSize: 0)
    }
    #expect(try #require(input).says("Elman: input size 0"))
    let state = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = trace(Elman(hiddenSize: 0), inputSize: 3)
    }
    #expect(try #require(state).says("state h has width 0"))
    let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing(["h": 4, "h": 4]) { x, s, w in x }
    }
    #expect(try #require(twice).says("two states named h"))
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing([:]) { x, s, w in x }
    }
    #expect(try #require(none).says("a cell without a state is not recurrent"))
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in w.parameter("cube", [2, 3, 4]) }
    }
    #expect(try #require(shape).says("parameter cube: shape [2, 3, 4] is neither a vector nor a matrix"))
  }

  @Test func slotsWhereRowsBelongTrap() async throws {
    let output = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in w.memory("source", 4) }
    }
    #expect(
      try #require(output).says("source has a row for each slot of a memory; sumOverMemory makes one of them")
    )
    let state = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in
        s.h = s.h * w.memory("source", 4)
        return s.h
      }
    }
    #expect(try #require(state).says("state h: multiply has a row for each slot of a memory"))
    let softmax = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in softmaxOverMemory(s.h) }
    }
    #expect(try #require(softmax).says("softmaxOverMemory: h' has no row for each slot of a memory"))
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in sumOverMemory(w.perSequence("id", 2)) }
    }
    #expect(try #require(sum).says("sumOverMemory: id has no row for each slot of a memory"))
    let two = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in sumOverMemory(w.memory("source", 2) + w.memory("other", 2)) }
    }
    #expect(try #require(two).says("add: rows of source and other do not match"))
    let kinds = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      TraceTests.tracing { x, s, w in sumOverMemory(w.memory("source", 2)) + w.input("source", 2) }
    }
    #expect(try #require(kinds).says("source is used as input of width 2 after memory of width 2"))
  }
}
