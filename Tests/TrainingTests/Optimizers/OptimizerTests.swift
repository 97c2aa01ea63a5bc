import RondoCore
import RondoTraining
import Testing

/// What every optimiser must do; a new one in the registry is tested without another line here.
@Suite struct OptimizerConformanceTests {
  static let count = 1003

  /// The options in which the optimisers differ.
  static let options: [OptimizerOptions] = [
    OptimizerOptions(),
    OptimizerOptions(momentum: 0.9, weightDecay: 0.02),
    OptimizerOptions(momentum: 0.8, nesterov: true, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1),
  ]

  static let cases = AllOptimizers.names.flatMap { name in options.map { (name, $0) } }

  /// Weights and gradients that differ from element to element.
  static func values(_ stream: UInt64) -> [Float] {
    let random = RandomSource(seed: 5)
    return (0..<count).map { 2 * random.uniform(stream: stream, position: UInt64($0)) - 1 }
  }

  /// Some updates along the gradient of a bowl with a different curvature in every direction.
  static func run(
    _ optimizer: inout any Optimizer, _ weights: inout [Float], steps: Range<Int>, rate: Float,
    ranges: [Range<Int>] = [0..<count]
  ) {
    let curvature = values(2).map { 1.5 + $0 }
    for _ in steps {
      let gradients = zip(weights, curvature).map { $0 * $1 }
      weights.withUnsafeMutableBufferPointer { weights in
        gradients.withUnsafeBufferPointer { gradients in
          optimizer.update(
            weights.baseAddress!, gradients: gradients.baseAddress!, ranges: ranges, rate: rate)
        }
      }
    }
  }

  @Test(arguments: cases) func findsTheBottomOfABowl(name: String, options: OptimizerOptions) throws {
    var optimizer = try AllOptimizers.named(name).init(options, parameterCount: Self.count)
    var weights = Self.values(1)
    for rate: Float in [0.1, 0.03, 0.01] {
      Self.run(&optimizer, &weights, steps: 0..<300, rate: rate)
    }
    #expect(weights.allSatisfy { abs($0) < 0.02 })
  }

  @Test(arguments: cases) func goesOnFromItsStateWithTheSameBits(name: String, options: OptimizerOptions)
    throws
  {
    let type = try AllOptimizers.named(name)
    var whole: any Optimizer = type.init(options, parameterCount: Self.count)
    var expected = Self.values(1)
    Self.run(&whole, &expected, steps: 0..<20, rate: 0.05)

    var first: any Optimizer = type.init(options, parameterCount: Self.count)
    var weights = Self.values(1)
    Self.run(&first, &weights, steps: 0..<7, rate: 0.05)
    var second: any Optimizer = type.init(options, parameterCount: Self.count)
    second.state = first.state
    Self.run(&second, &weights, steps: 7..<20, rate: 0.05)
    #expect(weights.map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(second.state == whole.state)
  }

