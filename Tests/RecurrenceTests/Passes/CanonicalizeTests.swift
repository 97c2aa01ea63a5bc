import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct CanonicalizeTests {
  /// The canonical form of a cell's output, and of its states.
  private func canonical(
    _ states: StateShapes = ["h": 3], _ equations: @escaping @Sendable (Term, inout States, Weights) -> Term
  ) -> (output: String, states: [String]) {
    let step = canonicalize(trace(Equations(states, equations), inputSize: 3))
    return (step.formula(step.output!), step.updates.map(step.formula))
  }

  // MARK: Chains of products

  @Test func biasesComeFirstThenInputsThenRecurrentProductsThenTheRest() {
    let form = canonical { x, s, w in
      let z =
        x + w.linear("hh", s.h, 3) + w.linear("ih", x, 3) + w.vector("shift", 3) + w.linear("gh", s.h, 3)
      s.h = tanh(z)
      return s.h
    }
    #expect(
      form.states == [
        "tanh(add([[[add(add(add(bias_hh, bias_ih), shift), bias_gh) + x·weight_ihᵀ]"
          + " + h'·weight_hhᵀ] + h'·weight_ghᵀ], x))"
      ])
  }

  @Test func whatIsRecurrentIsDecidedByStatesNotByNames() {
    // The product of u is not on a cycle, though u is a state: it holds the input of the step before.
    let form = canonical(["h": 3, "u": 3]) { x, s, w in
      s.h = w.linear("a", s.h, 3, bias: false) + w.linear("b", s.u, 3, bias: false)
      s.u = x
      return s.h
    }
    #expect(form.output == "[[u'·weight_bᵀ] + h'·weight_aᵀ]")
  }

  @Test func aProductThatIsReadElsewhereStays() {
    let form = canonical { x, s, w in
      let drive = w.linear("ih", x, 3, bias: false)
      s.h = tanh(drive + w.linear("hh", s.h, 3, bias: false))
      return s.h * drive
    }
    #expect(form.states == ["tanh(add([h'·weight_hhᵀ], [x·weight_ihᵀ]))"])
  }

  @Test func whatNothingDependsOnIsNoReader() {
    let form = canonical { x, s, w in
      let drive = w.linear("ih", x, 3, bias: false)
      s.h = tanh(drive + w.linear("hh", s.h, 3, bias: false))
      _ = drive * 2
      return s.h
    }
    #expect(form.states == ["tanh([[x·weight_ihᵀ] + h'·weight_hhᵀ])"])
  }

  @Test func aSumThatIsReadElsewhereIsNotOpened() {
    let form = canonical { x, s, w in
      let partial = w.linear("ih", x, 3)
      s.h = tanh(partial + w.linear("hh", s.h, 3, bias: false))
      return partial
    }
    #expect(form.states == ["tanh(add([h'·weight_hhᵀ], [bias_ih + x·weight_ihᵀ]))"])
  }

  @Test func aProductOfParametersIsAddedOnce() {
    let form = canonical { x, s, w in
      s.h = w.linear("v", w.vector("code", 2), 3) + w.linear("ih", x, 3)
      return s.h
    }
    #expect(form.output == "[[add(bias_v, bias_ih) + code·weight_vᵀ] + x·weight_ihᵀ]")
  }

  @Test func aBiasOfWidthOneIsSpreadBeforeTheProduct() {
    let form = canonical { x, s, w in
      s.h = w.linear("ih", x, 3, bias: false) + w.vector("bias", 1)
      return s.h
    }
    #expect(form.output == "[identity(broadcast(bias)) + x·weight_ihᵀ]")
  }

  @Test func differencesOfProductsAreLeftAlone() {
    let form = canonical { x, s, w in
      s.h = w.linear("a", x, 3, bias: false) - w.linear("b", s.h, 3, bias: false)
      return s.h
    }
    #expect(form.output == "subtract([x·weight_aᵀ], [h'·weight_bᵀ])")
  }

  // MARK: Multiply-adds

  @Test func aProductOfNumbersIsAddedInOneOperation() {
    #expect(canonical { x, s, w in x * s.h + x }.output == "fma[x, h', x]")
    #expect(canonical { x, s, w in x + x * s.h }.output == "fma[x, h', x]")
    #expect(canonical { x, s, w in x * s.h + s.h * 2 }.output == "fma[x, h', multiply(h', 2.0)]")
    #expect(canonical { x, s, w in x * s.h + 1 }.output == "fma[x, h', 1.0]")
    #expect(canonical { x, s, w in x * s.h - x }.output == "subtract(multiply(x, h'), x)")
  }

  @Test func aProductOfNumbersThatIsReadElsewhereStays() {
    let form = canonical { x, s, w in
      let product = x * s.h
      s.h = product + x
      return product
    }
    #expect(form.states == ["add(multiply(x, h'), x)"])
    #expect(form.output == "multiply(x, h')")
  }

  @Test func sumsAfterAChainAreFusedToo() {
    let form = canonical { x, s, w in
      s.h = tanh(x * s.h + w.linear("ih", x, 3) + s.h)
      return s.h
    }
    #expect(form.output == "tanh(add(fma[x, h', [bias_ih + x·weight_ihᵀ]], h'))")
  }

  // MARK: Values

  /// Only what is exactly the same value is simplified: x + 0 turns −0 into 0, and 0 · x is not 0 for infinities.
  @Test func onlyExactSimplificationsAreMade() {
    #expect(canonical { x, s, w in tanh(x * 1) + tanh(1 * s.h) }.output == "add(tanh(x), tanh(h'))")
    #expect(canonical { x, s, w in x + 0 }.output == "add(x, 0.0)")
    #expect(canonical { x, s, w in x * 0 }.output == "multiply(x, 0.0)")
  }

  @Test(arguments: StressCells.all)
  func theFormStaysTheSameWhenTakenAgain(_ cell: CellConformance) {
    let once = canonicalize(trace(cell.cell, inputSize: cell.inputSize))
    let twice = canonicalize(once)
    #expect(
      (once.updates + [once.output!]).map(once.formula)
        == (twice.updates + [twice.output!]).map(twice.formula))
  }

  @Test func namesStayWithTheirValues() {
    let step = canonicalize(trace(LSTM(hiddenSize: 4), inputSize: 3))
    #expect(step.formula(step.node("hh")!) == "[[add(bias_ih, bias_hh) + x·weight_ihᵀ] + h'·weight_hhᵀ]")
    #expect(step.formula(step.node("ih")!) == "[add(bias_ih, bias_hh) + x·weight_ihᵀ]")
    for name in ["i", "f", "g", "o", "c", "h"] { #expect(step.node(name) != nil, "\(name)") }
    #expect(step.formula(step.node("c")!).hasPrefix("fma[sigmoid("))
  }
}
