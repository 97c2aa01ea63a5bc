import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// What a file alone asks for: a backtest of its end, a model trained on all of it, forecasts and a report.
struct ForecastFlow {
  var files: [String]
  var directory: String
  var settings: ForecastSettings
  /// Seconds for all of it.
  var timeLimit: Double
  /// Whether the end is set aside first, to see how good forecasts are.
  var hasBacktest = true

  /// The share of the time that the backtest takes.
  private static let backtestShare = 0.4

  /// What came of it.
  struct Result {
    let report: ForecastReport
    let evaluation: ForecastEvaluation?
    let season: Int
    let directory: String

    private var written: [String] { ["forecast.csv", "report.html"].map { directory + "/" + $0 } }

    var object: JSON {
      var object: JSON.Object = [
        "directory": .string(directory), "forecast": .string(written[0]), "report": .string(written[1]),
      ]
      object["backtest"] = evaluation.map(ForecastTable.json)
      return .object(object)
    }

    func print(plot: Bool) throws {
      if let comparison = evaluation?.comparison {
        try StandardOutput.print(
          "backtest: \(comparison.model.windows) windows, each forecast from what was before it")
        try StandardOutput.print(ForecastTable.text(comparison, season: season))
        for sentence in report.summary { try StandardOutput.print(sentence) }
      }
      if plot, let panel = report.panels.first {
        try StandardOutput.print("\n\(panel.name)\n" + TerminalPlot().text(panel))
      }
      try StandardOutput.print("forecast in \(written[0]), report in \(written[1])")
    }
  }

  /// - Parameter stopwatch: Started with the command.
  func run(_ stopwatch: Stopwatch) throws -> Result {
    var settings = settings
    // What standard input holds can be read once only.
    let data = try SeriesData(files, settings.forecast.reading)
    SeriesOptionGroup.show(data.notes)
    let tested = try hasBacktest ? test(data) : nil
    settings.training.budget = .seconds(max(1, timeLimit - stopwatch.seconds))
    let forecaster = try train(data, settings)
    let forecasts = try forecaster.forecast(data.series)
    try AtomicFile.write(ForecastCSV.text(forecasts, of: data), to: directory + "/forecast.csv")
    let report = ForecastReport(
      files: files, data, forecaster: forecaster, forecasts, backtest: tested,
      command: CommandLine.quotedArguments)
    try AtomicFile.write(report.html, to: directory + "/report.html")
    return Result(
      report: report, evaluation: tested?.result.evaluation, season: forecaster.config.season,
      directory: directory)
  }

  /// Forecasts the end of the series by a model that has not seen it; nil if there is too little for that.
  private func test(_ data: SeriesData) throws -> (run: ForecastBacktest, result: ForecastBacktest.Result)? {
    var settings = settings
    settings.training.budget = .seconds(Self.backtestShare * timeLimit)
    let (horizon, longest) = (settings.forecast.horizon, data.series.map(\.values.count).max() ?? 0)
    guard longest >= 3 * horizon else {
      StandardError.write(
        "rondo: no backtest: three horizons are the least, and the longest series has \(longest) steps\n")
      return nil
    }
    // Windows take a fifth of the longest series at most.
    let count = max(1, min(5, longest / 5 / horizon))
    let run = try ForecastBacktest(data, settings, ForecastWindows(count: count))
    let result = try TrainingRun.show(
      firstStep: 0, settings.architecture, parameterCount: run.parameterCount,
      description: "without the end of the series; " + run.dataDescription
    ) { progress in try run.run(examples: 12) { progress.update($0) } }
    return (run, result)
  }

  private func train(_ data: SeriesData, _ settings: ForecastSettings) throws -> Forecaster {
    var request = ForecastTraining.Request(
      files: files, directory: directory, settings: settings, command: CommandLine.quotedArguments)
    request.stopwatch = Stopwatch()
    let training = try ForecastTraining(request, data)
    return try TrainingRun.show(
      firstStep: 0, settings.architecture, parameterCount: training.parameterCount,
      description: training.dataDescription
    ) { progress in try training.run { progress.update($0) } }.forecaster
  }

  /// The file's name without its ending and `-forecast`; the first with a number that does not exist.
  static func freeDirectory(for file: String) -> String {
    var name = file == "-" ? "series" : URL(fileURLWithPath: file).lastPathComponent
    if file.hasPrefix(BundledSeries.prefix) { name = String(file.dropFirst(BundledSeries.prefix.count)) }
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
