import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo forecast FILE… --horizon H`: everything at once.
struct ForecastFileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "file",
    abstract: "Backtest, train and forecast, with a report to look at: what a file alone asks for.",
    discussion: """
      First the end of the series is set aside and forecast by a model that has not seen it, beside what anybody would try first; then a model \
      is trained on everything, and forecasts what comes next. Written into the directory: the model, forecast.csv and report.html.

        rondo forecast power.csv --horizon 24
      """)

  @Argument(help: ArgumentHelp(SeriesOptionGroup.fileHelp, valueName: "file"))
  var files: [String]

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The directory to write. (default: the file's name and -forecast)")
  var directory: String?

  @OptionGroup(title: "Series") var series: SeriesOptionGroup
  @OptionGroup(title: "Forecast") var forecast: ForecastOptionGroup
  @OptionGroup(title: "Model") var model: ModelOptionGroup
  @OptionGroup(title: "Optimisation") var optimisation: OptimisationOptionGroup

  @Option(
    parsing: .unconditional, help: "End after this time, backtest and all: 90s, 8m, 1h. (default: 5m)",
    transform: OptionParsing.duration)
  var timeLimit = 300.0

  @Option(
    parsing: .unconditional, help: "What all random numbers follow from. (default: 1)",
    transform: OptionParsing.seed)
  var seed: UInt64?

  @Flag(
    inversion: .prefixedNo, help: "Set the end of the series aside first, to see how good forecasts are.")
  var backtest = true

  @Flag(inversion: .prefixedNo, help: "Draw the first forecast in the terminal.")
  var plot = true

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  /// The share of the time that the backtest takes.
  private static let backtestShare = 0.4

  func run() throws {
    let stopwatch = Stopwatch()
    threads.apply()
    var settings = ForecastSettings()
    series.apply(to: &settings.forecast.reading)
    forecast.apply(to: &settings.forecast)
    try model.apply(to: &settings.architecture)
    try optimisation.apply(to: &settings.training)
    settings.training.seed = seed ?? settings.training.seed
    let directory = directory ?? Self.freeDirectory(for: files[0])

    // What standard input holds can be read once only: the series are kept, and the model's run names no file.
    let data = try SeriesData(files, settings.forecast.reading)
    SeriesOptionGroup.show(data.notes)
    let tested = try backtest ? test(data, settings) : nil
    settings.training.budget = .seconds(max(1, timeLimit - stopwatch.seconds))
    let forecaster = try train(data, settings, into: directory)
    let forecasts = try forecaster.forecast(data.series)
    try AtomicFile.write(ForecastCSV.text(forecasts, of: data), to: directory + "/forecast.csv")
    let report = ForecastReport(
      files: files, data, forecaster: forecaster, forecasts, backtest: tested,
      command: CommandLine.quotedArguments)
    try AtomicFile.write(report.html, to: directory + "/report.html")
    try print(report, tested?.result.evaluation, forecaster, directory)
  }

  /// Forecasts the end of the series by a model that has not seen it; nil if there is too little for that.
  private func test(
    _ data: SeriesData, _ settings: ForecastSettings
  ) throws -> (run: ForecastBacktest, result: ForecastBacktest.Result)? {
    var settings = settings
    settings.training.budget = .seconds(Self.backtestShare * timeLimit)
    let longest = data.series.map(\.values.count).max() ?? 0
    // Windows take a fifth of the longest series at most.
    let count = max(1, min(5, longest / 5 / settings.forecast.horizon))
    guard longest >= 3 * settings.forecast.horizon else {
      StandardError.write(
        "rondo: no backtest: three horizons are the least, and the longest series has \(longest) steps\n")
      return nil
    }
    let run = try ForecastBacktest(data, settings, ForecastWindows(count: count))
    let result = try TrainingRun.show(
      firstStep: 0, settings.architecture, parameterCount: run.parameterCount,
      description: "without the end of the series; " + run.dataDescription
    ) { progress in try run.run(examples: 12) { progress.update($0) } }
    return (run, result)
  }

  private func train(_ data: SeriesData, _ settings: ForecastSettings, into directory: String) throws
    -> Forecaster
  {
    var request = ForecastTraining.Request(
      files: files, directory: directory, settings: settings, command: CommandLine.quotedArguments)
    request.stopwatch = Stopwatch()
    let training = try ForecastTraining(request, data)
    return try TrainingRun.show(
      firstStep: 0, settings.architecture, parameterCount: training.parameterCount,
      description: training.dataDescription
    ) { progress in try training.run { progress.update($0) } }.forecaster
  }

  private func print(
    _ report: ForecastReport, _ evaluation: ForecastEvaluation?, _ forecaster: Forecaster, _ directory: String
  ) throws {
    let written = ["forecast.csv", "report.html"].map { directory + "/" + $0 }
    if json {
      var object: JSON.Object = [
        "directory": .string(directory), "forecast": .string(written[0]), "report": .string(written[1]),
      ]
      object["backtest"] = evaluation.map(ForecastTable.json)
      return try StandardOutput.print(.object(object))
    }
    if let comparison = evaluation?.comparison {
      try StandardOutput.print(
        "backtest: \(comparison.model.windows) windows of \(forecaster.config.forecast.horizon) steps")
      try StandardOutput.print(ForecastTable.text(comparison, season: forecaster.config.season))
      for sentence in report.summary { try StandardOutput.print(sentence) }
    }
    if plot, let panel = report.panels.first {
      try StandardOutput.print("\n\(panel.name)\n" + TerminalPlot().text(panel))
    }
    let program = ProgramName.shortest
    try StandardOutput.print(
      """
      forecast in \(written[0]), report in \(written[1])

      next, when there are new rows:
        \(program) forecast predict \(CommandLine.quoted(directory)) \(files.map(CommandLine.quoted).joined(separator: " "))
      """)
  }

  /// The file's name without its ending and `-forecast`; the first with a number that does not exist.
  private static func freeDirectory(for file: String) -> String {
    var name = URL(fileURLWithPath: file == "-" ? "series" : file).lastPathComponent
    if let bundled = file.split(separator: ":").last, file.hasPrefix("bundled:") { name = String(bundled) }
    for ending in [".gz", ".csv", ".tsv", ".txt"] where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    var (free, number) = (name + "-forecast", 1)
    while FileManager.default.fileExists(atPath: free) {
      number += 1
      free = "\(name)-forecast-\(number)"
    }
    return free
  }
}
