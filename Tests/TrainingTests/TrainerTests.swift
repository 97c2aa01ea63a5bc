import RondoCore
import RondoData
import RondoTestSupport
import RondoTraining
import Testing

/// A model as small as can be: a weight that is pulled to a target by steps of different strength, with a state that is carried along.
private final class TinyProgram: TrainingProgram {
  let parameter: Parameter
  var carried = [Tensor([1, 1], [1])]
  /// The step whose loss is not a number.
  var badStep: Int?
  var validations: [Int] = []
  private let hasValidation: Bool

  static func make(hasValidation: Bool = true) -> (program: TinyProgram, store: ParameterStore) {
    let builder = Builder(seed: 3)
    let parameter = builder.parameter("weight", [5, 7], .uniform(1))
    return (TinyProgram(parameter, hasValidation), builder.finish())
  }

  private init(_ parameter: Parameter, _ hasValidation: Bool) {
    self.parameter = parameter
    self.hasValidation = hasValidation
  }

  var stepsPerEpoch: Int { 10 }
  var unitsPerStep: Int { 4 }
  var validationUnits: Int { hasValidation ? 40 : 0 }
  var unitName: String { "thing" }
  var lossUnit: String { "nats/thing" }

  func step(_ step: Int, _ parameters: ParameterStore, into gradients: inout Gradients) -> StepResult {
    let tape = Tape(parameters, training: true, seed: 1, pass: UInt64(step))
    let strength = tape.constant(Tensor(0.5 + Float(step % 3)))
    let pull = tape.parameter(parameter) - tape.constant(Tensor(carried[0].scalar))
    let loss = mean(pull * pull) * strength
    tape.backward(from: loss, into: &gradients)
    carried = [Tensor([1, 1], [carried[0].scalar * 0.9 + 0.1])]
    return StepResult(loss: step == badStep ? .nan : Double(loss.value.scalar), units: 4)
  }

  func validate(_ parameters: ParameterStore, atMost units: Int) -> Double {
    validations.append(units)
    // The weights pass by here on their way.
    return Double(parameters[parameter].values.map { ($0 - 0.2) * ($0 - 0.2) }.reduce(0, +))
  }
}

@Suite struct TrainerTests {
  private func options(_ change: (inout TrainingOptions) -> Void = { _ in }) -> TrainingOptions {
    var options = TrainingOptions()
    options.budget = .steps(60)
    options.learningRate = 0.02
    options.warmup = 5
    change(&options)
    return options
  }

  private func files(_ folder: TemporaryFolder) -> Trainer<TinyProgram>.RunFiles {
    .init(directory: RunDirectory(folder("run")), inputs: ["a"], settings: "{}", checkpointEvery: 1e-9)
  }

  /// Runs to the end, or until `stop` throws.
  private func run(
    _ options: TrainingOptions, _ files: Trainer<TinyProgram>.RunFiles?, plan: RunPlan? = nil,
    resumes: Bool = false,
    stop: ((Int) throws -> Void)? = nil
  ) throws -> TrainingOutcome {
    let (program, store) = TinyProgram.make(hasValidation: options.validationFraction > 0)
    let trainer = try Trainer(program, parameters: store, options: options, plan: plan, files: files)
    if resumes, let checkpoint = try files?.directory.loadCheckpoint() {
      try trainer.restore(checkpoint, path: "run")
    }
    trainer.onStep = { report in try stop?(report.step) }
    return try trainer.run()
  }

  private struct Killed: Error {}

