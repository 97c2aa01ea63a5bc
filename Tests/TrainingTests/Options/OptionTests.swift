import RondoTraining
import Testing

@Suite struct DurationTextTests {
  @Test(
    arguments: [
      ("90s", 90), ("8m", 480), ("1h", 3600), ("1h30m", 5400), ("250ms", 0.25), ("1.5m", 90), ("2d", 172800),
      ("0s", 0),
    ] as [(String, Double)])
  func reads(text: String, seconds: Double) throws {
    #expect(abs(try #require(DurationText.seconds(text)) - seconds) < 1e-9)
  }

  @Test(arguments: ["", "90", "s", "5parsecs", "1m30", "-5s", "1,5m", "5 m", "infs", "1e3s", "٣s"])
  func refuses(text: String) {
    #expect(DurationText.seconds(text) == nil)
  }

  @Test(arguments: [
    (0.04, "0.0s"), (4.23, "4.2s"), (9.96, "10s"), (59.6, "1m00s"), (65, "1m05s"), (7800, "2h10m"),
  ])
  func writes(seconds: Double, text: String) {
    #expect(DurationText.short(seconds) == text)
  }
}

@Suite struct TrainingOptionsTests {
  private func refused(_ change: (inout TrainingOptions) -> Void) -> Bool {
    var options = TrainingOptions()
    change(&options)
    do {
      try options.validate()
      return false
    } catch {
      return true
    }
  }

  @Test func theDefaultsAreValid() throws {
    try TrainingOptions().validate()
  }

  @Test func valuesOutOfRangeAreRefused() {
    #expect(refused { $0.batch = 0 })
    #expect(refused { $0.length = -1 })
    #expect(refused { $0.learningRate = .nan })
    #expect(refused { $0.learningRate = -1 })
    #expect(refused { $0.learningRate = .infinity })
    #expect(refused { $0.optimizer = "sdg" })
    #expect(refused { $0.optimizerOptions.momentum = 1 })
    #expect(refused { $0.optimizerOptions.weightDecay = -0.1 })
    #expect(refused { $0.optimizerOptions.nesterov = true })
    #expect(refused { $0.schedule = ScheduleOptions("cosin") })
    #expect(refused { $0.warmup = -1 })
    #expect(refused { $0.clip = 0 })
    #expect(refused { $0.clipValue = -1 })
    #expect(refused { $0.validationFraction = 1 })
    #expect(refused { $0.validateEvery = 0 })
    #expect(refused { $0.patience = 0 })
    #expect(refused { $0.budget = .steps(0) })
    #expect(refused { $0.budget = .epochs(-3) })
    #expect(refused { $0.budget = .seconds(0) })
  }

  @Test func whatReactsToValidationNeedsIt() {
    #expect(refused { ($0.patience, $0.validationFraction) = (3, 0) })
    #expect(refused { ($0.schedule, $0.validationFraction) = (ScheduleOptions("plateau"), 0) })
    #expect(!refused { $0.validationFraction = 0 })
  }

  @Test(arguments: [Budget.steps(7), .epochs(3), .seconds(1.5)]) func survivesJSON(budget: Budget) throws {
    var options = TrainingOptions()
    options.budget = budget
    options.seed = .max
    options.learningRate = 0.1 + 0.2
    options.schedule = ScheduleOptions("step", value: 1.0 / 3, start: 4, every: 1)
    options.clip = nil
    let text = JSONRecord.encode(options)
    #expect(try JSONRecord.decode(TrainingOptions.self, from: Array(text.utf8), file: "options") == options)
  }
}
