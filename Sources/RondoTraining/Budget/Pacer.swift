/// Plans a run under a time limit from its own speed.
///
/// Its only results are the plan and its corrections. They are recorded, so the clock decides nothing that a repetition could not repeat.
package struct Pacer {
  /// Seconds the whole run may take.
  let limit: Double
  /// Seconds kept for what comes after the last step.
  var reserve: Double { min(2, 0.02 * limit) }

  /// The share of the limit after which the first plan is made.
  static let measuring = 0.05
  /// Shares of the run at which the plan is compared with the clock.
  static let checkpoints = [0.25, 0.5, 0.75, 0.9, 0.97]

  /// The second step's start: the first step pays for cold caches.
  private var measuredFrom: (step: Int, elapsed: Double)?
  private var nextCheckpoint = 0

  package init(limit: Double) {
    self.limit = limit
  }

  /// The number of steps, once enough time has passed to tell.
  ///
  /// - Parameter validationSteps: The cost of a whole validation in steps. There will be twenty, each at most a
  ///   twelfth of what is between two of them.
  ///   - coversStart: Whether all that is done must lie on a schedule's level start, where it was trained. A run that was resumed with
  ///   another limit had another schedule before, and aims at the time that is left.
  package mutating func firstPlan(
    step: Int, elapsed: Double, validationSteps: Double, coversStart: Bool = true
  ) -> Int? {
    guard let from = measuredFrom else {
      measuredFrom = (step, elapsed)
      return nil
    }
    guard elapsed >= Self.measuring * limit, elapsed - from.elapsed >= 0.02 * limit, step >= from.step + 2
    else { return nil }
    let secondsPerStep = (elapsed - from.elapsed) / Double(step - from.step)
    measuredFrom = (step, elapsed)
    let room = max(0, limit - reserve - elapsed) / secondsPerStep
    let left = Int(max(room - 20 * validationSteps, room * 12 / 13))
    let total = step + max(1, left)
    return coversStart ? max(total, Int(Double(step) / CosineSchedule.level) + 1) : total
  }

  /// Another number of steps, if the clock disagrees with the plan by more than a little.
  package mutating func correction(step: Int, elapsed: Double, plan: RunPlan) -> Int? {
    guard let from = measuredFrom else {
      // The first step after the run was resumed.
      measuredFrom = (step, elapsed)
      return nil
    }
    guard nextCheckpoint < Self.checkpoints.count,
      plan.fraction(at: step) >= Self.checkpoints[nextCheckpoint],
      step > from.step, elapsed - from.elapsed >= 0.02 * limit
    else { return nil }
    while nextCheckpoint < Self.checkpoints.count, plan.fraction(at: step) >= Self.checkpoints[nextCheckpoint]
    {
      nextCheckpoint += 1
    }
    let secondsPerStep = (elapsed - from.elapsed) / Double(step - from.step)
    let needed = Double(plan.total - step) * secondsPerStep
    let left = limit - reserve - elapsed
    guard needed > left + 0.005 * limit || needed < left - 0.03 * limit else { return nil }
    measuredFrom = (step, elapsed)
    let total = step + max(1, Int(left / secondsPerStep))
    return total == plan.total ? nil : total
  }

  /// Whether the time is up.
  package func isOver(_ elapsed: Double) -> Bool { elapsed >= limit - reserve / 2 }
}
