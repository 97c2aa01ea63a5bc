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
  @OptionGroup(title: "Series") var series: SeriesOptionGroup
  @OptionGroup(title: "Forecast") var forecast: ForecastOptionGroup
  @OptionGroup(title: "Model") var model: ModelOptionGroup
  @OptionGroup(title: "Optimisation") var optimisation: OptimisationOptionGroup

  @Option(
    parsing: .unconditional, help: "End training after this many steps.", transform: OptionParsing.count)
  var steps: Int?

  @Option(
    parsing: .unconditional, help: "End training after this time: 90s, 8m, 1h. (default: 5m)",
    transform: OptionParsing.duration)
  var timeLimit: Double?

  @Option(
    parsing: .unconditional, help: "What all random numbers follow from. (default: 1)",
    transform: OptionParsing.seed)
  var seed: UInt64?

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func validate() throws {
    if steps != nil, timeLimit != nil { throw ValidationError("give one of --steps and --time-limit") }
  }

  func run() throws {
    let stopwatch = Stopwatch()
    threads.apply()
    var settings = ForecastSettings()
    series.apply(to: &settings.forecast.reading)
    forecast.apply(to: &settings.forecast)
    try model.apply(to: &settings.architecture)
    try optimisation.apply(to: &settings.training)
    if let steps { settings.training.budget = .steps(steps) }
    if let timeLimit { settings.training.budget = .seconds(timeLimit) }
    settings.training.seed = seed ?? settings.training.seed
    let run = try ForecastBacktest(
      files, settings, windows: windows.windows ?? 5, stride: windows.stride, stopwatch: stopwatch)
    SeriesOptionGroup.show(run.notes)
    let comparison = try TrainingRun.show(
      firstStep: 0, settings.architecture, parameterCount: run.parameterCount,
      description: run.dataDescription
    ) { progress in
      try run.run { progress.update($0) }
    }
    if json { return try StandardOutput.print(ForecastTable.json(comparison, season: run.season)) }
    try StandardOutput.print("\(comparison.model.windows) windows of \(settings.forecast.horizon) steps")
    try StandardOutput.print(ForecastTable.text(comparison, season: run.season))
  }
}
