import RondoNN
import RondoRecurrence
import Testing

@Suite struct GradientCheckTests {
  @Test func everyTensorHasAnError() {
    let check = GradientCheck(LSTM(hiddenSize: 4), inputSize: 3)
    #expect(
      check.errors.map(\.name) == [
        "x", "initial h", "initial c", "weight_ih", "bias_ih", "weight_hh", "bias_hh",
      ])
    #expect(check.maximumRelativeError == check.errors.map(\.error).max())
    // Difference quotients are never exact: an error of zero would mean that nothing was compared.
    #expect(check.errors.allSatisfy { $0.error > 0 && $0.error < 1e-6 })
  }

  /// Where the wrong gradient goes the error is large, and nowhere else.
  @Test func aWrongGradientIsFoundWhereItIs() {
    var rules = DerivativeRules.standard
    rules.rules["product"] = { differentiation, node, g in
      var contributions = DerivativeRules.standard.rules["product"]!(&differentiation, node, g)
      // The gradient of a weight, twice.
      contributions[1].gradient = differentiation.graph.binary(
        .multiply, contributions[1].gradient, differentiation.graph.constant(2))
      return contributions
    }
    let plans = RecurrencePlans(LSTM(hiddenSize: 4), inputSize: 3, rules: rules)
    for (name, error) in GradientCheck(plans, lengths: [4, 3, 1, 0], reverse: false).errors {
      #expect(name.hasPrefix("weight") ? error > 0.5 : error < 1e-6, "\(name)")
    }
  }

  @Test func whatIsNotANumberIsTheLargestError() {
    let cell = Equations(["h": 2]) { x, s, w in
      // Its value is 0, its gradient 0 · ∞.
      s.h = s.h * sqrt(w.vector("v", 2) * 0)
      return s.h
    }
    #expect(GradientCheck(cell, inputSize: 3).maximumRelativeError == .infinity)
  }

  @Test func theSeedDecidesTheNumbers() {
    func errors(_ seed: UInt64) -> [Double] {
      GradientCheck(GRU(hiddenSize: 4), inputSize: 3, seed: seed).errors.map(\.error)
    }
    #expect(errors(1) == errors(1))
    #expect(errors(1) != errors(2))
  }
}
