import RondoCore

/// What a run came to.
public struct TrainingOutcome: Sendable {
  /// Why a run ended.
  public enum Reason: String, Sendable, Codable {
    case budget = "budget"
    case timeLimit = "time limit"
    case earlyStopping = "early stopping"
    case interrupted
  }

  /// The best weights on the held-out data, or the last ones if there is none.
  public let parameters: ParameterStore
  public let reason: Reason
  public let steps: Int
  public let seconds: Double
  /// What a repetition follows; nil if the run was resumed with another budget, so that one command does not repeat it.
  public let plan: RunPlan?
  public let validation: EarlyStopping.Record
}