  @Test(arguments: cases) func doesNotDependOnTheNumberOfThreads(name: String, options: OptimizerOptions)
    throws
  {
    let results = try [1, 2, 3].map { threads in
      var optimizer = try AllOptimizers.named(name).init(options, parameterCount: 70_001)
      var weights = (0..<70_001).map { Float($0 % 97) / 97 - 0.5 }
      let gradients = (0..<70_001).map { Float($0 % 89) / 89 - 0.4 }
      Parallel.withThreads(threads) {
        for _ in 0..<3 {
          optimizer.update(&weights, gradients: gradients, ranges: [0..<70_001], rate: 0.01)
        }
      }
      return weights.map(\.bitPattern)
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test(arguments: cases) func leavesFrozenRangesAlone(name: String, options: OptimizerOptions) throws {
    var optimizer = try AllOptimizers.named(name).init(options, parameterCount: Self.count)
    let before = Self.values(1)
    var weights = before
    Self.run(&optimizer, &weights, steps: 0..<5, rate: 0.1, ranges: [0..<100, 500..<700])
    #expect(Array(weights[100..<500]) == Array(before[100..<500]))
    #expect(Array(weights[700...]) == Array(before[700...]))
    #expect(weights[0] != before[0])
    #expect(weights[699] != before[699])
  }

  @Test func unknownNamesAreAnsweredWithTheKnownOnes() {
    #expect(throws: OptionError.unknownName(kind: "optimizer", given: "adm", valid: AllOptimizers.names)) {
      try AllOptimizers.named("adm")
    }
    let message = "\(OptionError.unknownName(kind: "optimizer", given: "adm", valid: AllOptimizers.names))"
    #expect(message == "unknown optimizer \"adm\" (did you mean adam?); there are: sgd, adam, adamw, rmsprop")
  }
}

/// Each optimiser against its equations, written plainly in Double.
@Suite struct OptimizerEquationTests {
  typealias Rule = (_ w: inout Double, _ g: Double, _ memory: inout (Double, Double), _ step: Int) -> Void

  /// 30 updates with gradients that do not depend on the weights, so that the two cannot drift apart.
  private func compare(_ name: String, _ options: OptimizerOptions, _ rate: Double, _ rule: Rule) throws {
    var optimizer = try AllOptimizers.named(name).init(options, parameterCount: 37)
    let start = OptimizerConformanceTests.values(1).prefix(37)
    var weights = Array(start)
    var plain = start.map(Double.init)
    var memory = plain.map { _ in (0.0, 0.0) }
    for step in 1...30 {
      let gradients = OptimizerConformanceTests.values(UInt64(10 + step)).prefix(37).map { $0 }
      optimizer.update(&weights, gradients: gradients, ranges: [0..<37], rate: Float(rate))
      for index in plain.indices { rule(&plain[index], Double(gradients[index]), &memory[index], step) }
    }
    for (found, expected) in zip(weights, plain) { #expect(abs(Double(found) - expected) < 2e-5) }
  }

  @Test func sgd() throws {
    let rate = 0.05
    try compare("sgd", OptimizerOptions(), rate) { w, g, _, _ in w -= rate * g }
  }

  @Test(arguments: [false, true]) func momentum(nesterov: Bool) throws {
    let rate = 0.02
    let options = OptimizerOptions(momentum: 0.9, nesterov: nesterov, weightDecay: 0.1)
    try compare("sgd", options, rate) { w, g, memory, _ in
      let g = g + 0.1 * w
      memory.0 = 0.9 * memory.0 + g
      w -= rate * (nesterov ? g + 0.9 * memory.0 : memory.0)
    }
  }

  @Test(arguments: [0, 0.9]) func rmsprop(momentum: Double) throws {
    let rate = 0.003
    let options = OptimizerOptions(momentum: momentum, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.2)
    try compare("rmsprop", options, rate) { w, g, memory, _ in
      let g = g + 0.2 * w
      memory.0 = 0.9 * memory.0 + 0.1 * g * g
      memory.1 = momentum * memory.1 + g / (memory.0.squareRoot() + 1e-3)
      w -= rate * memory.1
    }
  }

  @Test(arguments: ["adam", "adamw"]) func adam(name: String) throws {
    let rate = 0.01
    let options = OptimizerOptions(beta1: 0.8, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.2)
    try compare(name, options, rate) { w, g, memory, step in
      var g = g
      if name == "adamw" { w -= rate * 0.2 * w } else { g += 0.2 * w }
      memory.0 = 0.8 * memory.0 + 0.2 * g
      memory.1 = 0.9 * memory.1 + 0.1 * g * g
      var (power1, power2) = (1.0, 1.0)
      for _ in 0..<step { (power1, power2) = (power1 * 0.8, power2 * 0.9) }
      w -= rate * (memory.0 / (1 - power1)) / ((memory.1 / (1 - power2)).squareRoot() + 1e-3)
    }
  }
}
