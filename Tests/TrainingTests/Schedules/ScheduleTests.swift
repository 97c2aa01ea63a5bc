import RondoTraining
import Testing

@Suite struct ScheduleTests {
  /// The factors of a schedule at these epochs of ten steps each.
  private func factors(_ options: ScheduleOptions, epochs: [Double]) throws -> [Double] {
    let schedule = try AllSchedules.named(options.name).init(options)
    return epochs.map {
      schedule.factor(at: TrainingMoment(step: Int($0 * 10), stepsPerEpoch: 10, fraction: 0))
    }
  }

  private func expect(_ found: [Double], _ expected: [Double]) {
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12, "\(found) is not \(expected)") }
  }

  @Test func constant() throws {
    expect(try factors(ScheduleOptions("constant"), epochs: [0, 3, 100]), [1, 1, 1])
  }

  @Test func fourEpochsThenHalvedEveryEpoch() throws {
    let options = ScheduleOptions("step", value: 0.5, start: 4, every: 1)
    expect(
      try factors(options, epochs: [0, 1, 3.9, 4, 4.9, 5, 12]), [1, 1, 1, 0.5, 0.5, 0.25, 1.0 / 512])
  }

  @Test func stepStartsAfterItsFirstInterval() throws {
    expect(
      try factors(ScheduleOptions("step", value: 0.1, every: 2), epochs: [0, 1.9, 2, 4]), [1, 1, 0.1, 0.01])
  }

  @Test func exponential() throws {
    let options = ScheduleOptions("exponential", value: 0.25, start: 1, every: 2)
    expect(try factors(options, epochs: [0, 1, 2, 3, 5]), [1, 1, 0.5, 0.25, 0.0625])
  }

  @Test func cosine() throws {
    let schedule = try CosineSchedule(ScheduleOptions("cosine", value: 0.2))
    let fractions = [0, 0.1, 0.55, 1, 1.5]
    let found = fractions.map {
      schedule.factor(at: TrainingMoment(step: 0, stepsPerEpoch: 1, fraction: $0))
    }
    expect(found, [1, 1, 0.6, 0.2, 0.2])
  }

  @Test func plateauWaitsAndRemembers() throws {
    let moment = TrainingMoment(step: 0, stepsPerEpoch: 1, fraction: 0)
    var schedule = try PlateauSchedule(ScheduleOptions("plateau", value: 0.1, every: 2))
    for loss in [5.0, 4.0, 4.0] { schedule.observe(validationLoss: loss) }
    #expect(schedule.factor(at: moment) == 1)
    var resumed = try PlateauSchedule(ScheduleOptions("plateau", value: 0.1, every: 2))
    resumed.state = schedule.state
    resumed.observe(validationLoss: 4.5)
    #expect(resumed.factor(at: moment) == 0.1)
    resumed.observe(validationLoss: 3)
    resumed.observe(validationLoss: 3.5)
    #expect(resumed.factor(at: moment) == 0.1)
  }

  @Test(arguments: AllSchedules.names) func warmUpRisesLinearlyToTheSchedule(name: String) throws {
    let rate = try LearningRate(base: 0.5, warmup: 4, schedule: ScheduleOptions(name))
    let rates = (0..<6).map { rate.rate(at: TrainingMoment(step: $0, stepsPerEpoch: 1000, fraction: 0)) }
    // An exponential schedule has moved a little by then.
    for (found, expected) in zip(rates, [0.125, 0.25, 0.375, 0.5, 0.5, 0.5] as [Float]) {
      #expect(abs(found - expected) < 5e-4)
    }
  }

  @Test(arguments: AllSchedules.names) func staysWithinBoundsAndGoesOnFromItsState(name: String) throws {
    let type = try AllSchedules.named(name)
    var schedule: any Schedule = try type.init(ScheduleOptions(name))
    var resumed: any Schedule = try type.init(ScheduleOptions(name))
    for step in 0...200 {
      let moment = TrainingMoment(step: step, stepsPerEpoch: 10, fraction: Double(step) / 200)
      let factor = schedule.factor(at: moment)
      #expect((0...1).contains(factor), "\(name) at step \(step)")
      #expect(resumed.factor(at: moment) == factor)
      schedule.observe(validationLoss: 3 + Double(step * 7919 % 13))
      // As if the run were killed and resumed after every step.
      resumed = try type.init(ScheduleOptions(name))
      resumed.state = schedule.state
    }
  }

  @Test func optionsAreChecked() throws {
    #expect(try ScheduleOptions(parsing: "step:0.5") == ScheduleOptions("step", value: 0.5))
    for text in ["stp", "step:half", ":0.5"] {
      #expect(throws: OptionError.self) { try ScheduleOptions(parsing: text) }
    }
    let bad = [
      ScheduleOptions("step", value: 0), ScheduleOptions("step", value: 1.5),
      ScheduleOptions("step", every: 0),
      ScheduleOptions("exponential", start: -1), ScheduleOptions("cosine", value: -0.1),
      ScheduleOptions("plateau", every: 0.5),
    ]
    for options in bad {
      #expect(throws: OptionError.self) { try AllSchedules.named(options.name).init(options) }
    }
  }
}
