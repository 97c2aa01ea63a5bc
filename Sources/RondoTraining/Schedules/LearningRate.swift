/// The learning rate at every moment of a run: the rate asked for, times the linear warm-up, times the schedule.
public struct LearningRate: Sendable {
  /// The rate asked for.
  public let base: Double
  /// The number of steps over which the rate rises from 0.
  public let warmup: Int
  /// What the rate is multiplied with.
  public private(set) var schedule: any Schedule

  /// Makes the schedule that the options say.
  ///
  /// - Throws: `OptionError` for a schedule that is unknown, or options it cannot have.
  public init(base: Double, warmup: Int, schedule options: ScheduleOptions) throws(OptionError) {
    self.base = base
    self.warmup = warmup
    schedule = try AllSchedules.named(options.name).init(options)
  }

  /// The rate of the update at this moment. Step s of a warm-up over n steps has (s + 1) / n of the rate.
  public func rate(at moment: TrainingMoment) -> Float {
    let warm = moment.step < warmup ? Double(moment.step + 1) / Double(warmup) : 1
    return Float(base * warm * schedule.factor(at: moment))
  }

  /// Tells the schedule of a validation loss.
  public mutating func observe(validationLoss: Double) {
    schedule.observe(validationLoss: validationLoss)
  }

  /// What the schedule remembers, for checkpoints.
  public var state: [String: Double] {
    get { schedule.state }
    set { schedule.state = newValue }
  }
}
