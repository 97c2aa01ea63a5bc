import RondoCore

/// The rate times `factor` over every `every` epochs, a little in each step: factor ^ ((epoch − start) / every).
public struct ExponentialSchedule: Schedule {
  public static let name = "exponential"
  public static let summary =
    "times 0.9 (or :FACTOR) over --schedule-every epochs, smoothly, from epoch --schedule-start on"

  let factor: Double
  let start: Double
  let every: Double

  public init(_ options: ScheduleOptions) throws(OptionError) {
    factor = try options.factor(default: 0.9)
    every = try options.interval(default: 1)
    start = try options.beginning(default: 0)
  }

  public func factor(at moment: TrainingMoment) -> Double {
    PortableMath.power(factor, max(0, moment.epoch - start) / every)
  }
}
