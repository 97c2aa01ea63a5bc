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

  @Flag(
    inversion: .prefixedNo,
    help:
      "Read what time of the day, the week and the year it is, where times are known. (default: --calendar)")
  var calendar: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Make intervals as wide as they had to be on what was held out. (default: --calibrate)")
  var calibrate: Bool?

  @Option(
    parsing: .unconditional, help: "Networks whose forecasts are averaged. (default: 6)",
    transform: OptionParsing.count)
  var members: Int?

  func apply(to options: inout ForecastOptions) {
    options.horizon = horizon
    options.season = season ?? options.season
    options.context = context ?? options.context
    options.segment = segment ?? options.segment
    options.calendar = calendar ?? options.calendar
    options.calibrate = calibrate ?? options.calibrate
    options.members = members ?? options.members
  }
}
