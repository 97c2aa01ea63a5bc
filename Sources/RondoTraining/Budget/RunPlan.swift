import RondoCore

/// How many steps a run has, and so how far along it is at each of them.
///
/// Everything in a run that depends on its length (a cosine, when to validate) reads it here. A run with a number of steps or epochs has one
/// leg. A run under a time limit makes its plan from its measured speed and may correct it later; each correction is a leg. The plan is
/// recorded in `config.json`, so the same run can be repeated with the same bits and without a clock.
public struct RunPlan: Sendable, Equatable, Codable {
  /// From `step` on, the run aims to end after `total` steps.
  public struct Leg: Sendable, Equatable, Codable {
    /// The steps that were done when it began.
    public var step: Int
    /// The steps of the whole run, those before included.
    public var total: Int
  }

  /// The legs, of which the first begins at step 0.
  public private(set) var legs: [Leg]
  /// Steps between validations.
  public let validateEvery: Int
  /// The first step after which there may be a validation.
  public let validateFrom: Int

  /// A run of `total` steps.
  ///
  /// - Parameter validateEvery: Steps between validations. If not given they are a twentieth of the run, from its first tenth on: a run
  ///   under a time limit has no plan before.
  public init(total: Int, validateEvery: Int? = nil) {
    legs = [Leg(step: 0, total: total)]
    self.validateEvery = validateEvery ?? max(1, (total + 19) / 20)
    validateFrom = validateEvery == nil ? total / 10 + 1 : 0
  }

  /// The plan of a run that ended after `steps` steps, before it had a plan: so long that all of it was its level start.
  ///
  /// - Parameter validateEvery: Steps between validations, if they were asked for; otherwise there were none.
  package static func level(steps: Int, validateEvery: Int?) -> RunPlan {
    RunPlan(total: 10 * steps + 1, validateEvery: validateEvery ?? 10 * steps + 1)
  }

  /// Whether there is a validation after this number of steps.
  public func validates(at step: Int) -> Bool {
    step >= validateFrom && step % validateEvery == 0
  }

  /// More steps than any run has, and few enough to be reckoned with.
  private static let largestCount = 100_000_000_000

  /// Reads a plan, which may be anybody's.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    legs = try container.decode([Leg].self, forKey: .legs)
    validateEvery = try container.decode(Int.self, forKey: .validateEvery)
    validateFrom = try container.decode(Int.self, forKey: .validateFrom)
    let ascending = zip(legs, legs.dropFirst()).allSatisfy { $0.step <= $1.step }
    guard legs.first?.step == 0, ascending, legs.allSatisfy({ $0.total > $0.step }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .legs, in: container, debugDescription: "legs that do not follow each other")
    }
    let largest = Self.largestCount
    guard 1...largest ~= validateEvery, 0...largest ~= validateFrom, legs.allSatisfy({ $0.total <= largest })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .validateEvery, in: container, debugDescription: "numbers of steps that no run has")
    }
  }

  /// The number of steps aimed at now.
  public var total: Int { legs[legs.count - 1].total }

  /// Aims at another end from this step on.
  public mutating func correct(at step: Int, total: Int) {
    require(
      step >= legs[legs.count - 1].step && total > step, "RunPlan: a correction to \(total) at step \(step)")
    legs.append(Leg(step: step, total: total))
  }

  /// The share of the run that is done after `step` steps: each leg goes on from where the one before it left.
  public func fraction(at step: Int) -> Double {
    var done = 0.0
    for (index, leg) in legs.enumerated() {
      let end = index + 1 < legs.count ? legs[index + 1].step : Int.max
      let reached = min(step, end)
      done += (1 - done) * Double(reached - leg.step) / Double(leg.total - leg.step)
      if step <= end { break }
    }
    return min(1, done)
  }
}
