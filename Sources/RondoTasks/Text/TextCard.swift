import Foundation
import RondoTraining

/// `card.md`: what a model is, for people.
enum TextCard {
  static func text(_ config: TextConfig, command: String) -> String {
    let architecture = config.architecture
    let unit = config.text.level.unitName
    var lines = [
      "# A language model of \(unit)s",
      "",
      "\(architecture.summary), \(config.vocabularyCount) symbols, "
        + "\(config.results.parameters) parameters, written by Rondo \(config.run.version).",
      "",
      "## Trained with",
      "",
      "    \(command)",
      "",
      "\(config.run.steps) steps (\(String(format: "%.2f", config.run.epochs)) epochs) in "
        + "\(DurationText.short(config.run.seconds)) on \(config.run.threads) threads; ended by: \(config.run.ended.rawValue).",
      config.run.plan == nil
        ? "It was resumed with another budget than it began with, so no single command repeats it."
        : "`--config config.json --steps \(config.run.steps)` with the same files repeats it bit for bit.",
      "",
      "## Trained on",
      "",
    ]
    lines += config.data.files.map { "- `\($0.path)` (SHA-256 \($0.sha256))" }
    lines += [
      "",
      "\(config.data.trainingTokens) \(unit)s to train on, \(config.data.heldOutTokens) at the end held out. "
        + "The licence of these files is not known to Rondo; add it here before you pass the model on.",
      "",
      "## Results",
      "",
    ]
    if let loss = config.results.heldOutLoss {
      lines.append(
        "- held out: \(String(format: "%.4f", loss)) nats per \(unit) (the weights of step \(config.results.bestStep ?? 0), "
          + "chosen by this number; \(config.results.scoredTokens ?? 0) \(unit)s scored)")
    } else {
      lines.append("- nothing was held out")
    }
    if let loss = config.results.unigramLoss {
      lines.append("- a unigram model there: \(String(format: "%.4f", loss)) nats per \(unit)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
