import Foundation

/// Why a training run ended without its result. What was saved before stays as it was.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A loss, gradient or weight became infinite or not a number in this step.
  case notFinite(step: Int, what: String)
  /// The loss has become so large that nothing will come of the run.
  case diverged(step: Int, loss: Double, firstLoss: Double)
  /// A checkpoint that cannot be read, or that belongs to another model or version.
  case unusableCheckpoint(path: String, reason: String)
  /// The run was asked to end before it was complete.
  case interrupted(step: Int, isSaved: Bool)
  /// The time limit, in seconds, ended before the first step.
  case noStep(limit: Double)

  public var description: String {
    switch self {
    case .notFinite(let step, let what):
      return "training diverged in step \(step): \(what). Try a lower learning rate or a smaller --clip."
    case .diverged(let step, let loss, let firstLoss):
      return "training diverged: the loss was \(Self.short(firstLoss)) in the first step and is "
        + "\(Self.short(loss)) in step \(step). Try a lower learning rate or a smaller --clip."
    case .unusableCheckpoint(let path, let reason):
      return "\(path): \(reason)"
    case .interrupted(let step, let isSaved):
      return isSaved
        ? "interrupted after step \(step), which is saved. The same command with --resume goes on from there."
        : "interrupted after step \(step); nothing was saved."
    case .noStep(let limit):
      return "the time limit of \(DurationText.short(limit)) was over before the first step. Give more time."
    }
  }

  private static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}
