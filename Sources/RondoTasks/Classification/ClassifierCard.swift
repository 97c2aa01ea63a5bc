import Foundation
import RondoTraining

/// `card.md`: what a classifier is, for people.
enum ClassifierCard {
  static func text(_ config: ClassificationConfig, command: String) -> String {
    let kind =
      config.features.map { "sequences of \($0.count) numbers" }
      ?? "texts, read by \(config.text.level.unitName)s (\(config.vocabularyCount ?? 0) symbols)"
    var lines = [
      "# A classifier of \(kind)",
      "",
      "\(config.architecture.summary), \(config.results.parameters) parameters, \(config.labels.count) labels, "
        + "written by Rondo \(config.run.version).",
      "",
      "## Labels",
      "",
    ]
    lines += zip(config.labels, config.data.labelCounts).map {
      "- `\($0.split(whereSeparator: \.isNewline).joined(separator: " "))`: trained on \($1)"
    }
    lines += [
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
    lines += config.data.files.map { "- `\($0.path)`" + ($0.sha256.isEmpty ? "" : " (SHA-256 \($0.sha256))") }
    lines += [
      "",
      "\(config.data.trainingCount) sequences to train on, \(config.data.validationCount) to choose the weights by. "
        + "The licence of these files is not known to Rondo; add it here before you pass the model on.",
      "",
      "## Results",
      "",
    ]
    if let score = config.results.validation {
      lines.append(
        "- on the \(score.count) sequences that the weights were chosen by (step \(config.results.bestStep ?? 0)): "
          + String(format: "accuracy %.4f, macro F1 %.4f", score.accuracy, score.macroF1)
          + String(format: "; temperature %.3f", config.results.temperature))
    } else {
      lines.append("- nothing was held out")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
