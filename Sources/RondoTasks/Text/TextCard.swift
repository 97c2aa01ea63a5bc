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
    ]
    lines += RunCard.lines(
      config.run, config.data.files, task: TextConfig.task,
      amount:
        "\(config.data.trainingTokens) \(unit)s to train on, \(config.data.heldOutTokens) at the end held out.",
      command: command)
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
