import RondoCore
import RondoData
import RondoTraining

/// Trains on the past of series and forecasts what came after it: windows that follow each other, without training in between.
///
/// Nothing of the windows is seen before its time: the model, its season and the weights that are kept come from what is before the first
/// window, and each window's forecast from what is before that window.
public struct ForecastBacktest {
  /// How the model is trained.
  public let settings: ForecastSettings
  /// The number of windows at the end of each series.
  public let windows: Int
  /// Steps from one window to the next.
  public let stride: Int
  /// Steps of a season.
  public let season: Int
  /// The size of what is trained.
  public let parameterCount: Int
  /// What a person should know of how the files were read, a sentence each.
  public let notes: [String]
  private let series: [Series]
  private let program: ForecastProgram
  private let trainer: Trainer<ForecastProgram>

  /// Reads the series and builds the model.
  ///
  /// - Parameters:
  ///   - windows: How many windows there are in each series; a short one has fewer.
  ///   - stride: Steps from one window to the next; the horizon if nil.
  /// - Throws: `OptionError`, `FileError`, `FormatError` or `TrainingError`.
  public init(
    _ files: [String], _ settings: ForecastSettings, windows: Int, stride: Int? = nil,
    stopwatch: Stopwatch = Stopwatch()
  ) throws {
    try settings.validate()
    self.settings = settings
    self.windows = windows
    self.stride = stride ?? settings.forecast.horizon
    let data = try SeriesData(files, settings.forecast.reading)
    series = data.series
    notes = data.notes
    let tested = settings.forecast.horizon + (windows - 1) * self.stride
    let past = series.map { $0.before(max(0, $0.values.count - tested)) }
    guard past.contains(where: { !$0.values.isEmpty }) else {
      throw OptionError.conflict(
        "\(windows) windows of \(settings.forecast.horizon) steps are \(tested) steps, and the longest series has "
          + "\(series.map(\.values.count).max() ?? 0): choose fewer --windows or a smaller --horizon.")
    }
    season =
      settings.forecast.season ?? data.season
      ?? Seasonality.season(of: past.map(\.values), frequency: data.frequency)
    let parameters: ParameterStore
    (program, parameters) = try ForecastProgram.prepared(settings, past, frequency: data.frequency)
    parameterCount = parameters.count
    trainer = try Trainer(program, parameters: parameters, options: settings.training, stopwatch: stopwatch)
  }

  /// What is tested, in a few words.
  public var dataDescription: String {
    "\(series.count) series, season \(season), \(windows) window\(windows == 1 ? "" : "s") of \(settings.forecast.horizon) steps"
  }

  /// Trains, forecasts all windows and compares them with what came.
  ///
  /// - Parameter onStep: called after every step
  /// - Throws: `TrainingError`, `ModelError`, or `OptionError` if no value is in any window.
  public func run(onStep: @escaping (ProgressDisplay.Report) throws -> Void) throws -> ForecastComparison {
    trainer.onStep = onStep
    let outcome = try trainer.run()
    let horizon = settings.forecast.horizon
    let input = try ForecastInput(series, program.encoding)
    let places = WindowBatch.Place.last(windows, of: input, horizon: horizon, stride: stride)
    let forecasts = try program.result(outcome.parameters).0.forecasts(input, places)
    guard
      let comparison = ForecastComparison(
        series.map(\.values), places, forecasts, horizon: horizon, season: season)
    else {
      throw OptionError.conflict("no value is there in the last \(horizon) steps of any series")
    }
    return comparison
  }
}
