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
    let asked = windows.windows(default: 1)
    let (most, horizon) = (data.series.map(\.values.count).max() ?? 0, forecaster.config.forecast.horizon)
    if let count = windows.windows, windows.testFraction == nil,
      count * (windows.stride ?? horizon) + max(horizon, 2 * forecaster.config.season) > most
    {
      throw OptionError.conflict(
        "the longest series has \(counted(most, "step")), and \(counted(count, "window")) would leave less than two seasons or a horizon "
          + "before the first: choose fewer --windows")
    }
    let evaluation = try forecaster.evaluate(data.series, asked)
    guard let comparison = evaluation.comparison else {
      throw OptionError.conflict(
        "no value is there in the last \(forecaster.config.forecast.horizon) steps of any series with a history before"
      )
    }
    if json {
      return try StandardOutput.print(ForecastTable.json(evaluation))
    }
    try StandardOutput.print(
      "\(counted(comparison.model.windows, "window")) of \(counted(forecaster.config.forecast.horizon, "step"))"
    )
    try StandardOutput.print(ForecastTable.text(comparison, season: forecaster.config.season))
  }
}
