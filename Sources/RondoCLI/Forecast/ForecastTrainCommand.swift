import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo forecast train FILE… -o DIR --horizon H`
struct ForecastTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train one model of many series.",
    discussion: """
      The ends of series are held out where they are long enough, and the weights that suit it best are kept; how good they are there is printed beside what \
      anybody would try first. The time limit (default: 5m) is spent fully.

        rondo forecast train Hourly-train.csv --layout m4 --horizon 48 -o hourly
        rondo forecast predict hourly Hourly-train.csv --layout m4 --horizon 48 --output forecast.csv
      """)

  @Argument(help: ArgumentHelp(SeriesOptionGroup.fileHelp, valueName: "file"))
  var files: [String]

  @Option(name: [.customShort("o"), .customLong("output")], help: "The directory for the model.")
  var directory: String

  @OptionGroup(title: "Series") var series: SeriesOptionGroup
  @OptionGroup(title: "Forecast") var forecast: ForecastOptionGroup
  @OptionGroup var training: TrainingOptionGroup

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    let stopwatch = Stopwatch()
    var request = try TrainingRun.request(
      ForecastConfig.self, files, directory, defaults: ForecastSettings(), training.run, stopwatch)
    if training.run.config == nil, try request.savedSettings() == nil { try forecast.requireHorizon() }
    series.apply(to: &request.settings.forecast.reading)
    try forecast.apply(to: &request.settings.forecast)
    try training.apply(to: &request.settings.architecture, &request.settings.training)
    try ForecastOptionGroup.requireSuited(request.settings)

    if let config = try ForecastTraining.completed(request) {
      TrainingRun.noteCompletion(directory)
      return try ForecastTrainReport(config: config, directory: directory).print(json: json)
    }
    let run = try ForecastTraining(request)
    SeriesOptionGroup.show(run.notes)
    let forecaster = try TrainingRun.show(
      firstStep: run.firstStep, request.settings.networkSummary, parameterCount: run.parameterCount,
      description: run.dataDescription
    ) { progress in
      try run.run { progress.update($0) }.forecaster
    }
    SeriesOptionGroup.show(forecaster.notes)
    try ForecastTrainReport(config: forecaster.config, directory: directory).print(json: json)
  }
}

/// What a training run prints when it is done.
private struct ForecastTrainReport {
  let config: ForecastConfig
  let directory: String

  func print(json: Bool) throws {
    if json { return try StandardOutput.print(object) }
    try StandardOutput.print(config.run.sentence)
    if let comparison = config.results.validation {
      try StandardOutput.print(
        "held out: \(comparison.model.windowsText(horizon: config.forecast.horizon)), with the weights of step "
          + "\(config.results.bestStep ?? config.run.steps)")
      try StandardOutput.print(ForecastTable.text(comparison, season: config.season))
    }
    try StandardOutput.print("saved in \(directory)")
  }

  private var object: JSON {
    var object: JSON.Object = [
      "directory": .string(directory), "steps": .integer(config.run.steps),
      "seconds": .number(config.run.seconds), "ended": .string(config.run.ended.rawValue),
      "parameters": .integer(config.results.parameters), "series": .integer(config.data.seriesCount),
    ]
    guard let comparison = config.results.validation else { return .object(object) }
    object["validation"] = ForecastTable.json(comparison, season: config.season)
    return .object(object)
  }
}
