import Foundation
import RondoData
import RondoTasks
import RondoTraining

extension TrainingOutcome.Reason {
  /// Why a run ended, as the sentence about its steps goes on.
  fileprivate var sentence: String {
    switch self {
    case .budget: "all of them"
    case .timeLimit: "the time limit ended it"
    case .earlyStopping: "it no longer got better"
    case .interrupted: "interrupted"
    }
  }
}

extension RunRecord {
  /// How long a run went on and why it ended: the first line of its report.
  var sentence: String {
    "trained \(counted(steps, "step")) (\(String(format: "%.2f", epochs)) epochs) in \(DurationText.short(seconds)); "
      + ended.sentence
  }
}
