import RondoCore
import RondoData
import RondoTraining

/// The training of a forecaster as the trainer sees it: windows drawn from all series, others for each member of the ensemble.
final class ForecastProgram: TrainingProgram {
  let settings: ForecastSettings
  /// How covariates are read.
  let encoding: CovariateEncoding
  /// The series.
  let input: ForecastInput
  /// The windows whose forecasts are compared with what was held out, in a random order: a validation may end before all are read.
  let heldOutPlaces: [WindowBatch.Place]
  private let members: [any ForecastNetwork]
  /// Where each series ends for training: what comes after is held out.
  let ends: [Int]
  /// The origins of each series that can be trained on; those of series with none are left out.
  private let origins: [(series: Int, origins: ClosedRange<Int>)]
  /// Steps of a season.
  let season: Int
  /// Steps of history that networks read.
  var context: Int { members[0].context }
  /// What members leave out to make intervals right; nil if what is held out is enough for that.
  private let folds: CalibrationFolds?
  private let random: RandomSource
  var carried: [Tensor] = []

  /// The probabilities of the quantiles that are trained.
  static let probabilities = [0.025] + (1...9).map { Double($0) / 10 } + [0.975]

  /// The program that trains new networks on series, and their parameters before the first step.
  ///
  /// - Parameter season: Steps of a season as the file says, if it does; what is asked for wins, and what neither says is found.
  /// - Throws: `OptionError` if there is too little memory, or nothing to train on.
  static func prepared(
    _ settings: ForecastSettings, _ series: [Series], frequency: Frequency?, season: Int?
  ) throws -> (program: ForecastProgram, parameters: ParameterStore) {
    let shape = settings.forecast.shape
    let longest = series.map(\.values.count).max() ?? 0
    guard longest > shape.horizon else {
      throw OptionError.conflict(
        "no series is longer than the \(counted(shape.horizon, "step")) to forecast: the longest of \(series.count) has \(longest). Choose a "
          + "smaller --horizon.")
    }
    let season =
      settings.forecast.season ?? season
      ?? Seasonality.season(of: series.map(\.values), frequency: frequency)
    let heldOut = HeldOutWindows(
      series.map(\.values), horizon: shape.horizon, share: settings.training.validationFraction)
    var encoding = try CovariateEncoding(
      zip(series, heldOut.ends).map { $0.before($1) }, frequency: frequency,
      hasCalendar: settings.forecast.calendar)
    try settings.forecast.model.requireReads(encoding.counts, hasStatics: !encoding.statics.isEmpty)
    if settings.forecast.model == .smoothing { encoding.names = series.map(\.name) }
    if settings.forecast.model == .deepAR, settings.forecast.likelihood.isOfCounts {
      try requireCounts(series)
    }
    let builder = Builder(seed: settings.training.seed)
    builder.initializerOverride = settings.architecture.initializer?.initializer
    let members = try settings.forecast.model.members(
      builder, settings.forecast, settings.architecture, encoding, season: season,
      probabilities: probabilities, seed: settings.training.seed)
    var memory = MemoryNeed()
    memory.add(parametersOf: builder, copies: 6)
    memory.add(
      rows: settings.training.batch * members[0].trainingRows.count,
      width: 12 * settings.architecture.hidden.reduce(0, +) + members[0].trainingRows.width)
    try memory.requireAvailable(hint: "Choose a smaller --batch, --context, --season, --hidden or --members.")
    let program = try ForecastProgram(
      members, settings, series, encoding, heldOut, season: season)
    guard !program.origins.isEmpty else {
      throw OptionError.conflict(
        "no series is long enough to train on: of \(series.count) series, the longest has "
          + "\(counted(series.map { $0.values.count { !$0.isNaN } }.max() ?? 0, "value")), and two are the least"
      )
    }
    return (program, builder.finish())
  }

  /// - Throws: `OptionError` with the first value that is no count.
  private static func requireCounts(_ series: [Series]) throws {
    for one in series {
      guard let step = one.values.firstIndex(where: { $0 < 0 || $0 != $0.rounded() && !$0.isNaN }) else {
        continue
      }
      throw OptionError.conflict(
        "--distribution negative-binomial is for counts, and value \(step + 1) of series \(quoted(one.name)) is \(one.values[step]): "
          + "choose student-t or gaussian")
    }
  }

