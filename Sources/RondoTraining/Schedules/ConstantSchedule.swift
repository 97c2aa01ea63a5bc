/// The same rate throughout.
public struct ConstantSchedule: Schedule {
  public static let name = "constant"
  public static let summary = "the same rate throughout"

  public init(_ options: ScheduleOptions) throws(OptionError) {}

  public func factor(at moment: TrainingMoment) -> Double { 1 }
}
