/// The rate times `factor` after `every` validations in a row without a better loss.
public struct PlateauSchedule: Schedule {
  public static let name = "plateau"
  public static let summary =
    "times 0.5 (or :FACTOR) after --schedule-every validations (2) without a better loss"

  let factor: Double
  let patience: Int
  private var current = 1.0
  private var best = Double.infinity
  private var waited = 0

  public init(_ options: ScheduleOptions) throws(OptionError) {
    try options.require(start: false)
    factor = try options.factor(default: 0.5)
    let every = try options.interval(default: 2)
    guard every >= 1, every == every.rounded(), every < 1e6 else {
      throw .invalid(
        option: "--schedule-every", given: "\(every)", requirement: "a whole number of validations")
    }
    patience = Int(every)
  }

  public func factor(at moment: TrainingMoment) -> Double { current }

  public mutating func observe(validationLoss: Double) {
    if validationLoss < best {
      best = validationLoss
      waited = 0
      return
    }
    waited += 1
    if waited >= patience {
      current *= factor
      waited = 0
    }
  }

  public var state: [String: Double] {
    get {
      var state = ["factor": current, "waited": Double(waited)]
      if best.isFinite { state["best"] = best }
      return state
    }
    set {
      current = newValue["factor"] ?? 1
      best = newValue["best"] ?? .infinity
      waited = Int(exactly: newValue["waited"] ?? 0) ?? 0
    }
  }
}