  private init(
    _ members: [any ForecastNetwork], _ settings: ForecastSettings, _ series: [Series],
    _ encoding: CovariateEncoding, _ heldOut: HeldOutWindows, season: Int
  ) throws {
    self.members = members
    self.season = season
    self.settings = settings
    self.encoding = encoding
    input = try ForecastInput(series, encoding)
    ends = heldOut.ends
    // Of many series, those that are held out at their ends are enough.
    // Networks that are trained on every step of a window see what lies before its origin, too.
    let isTrainedOnHorizons = [.segment, .linear].contains(settings.forecast.model)
    folds =
      settings.forecast.calibrate && isTrainedOnHorizons && heldOut.places.count > 2 * series.count
      ? CalibrationFolds(heldOut.ends, members: members.count, horizon: settings.forecast.horizon) : nil
    random = RandomSource(seed: settings.training.seed)
    heldOutPlaces = random.permutation(
      heldOut.places.count, stream: RandomSource.stream("order of validation")
    ).map { heldOut.places[$0] }
    let shape = settings.forecast.shape
    origins = zip(series, heldOut.ends).enumerated().compactMap { index, item in
      let (values, end) = (item.0.values, item.1)
      guard let first = values[..<end].firstIndex(where: { !$0.isNaN }) else { return nil }
      // At least a segment is read, and the whole horizon is there where the series is long enough.
      let last = max(first + 1, end - shape.horizon)
      let least = min(last, first + max(shape.segment, 1))
      return least < end && least <= last ? (index, least...last) : nil
    }
  }

  /// The networks with weights.
  func ensemble(_ parameters: ParameterStore) -> ForecastEnsemble {
    ensemble(of: members, parameters)
  }

  private func ensemble(of members: [any ForecastNetwork], _ parameters: ParameterStore) -> ForecastEnsemble {
    ForecastEnsemble(members: members, parameters: parameters, probabilities: Self.probabilities)
  }

  /// The ensemble at the end of a run, its intervals made right if that is asked for, and how good it was on what was held out before that.
  func result(
    _ parameters: ParameterStore, _ series: [Series]
  ) throws -> (ForecastEnsemble, heldOut: ForecastEvaluation) {
    var ensemble = ensemble(parameters)
    var evaluation = ForecastEvaluation(
      series, horizon: settings.forecast.horizon, season: season,
      baselines: .suited(toReturns: settings.forecast.reading.returns))
    let places = heldOutPlaces.sorted { ($0.series, $0.origin) < ($1.series, $1.origin) }
    var calibrator = try outOfFoldScores(parameters)
    try evaluation.add(places, trained: ends, probabilities: Self.probabilities) { some in
      let forecasts = try ensemble.rawForecasts(input, some)
      if settings.forecast.calibrate {
        for (forecast, place) in zip(forecasts, some) {
          calibrator.add(forecast, actual: input.items[place.series].values[place.origin...])
        }
      }
      return zip(some, forecasts).map { place, forecast in
        ensemble.finished(forecast, input, place)
      }
    }
    ensemble.calibration = IntervalCalibration(calibrator)
    return (ensemble, evaluation)
  }

  /// How far off forecasts of each member are where it left something out.
  private func outOfFoldScores(_ parameters: ParameterStore) throws -> IntervalCalibration.Scores {
    var scores = IntervalCalibration.Scores(Self.probabilities)
    guard let folds else { return scores }
    for (number, member) in members.enumerated() {
      let alone = ensemble(of: [member], parameters)
      let places = folds.places(member: number, ends: ends)
      for (place, forecast) in zip(places, try alone.rawForecasts(input, places)) {
        scores.add(forecast, actual: input.items[place.series].values[place.origin...])
      }
    }
    return scores
  }

