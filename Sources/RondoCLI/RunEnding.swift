import RondoTraining

extension TrainingOutcome.Reason {
  /// Why a run ended, as the sentence about its steps goes on.
  var sentence: String {
    switch self {
    case .budget: "all of them"
    case .timeLimit: "the time limit ended it"
    case .earlyStopping: "it no longer got better"
    case .interrupted: "interrupted"
    }
  }
}
