import ArgumentParser
import RondoData
import RondoTasks
import RondoTraining

/// `rondo forecast evaluate DIR FILE…`
struct ForecastEvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a forecaster on the last steps of series that it was not trained on.",
    discussion: """
      Give it what came after the training, with the history before: the last windows of each series are forecast from what is before them. \
      A model that was trained on these very steps would be scored on what it has seen; `backtest` trains on the past alone.

        rondo forecast evaluate power power-until-now.csv --windows 7
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Argument(help: ArgumentHelp(SeriesOptionGroup.fileHelp, valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Windows") var windows: WindowOptionGroup
  @OptionGroup(title: "Series") var series: SeriesOptionGroup
  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    threads.apply()
    let forecaster = try Forecaster.load(model)
    let data = try series.data(files, of: forecaster)
    let given = Set(try FileRecord.now(files.filter { $0 != "-" }).map(\.sha256))
    if forecaster.config.data.files.contains(where: { given.contains($0.sha256) }) {
      SeriesOptionGroup.show([
        "the model was trained on these very files: what it says of them is better than what it would say of anything new (`backtest` trains on the past alone)"
      ])
    }
    let evaluation = try forecaster.evaluate(data.series, windows.windows(default: 1))
    guard let comparison = evaluation.comparison else {
      throw OptionError.conflict(
        "no value is there in the last \(forecaster.config.forecast.horizon) steps of any series with a history before"
      )
    }
    if json {
      return try StandardOutput.print(ForecastTable.json(evaluation))
    }
    try StandardOutput.print(comparison.model.windowsText(horizon: forecaster.config.forecast.horizon))
    try StandardOutput.print(ForecastTable.text(comparison, season: forecaster.config.season))
  }
}