  /// The forecaster that a run has made, and how good it was on what was held out to choose its weights.
  func forecaster(
    _ outcome: TrainingOutcome, _ series: [Series], frequency: Frequency?, files: [FileRecord],
    stepsPerEpoch: Int
  ) throws -> (Forecaster, heldOut: ForecastEvaluation) {
    let (ensemble, evaluation) = try result(outcome.parameters, series)
    let config = ForecastConfig(
      forecast: settings.forecast, season: season, frequency: frequency, covariates: encoding,
      calibration: ensemble.calibration, architecture: settings.architecture, training: settings.training,
      quantiles: Self.probabilities,
      data: .init(
        files: files, seriesCount: series.count,
        valueCount: series.reduce(0) { $0 + $1.values.count { !$0.isNaN } },
        validationCount: validationUnits),
      run: RunRecord(outcome, stepsPerEpoch: stepsPerEpoch),
      results: .init(
        parameters: outcome.parameters.count,
        bestStep: validationUnits > 0 ? outcome.validation.bestStep : nil, validation: evaluation.comparison))
    return (Forecaster(config: config, ensemble: ensemble), evaluation)
  }

  var stepsPerEpoch: Int {
    let windows = origins.reduce(0) { $0 + $1.origins.count }
    return max(1, windows / (settings.training.batch * settings.forecast.horizon))
  }
  var unitsPerStep: Int { settings.training.batch * members.count }
  var validationUnits: Int { heldOutPlaces.count }
  var unitName: String { "window" }
  var lossUnit: String { "of the level" }

  private static let windows = RandomSource.stream("windows")
  private static let coldEvery = 64

  func step(_ step: Int, _ parameters: ParameterStore, into gradients: inout Gradients) -> StepResult {
    var loss = 0.0
    let batch = settings.training.batch
    for (number, member) in members.enumerated() {
      let places = (0..<batch).map { index in
        let position = UInt64(2 * (step * batch + index))
        let stream = Self.windows &+ UInt64(2 * number)
        let (series, range) = origins[random.index(below: origins.count, stream: stream, position: position)]
        let origin = random.index(below: range.count, stream: stream, position: position + 1)
        // A series may have no history when the model is used, so that now and then it has none now.
        let isCold =
          origins.count > 1
          && random.index(below: Self.coldEvery, stream: stream &+ 1, position: position) == 0
        var place = WindowBatch.Place(series: series, origin: range.lowerBound + origin, isCold: isCold)
        if let folds {
          // Another origin in the place of one that this member leaves out.
          for draw in 1...8 where folds.leavesOut(place, member: number) {
            place.origin =
              range.lowerBound
              + random.index(below: range.count, stream: stream &+ UInt64(draw) << 32, position: position + 1)
          }
        }
        return place
      }
      let tape = Tape(parameters, training: true, seed: settings.training.seed, pass: UInt64(step))
      let result = member.loss(
        tape, input, places, ends: ends, ids: (0..<batch).map { number * batch + $0 })
      tape.backward(from: result, into: &gradients)
      loss += Double(result.value.scalar) / Double(members.count)
    }
    return StepResult(loss: loss, units: batch * members.count)
  }

  func validate(_ parameters: ParameterStore, atMost units: Int) -> Double {
    let places = Array(heldOutPlaces.prefix(max(units, 1)))
    let forecasts = ensemble(parameters).quantiles(input, places)
    let horizon = settings.forecast.horizon
    let quantileCount = Self.probabilities.count
    var (sum, count) = (0.0, 0)
    for (place, steps) in zip(places, forecasts) {
      let values = input.items[place.series].values
      let level = WindowScale(.level, values[max(0, place.origin - context)..<place.origin]).scale
      guard level > 0 else { continue }
      for (step, value) in values[place.origin...].prefix(horizon).enumerated() where !value.isNaN {
        let forecast = steps[step * quantileCount..<(step + 1) * quantileCount]
        for (quantile, bound) in zip(Self.probabilities, forecast) {
          let e = (value - bound) / level
          sum += 2 * max(quantile * e, (quantile - 1) * e)
        }
        count += Self.probabilities.count
      }
    }
    return count == 0 ? 0 : sum / Double(count)
  }
}
