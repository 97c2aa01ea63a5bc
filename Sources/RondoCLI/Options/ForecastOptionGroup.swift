import ArgumentParser
import RondoTasks

/// What only a forecaster can be told when it is trained.
struct ForecastOptionGroup: ParsableArguments {
  @Option(parsing: .unconditional, help: "Steps to forecast.", transform: OptionParsing.count)
  var horizon: Int

  @Option(
    parsing: .unconditional, help: "Steps of a season, 1 for none. (default: found)",
    transform: OptionParsing.count)
  var season: Int?

  @Option(
    parsing: .unconditional, help: "Steps of history that are read. (default: seven horizons)",
    transform: OptionParsing.count)
  var context: Int?

  @Option(
    parsing: .unconditional, help: "Steps that are read at once. (default: by the horizon)",
    transform: OptionParsing.count)
  var segment: Int?

  @Option(
    parsing: .unconditional, help: "Networks whose forecasts are averaged. (default: 6)",
    transform: OptionParsing.count)
  var members: Int?

  func apply(to options: inout ForecastOptions) {
    options.horizon = horizon
    options.season = season ?? options.season
    options.context = context ?? options.context
    options.segment = segment ?? options.segment
    options.members = members ?? options.members
  }
}