  @Test(arguments: [
    ("adamw", "cosine", 0.05), ("sgd", "plateau", 0.05), ("adam", "step", 0),
    ("rmsprop", "exponential", 0.05),
  ])
  func aResumedRunEndsWithTheSameBits(optimizer: String, schedule: String, heldOut: Double) throws {
    let options = options {
      $0.optimizer = optimizer
      $0.schedule = ScheduleOptions(schedule)
      $0.validationFraction = heldOut
      $0.optimizerOptions.momentum = optimizer == "sgd" ? 0.9 : 0
      if optimizer == "adam" { ($0.average, $0.accumulate) = (0.95, 2) }
      if optimizer == "rmsprop" { $0.average = 0.8 }
    }
    let whole = try run(options, nil)
    for kill in [1, 2, 17, 42, 59] {
      let folder = TemporaryFolder()
      #expect(throws: Killed.self) {
        try run(options, files(folder)) { if $0 == kill { throw Killed() } }
      }
      let resumed = try run(options, files(folder), resumes: true)
      #expect(resumed.parameters.values == whole.parameters.values, "killed in step \(kill)")
      #expect(resumed.validation == whole.validation)
      #expect(resumed.steps == 60)
      let lines = try Files.readText(folder("run/metrics.jsonl")).split(separator: "\n")
      let steps = try lines.map { try JSON(parsing: String($0))["step"]?.integer }
      #expect(steps == Array(1...60))
    }
  }

  @Test func aRunThatIsResumedAgainAfterItsEndStaysAsItIs() throws {
    let folder = TemporaryFolder()
    let first = try run(options(), files(folder))
    let again = try run(options(), files(folder), resumes: true)
    #expect(again.parameters.values == first.parameters.values)
    #expect(again.validation == first.validation)
  }

  @Test func withoutACheckpointItStartsFromTheBeginning() throws {
    let folder = TemporaryFolder()
    let resumed = try run(options(), files(folder), resumes: true)
    #expect(try resumed.parameters.values == run(options(), nil).parameters.values)
  }

  @Test func aLongerRunGoesOnFromAShorterOne() throws {
    let options = options {
      $0.schedule = ScheduleOptions("constant")
      $0.validateEvery = 7
    }
    let folder = TemporaryFolder()
    var short = options
    short.budget = .steps(21)
    _ = try run(short, files(folder))
    let resumed = try run(options, files(folder), resumes: true)
    #expect(try resumed.parameters.values == run(options, nil).parameters.values)
  }

  @Test func theBestWeightsAreKept() throws {
    let options = options { $0.learningRate = 0.1 }
    let outcome = try run(options, nil)
    let (program, _) = TinyProgram.make()
    #expect(outcome.validation.bestStep < 60)
    #expect(program.validate(outcome.parameters, atMost: 1) == outcome.validation.bestLoss)
  }

  @Test(arguments: [0, 0.05]) func theAverageOfTheWeightsIsKept(heldOut: Double) throws {
    let options = options {
      ($0.average, $0.validationFraction) = (0.9, heldOut)
      $0.validateEvery = 60
    }
    let (program, store) = TinyProgram.make(hasValidation: heldOut > 0)
    let trainer = try Trainer(program, parameters: store, options: options)
    var expected: [Double] = []
    trainer.onStep = { report in
      let weights = trainer.parameters.values.values.map(Double.init)
      let time = Double(report.step)
      let decay = report.step == 1 ? 0 : min(0.9, (1 + time) / (10 + time))
      expected =
        expected.isEmpty ? weights : zip(expected, weights).map { decay * $0 + (1 - decay) * $1 }
    }
    let outcome = try trainer.run()
    for (found, expected) in zip(outcome.parameters.values.values, expected) {
      #expect(abs(Double(found) - expected) < 1e-6)
    }
    if heldOut > 0 {
      #expect(outcome.validation.bestLoss == program.validate(outcome.parameters, atMost: 1))
    }
  }

  @Test func gradientsOfSeveralBatchesAreAveraged() throws {
    let options = options {
      ($0.optimizer, $0.accumulate, $0.budget, $0.learningRate) = ("sgd", 3, .steps(2), 0.5)
      ($0.warmup, $0.clip, $0.validationFraction) = (0, nil, 0)
      $0.optimizerOptions.weightDecay = 0
      $0.schedule = ScheduleOptions("constant")
    }
    let outcome = try run(options, nil)
    let (program, store) = TinyProgram.make(hasValidation: false)
    var weights = store.values.values.map(Double.init)
    var expectedStore = store
    for step in 0..<2 {
      var gradients = Gradients(zerosFor: store)
      for batch in 3 * step..<3 * step + 3 { _ = program.step(batch, expectedStore, into: &gradients) }
      weights = zip(weights, gradients.values.values).map { $0 - 0.5 * Double($1) / 3 }
      expectedStore.replaceValues(Tensor([weights.count], weights.map { Float($0) }))
    }
    for (found, expected) in zip(outcome.parameters.values.values, weights) {
      #expect(abs(Double(found) - expected) < 1e-6)
    }
    // Ten batches make four steps, of which the last goes on into the next epoch.
    let epochs = try run(
      self.options { ($0.accumulate, $0.budget) = (3, .epochs(2)) }, nil)
    #expect(epochs.steps == 8)
  }

  @Test func patienceEndsTheRun() throws {
    let options = options {
      $0.learningRate = 1e-30
      $0.validateEvery = 5
      $0.patience = 3
    }
    let outcome = try run(options, nil)
    #expect(outcome.reason == .earlyStopping)
    // The first validation is the best one, then three bring nothing.
    #expect(outcome.steps == 20)
  }

  @Test func epochsCountSteps() throws {
    let outcome = try run(options { $0.budget = .epochs(3) }, nil)
    #expect(outcome.steps == 30)
  }

  @Test func aRunUnderATimeLimitIsRepeatedByItsSteps() throws {
    let timed = try run(
      options {
        $0.budget = .seconds(0.4)
        $0.schedule = ScheduleOptions("cosine")
      }, nil)
    #expect(timed.seconds < 1)
    let repeated = try run(
      options {
        $0.budget = .steps(timed.steps)
        $0.schedule = ScheduleOptions("cosine")
      }, nil, plan: timed.plan)
    #expect(repeated.parameters.values == timed.parameters.values)
    #expect(repeated.validation == timed.validation)
  }

  @Test func aNumberThatIsNoneStopsTheRunAndKeepsTheCheckpoint() throws {
    let folder = TemporaryFolder()
    let (program, store) = TinyProgram.make()
    program.badStep = 12
    let trainer = try Trainer(program, parameters: store, options: options(), files: files(folder))
    #expect(throws: TrainingError.notFinite(step: 13, what: "the loss is nan")) { try trainer.run() }
    #expect(try RunDirectory(folder("run")).loadCheckpoint()?.record.step == 12)
  }

  @Test func divergenceNamesStepAndParameter() throws {
    let (program, store) = TinyProgram.make()
    let options = options {
      $0.optimizer = "sgd"
      $0.learningRate = 1e30
      $0.warmup = 0
      $0.clip = nil
    }
    let trainer = try Trainer(program, parameters: store, options: options)
    do {
      _ = try trainer.run()
      Issue.record("the run did not diverge")
    } catch TrainingError.notFinite(let step, let what) {
      #expect(step <= 3)
      #expect(what.contains("weight") || what.contains("loss"))
    }
  }

  @Test func aCheckpointOfAnotherModelIsRefused() throws {
    let folder = TemporaryFolder()
    _ = try run(options(), files(folder))
    let checkpoint = try #require(try RunDirectory(folder("run")).loadCheckpoint())
    let (program, store) = TinyProgram.make()
    let other = try Trainer(program, parameters: store, options: options { $0.optimizer = "sgd" })
    #expect(throws: TrainingError.self) { try other.restore(checkpoint, path: "run") }
    let builder = Builder(seed: 3)
    _ = builder.parameter("weight", [7, 5], .uniform(1))
    let shaped = try Trainer(program, parameters: builder.finish(), options: options())
    #expect(throws: TrainingError.self) { try shaped.restore(checkpoint, path: "run") }
  }
}
