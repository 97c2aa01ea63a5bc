import Foundation
import RondoData
import RondoTraining

/// `card.md`: what a forecaster is, for people.
enum ForecastCard {
  static func text(_ config: ForecastConfig, command: String) -> String {
    var lines = [
      "# A forecaster of \(counted(config.forecast.horizon, "step"))",
      "",
      "\(config.forecast.members) members of the kind \(config.forecast.model.rawValue), \(config.architecture.summary), "
        + "\(config.results.parameters) parameters, written by Rondo \(config.run.version).",
      "",
    ]
    lines += RunCard.lines(
      config.run, config.data.files, task: ForecastConfig.task,
      amount:
        "\(config.data.valueCount) values of \(config.data.seriesCount) series; \(config.data.validationCount) windows at their ends to choose "
        + "the weights by.",
      command: command)
    guard let comparison = config.results.validation else {
      return (lines + ["- nothing was held out", ""]).joined(separator: "\n")
    }
    lines += ["On what the weights were chosen by (season \(config.season)):", ""]
    lines += ["| forecast | sMAPE | MASE |", "| --- | ---: | ---: |"]
    lines += comparison.ranked.map { name, score in
      "| \(name) | \(String(format: "%.3f", score.smape)) | \(score.mase.map { String(format: "%.3f", $0) } ?? "") |"
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
