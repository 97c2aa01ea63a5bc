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
    lines.append("")
    lines += RunCard.lines(
      config.run, config.data.files, task: ClassificationConfig.task,
      amount:
        "\(config.data.trainingCount) sequences to train on, \(config.data.validationCount) to choose the weights by.",
      command: command)
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
