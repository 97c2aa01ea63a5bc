import RondoCore

/// What a run came to.
public struct TrainingOutcome: Sendable {
  /// Why a run ended.
  public enum Reason: String, Sendable, Codable {
    /// All its steps or epochs are done, or those its time limit was found to allow.
    case budget = "budget"
    /// The time was up before the planned steps were done.
    case timeLimit = "time limit"
    /// The validation loss no longer became better.
    case earlyStopping = "early stopping"
    /// It was asked to end; such a run throws instead of having an outcome.
    case interrupted
  }

  /// The best weights on the held-out data, or the last ones if there is none.
  public let parameters: ParameterStore
  /// Why it ended.
  public let reason: Reason
  /// The steps done, those before it was resumed included.
  public let steps: Int
  /// The seconds it took, those before it was resumed included.
  public let seconds: Double
  /// Its length as it was planned, with which it can be repeated; nil if it was resumed with another budget, so that one command does not
  /// repeat it.
  public let plan: RunPlan?
  /// What its validations found.
  public let validation: EarlyStopping.Record
}
