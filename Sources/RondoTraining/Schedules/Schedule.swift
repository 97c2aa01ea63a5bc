/// How the learning rate changes during a run: a factor on the rate that was asked for.
///
/// A schedule is a pure function of the moment, so a resumed or replayed run has the same rates. The one exception, the plateau, reacts to
/// validation losses; what it remembers is its `state`. A schedule is registered in `AllSchedules`.
public protocol Schedule: Sendable {
  /// The name on the command line and in `config.json`.
  static var name: String { get }
  /// One line for the help.
  static var summary: String { get }

  /// Checks what concerns it in the options.
  ///
  /// - Throws: `OptionError` for a number that it cannot have.
  init(_ options: ScheduleOptions) throws(OptionError)

  /// What the rate is multiplied with at this moment.
  func factor(at moment: TrainingMoment) -> Double

  /// Learns of a validation loss.
  mutating func observe(validationLoss: Double)

  /// What is remembered between steps, for checkpoints; empty for a pure function of the moment.
  var state: [String: Double] { get set }
}

extension Schedule {
  /// Does nothing: most schedules are functions of the moment alone.
  public mutating func observe(validationLoss: Double) {}

  /// Empty.
  public var state: [String: Double] {
    get { [:] }
    set {}
  }
}

/// Where a run stands.
public struct TrainingMoment: Sendable, Equatable {
  /// Steps done before this one.
  public var step: Int
  /// Steps in an epoch.
  public var stepsPerEpoch: Int
  /// The share of the run that is done: 0 while its length is not known yet.
  public var fraction: Double

  /// A moment of a run.
  public init(step: Int, stepsPerEpoch: Int, fraction: Double) {
    self.step = step
    self.stepsPerEpoch = stepsPerEpoch
    self.fraction = fraction
  }

  /// Passes through the data done, with their fraction.
  public var epoch: Double { Double(step) / Double(stepsPerEpoch) }
}

/// A schedule as options say it: `--schedule NAME[:VALUE] --schedule-start S --schedule-every E`.
public struct ScheduleOptions: Sendable, Equatable, Codable {
  /// The name of the schedule, of those in `AllSchedules`.
  public var name: String
  /// The number after the name: the factor of a decay, the floor of a cosine.
  public var value: Double?
  /// Epochs before the first change.
  public var start: Double?
  /// Epochs between changes; validations for the plateau.
  public var every: Double?

  /// Options; what is not given is the schedule's own default.
  public init(_ name: String, value: Double? = nil, start: Double? = nil, every: Double? = nil) {
    self.name = name
    self.value = value
    self.start = start
    self.every = every
  }

  /// `step:0.5` and the like.
  ///
  /// - Throws: `OptionError` for a name that is unknown, or what is no number after the colon.
  public init(parsing text: String) throws(OptionError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(String(parts[0]))
    if parts.count == 2 {
      guard let number = Double(parts[1]) else {
        throw .invalid(
          option: "--schedule", given: text, requirement: "a name, or a name and a number as in step:0.5")
      }
      value = number
    }
    _ = try AllSchedules.named(name)
  }

  /// Throws if something is given that the schedule does not use.
  func require(value: Bool = true, start: Bool = true, every: Bool = true) throws(OptionError) {
    if !value, let given = self.value {
      throw .invalid(
        option: "--schedule", given: "\(name):\(given)", requirement: "\(name), which takes no number")
    }
    if !start, self.start != nil {
      throw .conflict("--schedule-start has no meaning for the schedule \(name)")
    }
    if !every, self.every != nil {
      throw .conflict("--schedule-every has no meaning for the schedule \(name)")
    }
  }

  /// The value, or a default; a value outside 0…1 is an error.
  func factor(default fallback: Double, allowsZero: Bool = false) throws(OptionError) -> Double {
    let factor = value ?? fallback
    guard factor <= 1, factor > 0 || (allowsZero && factor == 0) else {
      throw .invalid(
        option: "--schedule", given: "\(name):\(factor)",
        requirement: allowsZero ? "a number from 0 to 1" : "a number above 0 and at most 1")
    }
    return factor
  }

  /// The interval between changes, or a default; must be positive.
  func interval(default fallback: Double) throws(OptionError) -> Double {
    let interval = every ?? fallback
    guard interval > 0, interval.isFinite else {
      throw .invalid(option: "--schedule-every", given: "\(interval)", requirement: "above 0")
    }
    return interval
  }

  /// The start of the changes, or a default; must not be negative.
  func beginning(default fallback: Double) throws(OptionError) -> Double {
    let beginning = start ?? fallback
    guard beginning >= 0, beginning.isFinite else {
      throw .invalid(option: "--schedule-start", given: "\(beginning)", requirement: "0 or more")
    }
    return beginning
  }
}
