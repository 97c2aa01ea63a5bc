import Foundation
import RondoData
import RondoTraining

/// What the cards of all models say alike.
enum RunCard {
  /// How a model was trained, and on what.
  ///
  /// - Parameters:
  ///   - task: The word after `rondo` that makes models of this kind.
  ///   - amount: What of the files was trained on and held out, as a sentence.
  static func lines(
    _ run: RunRecord, _ files: [FileRecord], task: String, amount: String, command: String
  ) -> [String] {
    let epochs = String(format: "%.2f", run.epochs)
    let repetition =
      run.plan == nil
      ? "It was resumed with another budget than it began with, so no single command repeats it."
      : "`rondo \(task) train` with the same files and `--config config.json --steps \(run.steps)` repeats it bit for bit."
    var lines = ["## Trained with", "", "    \(command)", ""]
    lines.append(
      "\(counted(run.steps, "step")) (\(epochs) epochs) in \(DurationText.short(run.seconds)) on \(counted(run.threads, "thread")); "
        + "ended by: \(run.ended.rawValue).")
    lines += [repetition, "", "## Trained on", ""]
    for file in files {
      lines.append("- `\(file.path)`" + (file.sha256.isEmpty ? "" : " (SHA-256 \(file.sha256))"))
    }
    lines += [
      "",
      "\(amount) The licence of these files is not known to Rondo; add it here before you pass the model on.",
      "", "## Results", "",
    ]
    return lines
  }
}
