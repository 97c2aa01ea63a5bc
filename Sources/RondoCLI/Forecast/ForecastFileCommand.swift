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

  @OptionGroup var options: ForecastRunOptionGroup

  @Option(
    parsing: .unconditional, help: "End after this time, backtest and all: 90s, 8m, 1h. (default: 5m)",
    transform: OptionParsing.duration)
  var timeLimit = 300.0

  @Flag(
    inversion: .prefixedNo, help: "Set the end of the series aside first, to see how good forecasts are.")
  var backtest = true

  @Flag(inversion: .prefixedNo, help: "Draw the first forecast in the terminal.")
  var plot = true

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    let stopwatch = Stopwatch()
    options.threads.apply()
    var flow = ForecastFlow(
      files: files, directory: directory ?? ForecastFlow.freeDirectory(for: files[0]),
      settings: try options.settings(), timeLimit: timeLimit)
    flow.hasBacktest = backtest
    flow.printsBacktest = !json
    let result = try flow.run(stopwatch)
    if json { return try StandardOutput.print(result.object) }
    try result.print(plot: plot)
    try StandardOutput.print(
      """

      next, when there are new rows:
        \(ProgramName.shortest) forecast update \(CommandLine.quoted(flow.directory)) new-rows.csv
      """)
  }
}
