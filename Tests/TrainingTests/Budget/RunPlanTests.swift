import RondoData
import RondoTraining
import Testing

@Suite struct RunPlanTests {
  @Test func oneLegIsAStraightLine() {
    let plan = RunPlan(total: 200)
    #expect(plan.fraction(at: 0) == 0)
    #expect(plan.fraction(at: 50) == 0.25)
    #expect(plan.fraction(at: 200) == 1)
    #expect(plan.fraction(at: 300) == 1)
  }

  @Test func correctionsGoOnFromWhereTheyAre() {
    var plan = RunPlan(total: 200)
    plan.correct(at: 100, total: 150)
    #expect(plan.fraction(at: 50) == 0.25)
    #expect(plan.fraction(at: 100) == 0.5)
    #expect(plan.fraction(at: 125) == 0.75)
    plan.correct(at: 125, total: 325)
    #expect(plan.fraction(at: 125) == 0.75)
    #expect(plan.fraction(at: 225) == 0.875)
    #expect(plan.fraction(at: 325) == 1)
    #expect(plan.total == 325)
  }

  @Test func validationsBeginAfterATenth() {
    let plan = RunPlan(total: 1000)
    #expect((1...1000).filter(plan.validates) == Array(stride(from: 150, through: 1000, by: 50)))
    #expect((1...100).filter(RunPlan(total: 100, validateEvery: 30).validates) == [30, 60, 90])
  }

  @Test func aRunTooShortForAPlanIsLevelThroughout() throws {
    let plan = RunPlan.level(steps: 7, validateEvery: nil)
    let schedule = try CosineSchedule(ScheduleOptions("cosine"))
    for step in 0...7 {
      let moment = TrainingMoment(step: step, stepsPerEpoch: 3, fraction: plan.fraction(at: step))
      #expect(schedule.factor(at: moment) == 1)
      #expect(!plan.validates(at: step) || step == 0)
    }
  }

  @Test(arguments: [
    #"{"legs":[],"validate_every":5,"validate_from":1}"#,
    #"{"legs":[{"step":0,"total":0}],"validate_every":5,"validate_from":1}"#,
    #"{"legs":[{"step":0,"total":9},{"step":9,"total":9}],"validate_every":5,"validate_from":1}"#,
    #"{"legs":[{"step":3,"total":9}],"validate_every":5,"validate_from":1}"#,
    #"{"legs":[{"step":0,"total":9}],"validate_every":0,"validate_from":1}"#,
    #"{"legs":[{"step":0,"total":9}],"validate_every":9000000000000000000,"validate_from":1}"#,
    #"{"legs":[{"step":0,"total":9}],"validate_every":5,"validate_from":-1}"#,
    #"{"legs":[{"step":0,"total":9000000000000000000}],"validate_every":5,"validate_from":1}"#,
  ])
  func impossiblePlansAreRefused(text: String) {
    #expect(throws: FormatError.self) {
      try JSONRecord.decode(RunPlan.self, from: Array(text.utf8), file: "plan")
    }
  }

  @Test func aLevelRunValidatesAsAsked() {
    let plan = RunPlan.level(steps: 18, validateEvery: 2)
    #expect((1...18).filter(plan.validates) == Array(stride(from: 2, through: 18, by: 2)))
    #expect((0...18).allSatisfy { plan.fraction(at: $0) <= CosineSchedule.level })
  }

  @Test func survivesJSON() throws {
    var plan = RunPlan(total: 90)
    plan.correct(at: 30, total: 77)
    let text = JSONRecord.encode(plan)
    #expect(try JSONRecord.decode(RunPlan.self, from: Array(text.utf8), file: "plan") == plan)
  }
}

/// A run under a time limit, on a clock of the test's own.
@Suite struct PacerTests {
  /// Runs with a speed that may change, and returns the steps made, the plan and the time taken.
  private func run(limit: Double, secondsPerStep: (Double) -> Double) -> (
    plan: RunPlan?, steps: Int, elapsed: Double
  ) {
    var pacer = Pacer(limit: limit)
    var plan: RunPlan?
    var (step, elapsed) = (0, 0.5)
    while !pacer.isOver(elapsed), step < plan?.total ?? .max {
      elapsed += secondsPerStep(elapsed)
      step += 1
      if let known = plan {
        if let total = pacer.correction(step: step, elapsed: elapsed, plan: known) {
          plan!.correct(at: step, total: total)
        }
      } else if let total = pacer.firstPlan(step: step, elapsed: elapsed, validationSteps: 0) {
        #expect(total >= 10 * step, "the level start must cover what has been done")
        plan = RunPlan(total: total)
      }
    }
    return (plan, step, elapsed)
  }

  @Test func aSteadyRunNeedsOneLegAndUsesItsTime() throws {
    let (plan, steps, elapsed) = run(limit: 100) { _ in 0.01 }
    #expect(plan?.legs.count == 1)
    #expect(steps == plan?.total)
    #expect(elapsed > 96 && elapsed < 100)
  }

  @Test func aRunThatSlowsDownIsShortened() throws {
    let (plan, steps, elapsed) = run(limit: 100) { $0 < 30 ? 0.01 : 0.02 }
    #expect(steps == plan?.total)
    #expect(elapsed > 95 && elapsed < 100)
    #expect(plan!.legs.count > 1)
  }

  @Test func aRunThatSpeedsUpIsExtended() throws {
    let (plan, steps, elapsed) = run(limit: 100) { $0 < 30 ? 0.02 : 0.01 }
    #expect(steps == plan?.total)
    #expect(elapsed > 95 && elapsed < 100)
  }

  @Test func aStepThatTakesLongEndsTheRunInTime() {
    let (plan, _, elapsed) = run(limit: 10) { _ in 4 }
    #expect(plan == nil || plan!.legs.count <= 2)
    #expect(elapsed < 15)
  }

  @Test func validationsArePlannedFor() {
    var pacer = Pacer(limit: 100)
    #expect(pacer.firstPlan(step: 1, elapsed: 1, validationSteps: 10) == nil)
    let total = pacer.firstPlan(step: 501, elapsed: 6, validationSteps: 10)!
    // 92 seconds of 100 steps each are left, for steps and for twenty validations of ten steps.
    #expect(abs(total - (501 + 9200 - 200)) <= 1)
  }
}
