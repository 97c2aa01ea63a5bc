import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct DifferentiateTests {
  private func backward(_ cell: some Cell) -> StepGraph {
    pruned(canonicalize(differentiate(canonicalize(trace(cell, inputSize: 3)))))
  }

  @Test func theBackwardStepIsAStepOfTheSameKind() {
    let step = backward(Elman(hiddenSize: 4))
    // The states of the backward step are the gradients that arrive from the step after; they are the forward step's, by name and width.
    #expect(step.states == [StateShape(name: "h", width: 4)])
    let gradient = "add(dh, dh')"
    let slope = "subtract(1.0, multiply(kept h, kept h))"
    let inner = "multiply(\(gradient), \(slope))"
    #expect(step.formula(step.output!) == "[\(inner)·weight_ih]")
    #expect(step.updates.map(step.formula) == ["[\(inner)·weight_hh]"])
    #expect(
      step.gradients.map { "\(step.parameters[$0.parameter].name): \(step.formula($0.node))" } == [
        "weight_ih: outer(\(inner), kept x)", "bias_ih: total(\(inner))",
        "weight_hh: outer(\(inner), kept h')", "bias_hh: total(\(inner))",
      ])
  }

  @Test func gradientsHaveTheNamesOfTheirValues() {
    let step = backward(LSTM(hiddenSize: 4))
    for name in ["dx", "dh", "dc", "dhh"] { #expect(step.node(name) != nil, "\(name)") }
  }

  @Test func whatTheOutputDoesNotDependOnHasZeros() {
    let step = backward(
      Equations(["h": 2, "unused": 2]) { x, s, w in
        s.unused = w.vector("v", 2)
        s.h = tanh(s.h)
        return s.h
      })
    #expect(step.formula(step.output!) == "identity(broadcast(0.0))")
    #expect(step.formula(step.updates[1]) == "identity(broadcast(0.0))")
    #expect(step.graph[step.output!].width == 3)
    #expect(step.gradients.map { step.formula($0.node) } == ["total(dunused')"])
  }

  @Test func partsOfAValueHaveTheirGradientsSideBySide() {
    let step = backward(
      Equations(["h": 2]) { x, s, w in
        let z = w.linear("ih", x, 6, bias: false)
        s.h = z[2..<4] * s.h
        return s.h + z[0..<2]
      })
    let both = "add(dh', doutput)"
    #expect(
      step.formula(step.gradients[0].node)
        .hasPrefix("outer(concatenate(doutput, multiply(\(both), kept h'), broadcast(0.0))"))
  }

  /// Overlapping parts add up; equal parts are added before they are laid side by side.
  @Test func overlappingPartsAddUp() {
    let overlapping = backward(
      Equations(["h": 2]) { x, s, w in
        let z = w.linear("ih", x, 3, bias: false)
        s.h = tanh(z[0..<2] + z[1..<3])
        return s.h
      })
    #expect(
      overlapping.formula(overlapping.gradients[0].node).hasPrefix("outer(add(concatenate(multiply("))
    let equal = backward(
      Equations(["h": 2]) { x, s, w in
        let z = w.linear("ih", x, 3, bias: false)
        s.h = tanh(z[0..<2]) + exp(z[0..<2])
        return s.h
      })
    #expect(equal.formula(equal.gradients[0].node).hasPrefix("outer(concatenate("))
    #expect(equal.graph.nodes.filter { $0.operation == .concatenate }.count == 1)
  }

  /// The sum of both biases is one value that both products begin with.
  @Test func aParameterThatIsUsedTwiceHasTwoGradients() {
    let step = backward(TiedParameters(hiddenSize: 4))
    let names = step.gradients.map { step.parameters[$0.parameter].name }
    #expect(
      names == ["weight_ih", "weight_ih", "bias_ih", "weight_hh", "weight_hh", "bias_hh", "bias_hh"])
  }

  /// A weight that is computed of parameters hands its gradient on to them, once all steps are summed.
  @Test func gradientsOfComputedWeightsAreSummedOverTheStepsFirst() {
    let step = backward(GatedWeights(hiddenSize: 4))
    let weight = step.gradients.first { step.parameters[$0.parameter].name == "weight" }!
    #expect(step.formula(weight.node).hasPrefix("multiply(outer("))
    #expect(step.graph[weight.node].domain == .fixed(rows: 4))
  }
}
