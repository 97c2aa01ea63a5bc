import RondoCore
import RondoData
import RondoTraining

/// Trains on the past of series and forecasts what came after it, window by window.
///
/// Nothing of the windows is seen before its time: the model, its season, the scales and the weights that are kept come from what is before the
/// first window (or, trained anew, before the window), and each window's forecast from what is before that window.
public struct ForecastBacktest {
  /// How the model is trained.
  public let settings: ForecastSettings
  /// The windows.
  public let windows: ForecastWindows
  /// Whether a model is trained anew before each window.
  public let refits: Bool
  /// Steps of a season.
  public var season: Int { first.program.season }
  /// The size of what is trained.
  public var parameterCount: Int { first.parameters.count }
  /// What a person should know of how the files were read, a sentence each.
  public let notes: [String]
  /// The series.
  public let series: [Series]
  private let prices: [[Double]]?
  private let frequency: Frequency?
  private let places: [WindowBatch.Place]
  /// The model of the first round, before it is trained.
  private let first: (program: ForecastProgram, parameters: ParameterStore)
  private let stopwatch: Stopwatch

  /// Reads the series.
  ///
  /// - Parameter refits: Whether a model is trained anew before each window; the time or the steps of training are for each of them together.
  /// - Throws: `OptionError`, `FileError`, `FormatError` or `TrainingError`.
  public init(
    _ files: [String], _ settings: ForecastSettings, _ windows: ForecastWindows, refits: Bool = false,
    stopwatch: Stopwatch = Stopwatch()
  ) throws {
    let data = try SeriesData(files, settings.forecast.reading)
    try self.init(data, settings, windows, refits: refits, stopwatch: stopwatch)
  }

  /// - Throws: `OptionError` or `TrainingError`.
  public init(
    _ data: SeriesData, _ settings: ForecastSettings, _ windows: ForecastWindows, refits: Bool = false,
    stopwatch: Stopwatch = Stopwatch()
  ) throws {
    try settings.validate()
    (self.settings, self.windows, self.refits, self.stopwatch) = (settings, windows, refits, stopwatch)
    (series, prices, notes, frequency) = (data.series, data.prices, data.notes, data.frequency)
    let horizon = settings.forecast.horizon
    places = try windows.requiredPlaces(series.map(\.values.count), horizon: horizon)
    let past = Self.past(series, places, data.frequency)
    first = try ForecastProgram.prepared(settings, past, frequency: data.frequency, season: data.season)
  }

  /// What is before the first window of each series. A series without windows ends where the first of all begins: by the times of its steps if
  /// they are known, otherwise as many steps before its end as the others lose.
  private static func past(
    _ series: [Series], _ places: [WindowBatch.Place], _ frequency: Frequency?
  ) -> [Series] {
    let first = Dictionary(places.map { ($0.series, $0.origin) }, uniquingKeysWith: min)
    let begin = first.compactMap { series[$0.key].time(ofStep: $0.value, frequency) }.min()
    let lost = first.map { series[$0.key].values.count - $0.value }.max() ?? 0
    return series.enumerated().map { index, series in
      let count = begin.flatMap { series.stepCount(before: $0, frequency) }
      return series.before(first[index] ?? count ?? max(0, series.values.count - lost))
    }
  }

  /// What is tested, in a few words.
  public var dataDescription: String {
    "\(series.count) series, season \(season), \(counted(places.count, "window")) of \(counted(settings.forecast.horizon, "step"))"
      + (refits ? ", a model for each" : "")
  }

  /// What a backtest found.
  public struct Result: Sendable {
    /// How good the forecasts were.
    public let evaluation: ForecastEvaluation
    /// Forecasts of some windows: those that follow each other at the end of the series that were asked for.
    public let examples: [(series: Int, origin: Int, forecast: QuantileForecast)]
    /// What forecasts of returns say of the prices, of each; empty if the series are no returns.
    public let prices: [PriceComparison]
  }

