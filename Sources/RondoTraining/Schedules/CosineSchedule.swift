import RondoCore

/// Full rate for the first tenth of the run, then half a cosine down to `floor` at its end
/// (after Loshchilov and Hutter 2017, arXiv 1608.03983).
///
///     floor + (1 − floor) · (1 + cos(π u)) / 2,   u = (fraction − 0.1) / 0.9
///
/// The level start is what lets a run under a time limit measure its speed before it must know its length.
public struct CosineSchedule: Schedule {
  public static let name = "cosine"
  public static let summary = "level for a tenth of the run, then half a cosine down to 0 (or :FLOOR)"

  /// The share of the run with the full rate.
  package static let level = 0.1

  let floor: Double

  public init(_ options: ScheduleOptions) throws(OptionError) {
    try options.require(start: false, every: false)
    floor = try options.factor(default: 0, allowsZero: true)
  }

  public func factor(at moment: TrainingMoment) -> Double {
    let done = min(1, max(0, (moment.fraction - Self.level) / (1 - Self.level)))
    return floor + (1 - floor) * (1 + PortableMath.cosine(turns: done / 2)) / 2
  }
}
