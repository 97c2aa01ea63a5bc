import ArgumentParser

/// `rondo forecast …`
struct ForecastCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecast series: from a file of numbers to forecasts with intervals and a report.",
    discussion: """
      Give it a file and it does everything: rondo forecast power.csv --horizon 24
      The steps of that, and what comes after it, are commands of their own.
      """,
    subcommands: [
      ForecastFileCommand.self, ForecastTrainCommand.self, ForecastEvaluateCommand.self,
      ForecastBacktestCommand.self,
      ForecastPredictCommand.self, ForecastUpdateCommand.self, ForecastAnomaliesCommand.self,
    ], defaultSubcommand: ForecastFileCommand.self)
}
