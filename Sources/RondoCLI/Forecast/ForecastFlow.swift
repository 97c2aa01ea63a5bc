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
  /// Whether what comes of the backtest is printed when it is known, for people.
  var printsBacktest = true

  /// The share of the time that the backtest's training takes, and what is left at least to that of the model.
  private static let (backtestShare, modelShare) = (0.4, 0.3)
  /// Series in the backtest at most: baselines are fitted to each.
  private static let mostTested = 500

  /// What came of it.
  struct Result {
    let report: ForecastReport
    let evaluation: ForecastEvaluation?
    let directory: String

    private var written: [String] { ["forecast.csv", "report.html"].map { directory + "/" + $0 } }

    var object: JSON {
      var object: JSON.Object = [
        "directory": .string(directory), "forecast": .string(written[0]), "report": .string(written[1]),
        "notes": .array(report.notes.map(JSON.string)),
      ]
      object["backtest"] = evaluation.map(ForecastTable.json)
      return .object(object)
    }

    func print(plot: Bool) throws {
      if plot, let panel = report.panels.first {
        try StandardOutput.print("\n\(panel.name)\n" + TerminalPlot().text(panel))
      }
      try StandardOutput.print("forecast in \(written[0]), report in \(written[1])")
    }
  }

  /// - Parameter stopwatch: Started with the command.
  func run(_ stopwatch: Stopwatch) throws -> Result {
    // What standard input holds can be read once only.
    let data = try SeriesData(files, settings.forecast.reading)
    SeriesOptionGroup.show(data.notes)
    // A forecast that cannot be made and a place that cannot be written to are noticed before the work.
    try Forecaster.requireKnown(
      data.series, horizon: settings.forecast.horizon, names: settings.forecast.reading.known)
    let isNew = !FileManager.default.fileExists(atPath: directory)
    try ForecastTraining.prepareDirectory(directory)
    for name in ["forecast.csv", "report.html"]
    where FileManager.default.fileExists(atPath: directory + "/" + name) {
      throw OptionError.conflict("\(directory) has a file \(name) already. Choose another directory.")
    }
    do {
      return try run(data, stopwatch)
    } catch {
      if isNew { rmdir(directory) }
      throw error
    }
  }

  private func run(_ data: SeriesData, _ stopwatch: Stopwatch) throws -> Result {
    var (settings, notes) = (settings, data.notes)
    func note(_ sentence: String) {
      notes.append(sentence)
      SeriesOptionGroup.show([sentence])
    }
    let (horizon, longest) = (settings.forecast.horizon, data.series.map(\.values.count).max() ?? 0)
    var tested: Backtest?
    if hasBacktest {
      if longest >= 3 * horizon {
        if data.series.count > Self.mostTested {
          note("the backtest is of \(Self.mostTested) of the \(data.series.count) series, evenly spread")
        }
        do {
          tested = try test(data, longest: longest)
        } catch let error as OptionError {
          note("no backtest: \(error)")
        }
      } else {
        note(
          "no backtest: three horizons are the least, and the longest series has \(counted(longest, "step")): nothing shows how good the forecasts are"
        )
      }
    }
    settings.training.budget = .seconds(max(Self.modelShare * timeLimit, timeLimit - stopwatch.seconds))
    let (forecaster, curves, others) = try train(data, settings)
    others.forEach(note)
    let forecasts = try forecaster.forecast(data.series)
    try AtomicFile.write(ForecastCSV.text(forecasts, of: data), to: directory + "/forecast.csv")
    var report = ForecastReport(
      files: files, data, forecaster: forecaster, forecasts, backtest: tested, notes: notes,
      command: CommandLine.quotedArguments)
    report.training = curves
    try AtomicFile.write(report.html, to: directory + "/report.html")
    return Result(report: report, evaluation: tested?.result.evaluation, directory: directory)
  }

  private typealias Backtest = (run: ForecastBacktest, result: ForecastBacktest.Result)

  /// Forecasts the end of the series by a model that has not seen it.
  private func test(_ data: SeriesData, longest: Int) throws -> Backtest {
    var settings = settings
    settings.training.budget = .seconds(Self.backtestShare * timeLimit)
    // Windows take a fifth of the longest series at most.
    let count = max(1, min(5, longest / 5 / settings.forecast.horizon))
    var windows = ForecastWindows(count: count)
    windows.series = Self.mostTested
    let run = try ForecastBacktest(data, settings, windows)
    let result = try TrainingRun.show(
      firstStep: 0, settings.networkSummary, parameterCount: run.parameterCount,
      description: "without the end of the series; " + run.dataDescription
    ) { progress in try run.run(examples: 12) { progress.update($0) } }
    if printsBacktest, let comparison = result.evaluation.comparison {
      try StandardOutput.print(
        "backtest: \(counted(comparison.model.windows, "window")), each forecast from what was before it")
      try StandardOutput.print(ForecastTable.text(comparison, season: run.season))
      for sentence in ForecastReport.verdict(result, horizon: settings.forecast.horizon) {
        try StandardOutput.print(sentence)
      }
    }
    return (run, result)
  }

  /// The forecaster, how its training went, and what a person should know of it.
  private func train(
    _ data: SeriesData, _ settings: ForecastSettings
  ) throws -> (Forecaster, curves: [ForecastReport.Curve], notes: [String]) {
    var request = ForecastTraining.Request(
      files: files, directory: directory, settings: settings, command: CommandLine.quotedArguments)
    request.stopwatch = Stopwatch()
    request.isResumable = false
    let training = try ForecastTraining(request, data)
    // What is trained on is counted in another unit than what is held out.
    var heldOut: [ForecastReport.Curve.Point] = []
    let forecaster = try TrainingRun.show(
      firstStep: 0, settings.networkSummary, parameterCount: training.parameterCount,
      description: training.dataDescription
    ) { progress in
      try training.run { report in
        progress.update(report)
        guard let loss = report.validationLoss, loss != heldOut.last?.y else { return }
        heldOut.append(.init(Double(report.step), loss))
      }
    }.forecaster
    let known = Set(data.notes)
    let curves = heldOut.isEmpty ? [] : [ForecastReport.Curve(name: "held out", points: heldOut)]
    return (forecaster, curves, training.notes.filter { !known.contains($0) } + forecaster.notes)
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
