import ArgumentParser
import RondoData
import RondoTasks
import RondoTraining

/// `rondo forecast backtest FILE… --horizon H`
struct ForecastBacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Train on the past of series and compare forecasts of what came with the baselines'.",
    discussion: """
      The last windows of every series are forecast one after the other by a model that has seen nothing but what came before the first; \
      each forecast reads what came before its window.

        rondo forecast backtest power.csv --horizon 24 --windows 30 --time-limit 5m
      """)

  @Argument(help: ArgumentHelp(SeriesOptionGroup.fileHelp, valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Windows") var windows: WindowOptionGroup
  @Flag(help: "Train a model anew before each window, from what is before it.")
  var refit = false

  @OptionGroup var options: ForecastRunOptionGroup

  @Option(
    parsing: .unconditional, help: "End training after this many steps.", transform: OptionParsing.count)
  var steps: Int?

  @Option(
    parsing: .unconditional, help: "End training after this time: 90s, 8m, 1h. (default: 5m)",
    transform: OptionParsing.duration)
  var timeLimit: Double?

  @Option(help: ArgumentHelp("Write a report with pictures, as one HTML file.", valueName: "file"))
  var report: String?

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func validate() throws {
    if steps != nil, timeLimit != nil { throw ValidationError("give one of --steps and --time-limit") }
  }

  func run() throws {
    let stopwatch = Stopwatch()
    options.threads.apply()
    var settings = try options.settings()
    if let steps { settings.training.budget = .steps(steps) }
    if let timeLimit { settings.training.budget = .seconds(timeLimit) }
    let data = try SeriesData(files, settings.forecast.reading)
    if let report { try OutputPlace.require(report, readFrom: files) }
    let run = try ForecastBacktest(
      data, settings, windows.windows(default: 5), refits: refit, stopwatch: stopwatch)
    SeriesOptionGroup.show(run.notes)
    let result = try TrainingRun.show(
      firstStep: 0, settings.networkSummary, parameterCount: run.parameterCount,
      description: run.dataDescription
    ) { progress in
      try run.run(examples: report == nil ? 0 : 12) { progress.update($0) }
    }
    let evaluation = result.evaluation
    if let report {
      let page = ForecastReport(
        files: files, data, forecaster: nil, [], backtest: (run, result), notes: run.notes,
        command: CommandLine.quotedArguments)
      try AtomicFile.write(page.html, to: report)
    }
    if json {
      var object = ForecastTable.json(evaluation).object ?? [:]
      if !result.prices.isEmpty { object["prices"] = ForecastTable.json(result.prices) }
      object["notes"] = .array(run.notes.map(JSON.string))
      return try StandardOutput.print(.object(object))
    }
    let comparison = evaluation.comparison!
    try StandardOutput.print(comparison.model.windowsText(horizon: settings.forecast.horizon))
    try StandardOutput.print(ForecastTable.text(comparison, season: run.season))
    for sentence in PriceComparison.verdict(result.prices) { try StandardOutput.print(sentence) }
  }
}
