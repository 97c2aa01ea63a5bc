import ArgumentParser
import RondoTasks

/// All that commands can be told which train a forecaster without a directory to go on from.
struct ForecastRunOptionGroup: ParsableArguments {
  @OptionGroup(title: "Series") var series: SeriesOptionGroup
  @OptionGroup(title: "Forecast") var forecast: ForecastOptionGroup
  @OptionGroup(title: "Model") var model: ModelOptionGroup
  @OptionGroup(title: "Optimisation") var optimisation: OptimisationOptionGroup

  @Option(
    parsing: .unconditional,
    help: "Share of what is trained on that the weights are chosen by instead. (default: 0.1)",
    transform: OptionParsing.share)
  var validationFraction: Double?

  @OptionGroup var random: SeedOption

  @OptionGroup var threads: ThreadOption

  /// The defaults, with what was given written over them.
  func settings() throws -> ForecastSettings {
    try forecast.requireHorizon()
    var settings = ForecastSettings()
    series.apply(to: &settings.forecast.reading)
    try forecast.apply(to: &settings.forecast)
    try model.apply(to: &settings.architecture)
    try ForecastOptionGroup.requireSuited(settings)
    try optimisation.apply(to: &settings.training)
    settings.training.seed = random.seed ?? settings.training.seed
    settings.training.validationFraction = validationFraction ?? settings.training.validationFraction
    return settings
  }
}
