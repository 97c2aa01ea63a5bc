import Foundation
import RondoTraining

/// What the cards of all models say alike.
enum RunCard {
  /// How a model was trained, and on what.
  ///
  /// - Parameter amount: What of the files was trained on and held out, as a sentence.
  static func lines(_ run: RunRecord, _ files: [FileRecord], amount: String, command: String) -> [String] {
    let epochs = String(format: "%.2f", run.epochs)
    let repetition =
      run.plan == nil
      ? "It was resumed with another budget than it began with, so no single command repeats it."
      : "`--config config.json --steps \(run.steps)` with the same files repeats it bit for bit."
    var lines = ["## Trained with", "", "    \(command)", ""]
    lines.append(
      "\(run.steps) steps (\(epochs) epochs) in \(DurationText.short(run.seconds)) on \(run.threads) threads; "
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
