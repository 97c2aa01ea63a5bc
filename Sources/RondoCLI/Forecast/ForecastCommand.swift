import ArgumentParser

/// `rondo forecast …`
struct ForecastCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Train and use forecasters of series.",
    subcommands: [
      ForecastTrainCommand.self, ForecastEvaluateCommand.self, ForecastBacktestCommand.self,
      ForecastPredictCommand.self, ForecastAnomaliesCommand.self,
    ])
}