  /// Trains, forecasts all windows and compares them with what came.
  ///
  /// - Parameters:
  ///   - examples: For how many series, evenly spread, forecasts are given beside the scores.
  ///   - onStep: called after every step
  /// - Throws: `TrainingError`, `ModelError`, or `OptionError` if no value is in any window.
  public func run(
    examples: Int = 0, onStep: @escaping (ProgressDisplay.Report) throws -> Void
  ) throws -> Result {
    let horizon = settings.forecast.horizon
    var evaluation = ForecastEvaluation(
      series, horizon: horizon, season: season,
      baselines: .suited(toReturns: settings.forecast.reading.returns))
    var levels = series.map { _ in [(origin: Int, forecast: QuantileForecast)]() }
    var variances: [[Double]] = []
    var shown: [(series: Int, origin: Int, forecast: QuantileForecast)] = []
    let wanted = examplePlaces(of: examples)
    let rounds = rounds
    for (number, round) in rounds.enumerated() {
      var settings = settings
      switch settings.training.budget {
      case .seconds(let seconds): settings.training.budget = .seconds(seconds / Double(rounds.count))
      case .steps(let steps): settings.training.budget = .steps(max(1, steps / rounds.count))
      case .epochs(let epochs): settings.training.budget = .epochs(max(1, epochs / rounds.count))
      }
      // A series without a window in this round ends where its first one begins.
      let tested = Set(round.map(\.series))
      let (earliest, own) = (Self.past(series, places, frequency), Self.past(series, round, frequency))
      let past = series.indices.map { tested.contains($0) ? own[$0] : earliest[$0] }
      let (program, parameters) =
        number == 0
        ? first : try ForecastProgram.prepared(settings, past, frequency: frequency, season: season)
      let trainer = try Trainer(
        program, parameters: parameters, options: settings.training,
        stopwatch: rounds.count == 1 ? stopwatch : Stopwatch())
      trainer.onStep = onStep
      let outcome = try trainer.run()
      let input = try ForecastInput(series, program.encoding)
      let (ensemble, _) = try program.result(outcome.parameters, past)
      try evaluation.add(round, trained: program.ends, probabilities: ForecastProgram.probabilities) {
        places in
        let forecasts = try ensemble.forecasts(input, places)
        for (place, forecast) in zip(places, forecasts) {
          if prices != nil { levels[place.series].append((place.origin, forecast)) }
          if wanted.contains(place) { shown.append((place.series, place.origin, forecast)) }
        }
        return forecasts
      }
      if prices != nil, !refits {
        variances = try series.indices.map { index in
          try self.variances(
            of: index, input, ensemble, trained: program.ends[index], tested: past[index].values.count)
        }
      }
    }
    guard evaluation.comparison != nil else {
      throw OptionError.conflict("no value is there in the last \(horizon) steps of any series")
    }
    return Result(
      evaluation: evaluation, examples: shown, prices: comparisons(levels, variances))
  }

  /// What the forecasts say of prices; nothing if the series are no returns, or models were trained anew.
  private func comparisons(
    _ levels: [[(origin: Int, forecast: QuantileForecast)]], _ variances: [[Double]]
  ) -> [PriceComparison] {
    guard let prices, !variances.isEmpty else { return [] }
    return series.indices.compactMap { index in
      guard let first = levels[index].first?.origin else { return nil }
      return PriceComparison(
        series[index], prices: prices[index], levels: levels[index], variances: variances[index],
        first: first,
        horizon: settings.forecast.horizon)
    }
  }

  /// The variance that is forecast of each return from the first window on, one step before: that of the quantiles, times what made it right on
  /// the returns that were held out.
  private func variances(
    of index: Int, _ input: ForecastInput, _ ensemble: ForecastEnsemble, trained: Int, tested: Int
  ) throws -> [Double] {
    let values = series[index].values
    let begin = min(max(trained, 1), tested)
    let places = (begin..<values.count).map { WindowBatch.Place(series: index, origin: $0) }
    let raw = try ensemble.forecasts(input, places).map { $0.variance(step: 0) }
    var (sum, count) = (0.0, 0)
    for (step, variance) in zip(begin..<tested, raw) where !values[step].isNaN && variance > 0 {
      sum += values[step] * values[step] / variance
      count += 1
    }
    let factor = count >= 100 ? sum / Double(count) : 1
    return raw[(tested - begin)...].map { max($0 * factor, .leastNormalMagnitude) }
  }

  /// The windows that one model forecasts: all of them, or trained anew the last but k of each series.
  private var rounds: [[WindowBatch.Place]] {
    guard refits else { return [places] }
    let groups = Dictionary(grouping: places, by: \.series)
    let most = groups.values.map(\.count).max() ?? 0
    return (1...most).reversed().map { fromEnd in
      groups.keys.sorted().compactMap { series in
        let own = groups[series]!
        return own.count < fromEnd ? nil : own[own.count - fromEnd]
      }
    }
  }

  /// Of some series, evenly spread, the last windows that do not overlap, five at most.
  private func examplePlaces(of count: Int) -> [WindowBatch.Place] {
    let groups = Dictionary(grouping: places, by: \.series)
    return groups.keys.sorted().evenlySpread(count).flatMap { series in
      var result: [WindowBatch.Place] = []
      for place in groups[series]!.reversed() where result.count < 5 {
        if result.last.map({ place.origin + settings.forecast.horizon <= $0.origin }) ?? true {
          result.append(place)
        }
      }
      return result.reversed()
    }
  }
}
