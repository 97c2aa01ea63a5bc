import RondoCore
import RondoData
import RondoTraining

/// The training of a forecaster as the trainer sees it: windows drawn from all series, others for each member of the ensemble.
final class ForecastProgram: TrainingProgram {
  let members: [SegmentNetwork]
  let shape: WindowShape
  let settings: ForecastSettings
  /// The values of each series.
  let series: [[Double]]
  /// Where each series ends for training: what comes after is held out.
  let ends: [Int]
  /// The origins of each series that can be trained on; those of series with none are left out.
  private let origins: [(series: Int, origins: ClosedRange<Int>)]
  private let random: RandomSource
  var carried: [Tensor] = []

  /// The probabilities of the quantiles that are trained.
  static let probabilities = [0.025] + (1...9).map { Double($0) / 10 } + [0.975]
  private static let quantiles = probabilities.map(Float.init)

  /// The program that trains new networks on series, and their parameters before the first step.
  ///
  /// - Throws: `OptionError` if there is too little memory, or nothing to train on.
  static func prepared(
    _ settings: ForecastSettings, _ series: [[Double]]
  ) throws -> (program: ForecastProgram, parameters: ParameterStore) {
    let shape = settings.forecast.shape
    var need = MemoryNeed()
    need.add(
      rows: settings.training.batch * (shape.contextSegments + shape.horizonSegments),
      width: 12 * settings.architecture.hidden.reduce(0, +) + 4 * shape.segment)
    try need.requireAvailable(hint: "Choose a smaller --batch, --context or --hidden.")
    let builder = Builder(seed: settings.training.seed)
    builder.initializerOverride = settings.architecture.initializer?.initializer
    let members = try Forecaster.members(
      builder, settings.forecast, settings.architecture, quantileCount: probabilities.count)
    var memory = MemoryNeed()
    memory.add(parametersOf: builder, copies: 6)
    try memory.requireAvailable(hint: "Choose a smaller --hidden, --context or --members.")
    let program = ForecastProgram(
      members, settings, series, heldOut: settings.training.validationFraction > 0 ? shape.horizon : 0)
    guard !program.origins.isEmpty else {
      throw OptionError.conflict(
        "no series is long enough to train on: of \(series.count) series, the longest has "
          + "\(series.map { $0.count { !$0.isNaN } }.max() ?? 0) values, and two are the least")
    }
    return (program, builder.finish())
  }

  /// - Parameter heldOut: Steps at the end of each series that are not trained on.
  init(
    _ members: [SegmentNetwork], _ settings: ForecastSettings, _ series: [[Double]], heldOut: Int
  ) {
    self.members = members
    self.settings = settings
    self.series = series
    shape = settings.forecast.shape
    ends = series.map { Self.end($0, heldOut: heldOut) }
    random = RandomSource(seed: settings.training.seed)
    heldOutPlaces = random.permutation(series.count, stream: RandomSource.stream("order of validation"))
      .compactMap { [ends] index in
        ends[index] < series[index].count && series[index][..<ends[index]].contains { !$0.isNaN }
          ? WindowBatch.Place(series: index, origin: ends[index]) : nil
      }
    origins = zip(series, ends).enumerated().compactMap { [shape] index, item in
      let (values, end) = item
      guard let first = values[..<end].firstIndex(where: { !$0.isNaN }) else { return nil }
      // At least a segment is read, and the whole horizon is there where the series is long enough.
      let last = max(first + 1, end - shape.horizon)
      let least = min(last, first + max(shape.segment, 1))
      return least < end && least <= last ? (index, least...last) : nil
    }
  }

  /// The end of a series whose last steps are held out, if something is left before them.
  static func end(_ values: [Double], heldOut: Int) -> Int {
    values.count >= 2 * heldOut ? values.count - heldOut : values.count
  }

  /// The windows whose forecasts are compared with what was held out, in a random order: a validation may end before all are read.
  let heldOutPlaces: [WindowBatch.Place]

  var stepsPerEpoch: Int {
    let windows = origins.reduce(0) { $0 + $1.origins.count }
    return max(1, windows / (settings.training.batch * shape.horizon))
  }
  var unitsPerStep: Int { settings.training.batch * members.count }
  var validationUnits: Int { heldOutPlaces.count }
  var unitName: String { "window" }
  var lossUnit: String { "of the level" }

  private static let windows = RandomSource.stream("windows")

  func step(_ step: Int, _ parameters: ParameterStore, into gradients: inout Gradients) -> StepResult {
    var loss = 0.0
    let batch = settings.training.batch
    for (number, member) in members.enumerated() {
      let places = (0..<batch).map { index in
        let position = UInt64(2 * (step * batch + index))
        let stream = Self.windows &+ UInt64(number)
        let (series, range) = origins[random.index(below: origins.count, stream: stream, position: position)]
        let origin = random.index(below: range.count, stream: stream, position: position + 1)
        return WindowBatch.Place(series: series, origin: range.lowerBound + origin)
      }
      let windows = WindowBatch(
        series, ends: ends, places, shape, member.scale, ids: (0..<batch).map { number * batch + $0 })
      let tape = Tape(parameters, training: true, seed: settings.training.seed, pass: UInt64(step))
      let result = quantileLoss(member.quantiles(tape, windows), windows.targets, quantiles: Self.quantiles)
      tape.backward(from: result, into: &gradients)
      loss += Double(result.value.scalar) / Double(members.count)
    }
    return StepResult(loss: loss, units: batch * members.count)
  }

  func validate(_ parameters: ParameterStore, atMost units: Int) -> Double {
    let places = Array(heldOutPlaces.prefix(max(units, 1)))
    let forecasts = Forecaster.quantiles(members, parameters, series, places)
    var (sum, count) = (0.0, 0)
    for (place, steps) in zip(places, forecasts) {
      let values = series[place.series]
      let level = WindowScale(.level, values[max(0, place.origin - shape.context)..<place.origin]).scale
      guard level > 0 else { continue }
      for (value, forecast) in zip(values[place.origin...], steps) where !value.isNaN {
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
