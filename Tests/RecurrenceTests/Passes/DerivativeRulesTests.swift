import RondoRecurrence
import RondoTestSupport
import Testing

/// Each rule of the table by itself: right as it is, and noticed when it is wrong.
@Suite struct DerivativeRulesTests {
  /// A rule, how many gradients it gives, and a cell in which all of them matter.
  struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    let contributionCount: Int
    let cell: Equations

    var testDescription: String { name }

    init(
      _ name: String, _ contributionCount: Int = 1,
      _ equations: @escaping @Sendable (_ x: Term, _ h: Term, _ w: Weights) -> Term
    ) {
      self.name = name
      self.contributionCount = contributionCount
      cell = Equations(["h": 3]) { x, s, w in
        let value = equations(x, s.h, w)
        s.h = value.width == 3 ? value : 0.5 * s.h + value
        return s.h
      }
    }
  }

  static let rules: [Rule] = [
    Rule("identity") { x, h, w in h },
    Rule("negate") { x, h, w in -(x * h) },
    Rule("absolute") { x, h, w in abs(x + h) },
    Rule("exp") { x, h, w in exp(x - h) },
    Rule("log") { x, h, w in log(x * x + h * h + 0.5) },
    Rule("sigmoid") { x, h, w in sigmoid(x + h) },
    Rule("tanh") { x, h, w in tanh(x + h) },
    Rule("relu") { x, h, w in relu(x + h) },
    Rule("softplus") { x, h, w in softplus(x + h) },
    Rule("squareRoot") { x, h, w in sqrt(x * x + h * h + 0.5) },
    Rule("sin") { x, h, w in sin(2 * x + h) },
    Rule("cos") { x, h, w in cos(2 * x + h) },
    Rule("repeated") { x, h, w in tanh((x.repeated(2) * h.tiled(2)).sum(groups: 3)) },
    Rule("tiled") { x, h, w in tanh((x.repeated(2) * h.tiled(2)).sum(groups: 3)) },
    Rule("group sum") { x, h, w in tanh((x.repeated(2) * h.tiled(2)).sum(groups: 3)) },
    Rule("group maximum") { x, h, w in (x.repeated(2) * h.tiled(2)).maximum(groups: 3) },
    Rule("add", 2) { x, h, w in tanh(x) + tanh(h) },
    Rule("subtract", 2) { x, h, w in tanh(x) - tanh(h) },
    Rule("multiply", 2) { x, h, w in x * h },
    Rule("multiply", 1) { x, h, w in tanh(h * h) },
    Rule("divide", 2) { x, h, w in x / (h * h + 0.5) },
    Rule("minimum", 2) { x, h, w in min(x, h) },
    Rule("maximum", 2) { x, h, w in max(x, h) },
    Rule("less", 0) { x, h, w in (x < h) * tanh(h) + x },
    Rule("select", 2) { x, h, w in select(x < 0.25, tanh(x + h), h * 0.5) },
    Rule("multiplyAdd", 3) { x, h, w in x * h + tanh(w.vector("v", 3)) },
    Rule("slice") { x, h, w in tanh(x[1..<2] * h) },
    Rule("concatenate", 2) { x, h, w in concatenate(tanh(h[1..<3]), tanh(h[0..<1] + x[2..<3])) },
    Rule("broadcast") { x, h, w in tanh(x[1..<2] * h) },
    Rule("row sum") { x, h, w in tanh(h.sum() * x) },
    Rule("row maximum") { x, h, w in tanh(h.maximum() * x) },
    Rule("sumOverMemory") { x, h, w in sumOverMemory(tanh(w.memory("source", 3) * h)) },
    Rule("softmaxOverMemory") { x, h, w in
      let source = w.memory("source", 3)
      return sumOverMemory(softmaxOverMemory(source * h) * source)
    },
    Rule("product", 3) { x, h, w in tanh(w.linear("a", x, 3) + w.linear("b", h, 3)) },
  ]

  private static let sequences = [4, 3, 1, 0]

  private func error(_ rule: Rule, _ rules: DerivativeRules) -> Double {
    let plans = RecurrencePlans(rule.cell, inputSize: 3, rules: rules)
    return GradientCheck(plans, lengths: Self.sequences, reverse: false).maximumRelativeError
  }

  @Test func everyRuleIsTested() {
    #expect(Set(Self.rules.map(\.name)) == Set(DerivativeRules.standard.rules.keys))
  }

  @Test(arguments: rules) func isTheDerivative(_ rule: Rule) {
    #expect(error(rule, .standard) < 1e-6)
    let step = canonicalize(trace(rule.cell, inputSize: 3))
    #expect(step.graph.nodes.contains { step.graph.describe($0.operation) == rule.name })
  }

  /// The gradient check fails as soon as one gradient of one rule has the wrong sign.
  @Test(arguments: rules) func aWrongSignIsNoticed(_ rule: Rule) throws {
    let standard = try #require(DerivativeRules.standard.rules[rule.name])
    for flipped in 0..<rule.contributionCount {
      var rules = DerivativeRules.standard
      rules.rules[rule.name] = { differentiation, node, g in
        var contributions = standard(&differentiation, node, g)
        if contributions.indices.contains(flipped) {
          let gradient = contributions[flipped].gradient
          contributions[flipped].gradient = differentiation.graph.unary(.negate, gradient)
        }
        return contributions
      }
      #expect(error(rule, rules) > 1e-3, "gradient \(flipped)")
    }
  }

  /// All operations in one cell: a wrong sign shows up among everything else, too.
  @Test(arguments: rules.filter { $0.contributionCount > 0 })
  func aWrongSignIsNoticedAmongAllOperations(_ rule: Rule) throws {
    let cell = EveryOperation(hiddenSize: 4)
    let standard = try #require(DerivativeRules.standard.rules[rule.name])
    var rules = DerivativeRules.standard
    rules.rules[rule.name] = { differentiation, node, g in
      standard(&differentiation, node, g).map {
        var contribution = $0
        contribution.gradient = differentiation.graph.unary(.negate, $0.gradient)
        return contribution
      }
    }
    let plans = RecurrencePlans(cell, inputSize: 3, rules: rules)
    let check = GradientCheck(plans, lengths: Self.sequences, reverse: true)
    #expect(check.maximumRelativeError > 1e-3)
  }
}
