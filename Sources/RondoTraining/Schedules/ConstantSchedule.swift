/// The same rate throughout.
public struct ConstantSchedule: Schedule {
  public static let name = "constant"
  public static let summary = "the same rate throughout"

  public init(_ options: ScheduleOptions) throws(OptionError) {
    try options.require(value: false, start: false, every: false)
  }

  public func factor(at moment: TrainingMoment) -> Double { 1 }
}
