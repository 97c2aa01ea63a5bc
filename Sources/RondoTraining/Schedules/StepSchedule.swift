import RondoCore

/// The rate times `factor` at the start of epoch `start` (counted from 0) and every `every` epochs from there.
///
/// `step:0.5` with start 4 and every 1 is the rate of Zaremba et al. 2014 (arXiv 1409.2329): full for 4
/// epochs, then halved every epoch.
public struct StepSchedule: Schedule {
  public static let name = "step"
  public static let summary =
    "times 0.5 (or :FACTOR) from epoch --schedule-start on, again every --schedule-every epochs"

  let factor: Double
  let start: Double
  let every: Double

  public init(_ options: ScheduleOptions) throws(OptionError) {
    factor = try options.factor(default: 0.5)
    every = try options.interval(default: 1)
    start = try options.beginning(default: every)
  }

  public func factor(at moment: TrainingMoment) -> Double {
    guard moment.epoch >= start else { return 1 }
    return PortableMath.power(factor, 1 + ((moment.epoch - start) / every).rounded(.down))
  }
}
