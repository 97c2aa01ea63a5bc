import RondoCore
import RondoData
import RondoNN
import RondoRecurrence
import RondoTraining

/// Exponential smoothing whose weights are learned for each series, together with a recurrent network that all series share: the network reads what
/// smoothing leaves of the latest values and says how the series goes on beside its level and its season.
///
///     l, s = smoothing of y with α_i, γ_i of series i                          (`SmoothingCell`)
///     h_t = dilated recurrences of relu(W [y_{t−w+1} − s − l_t, …, y_t − s − l_t] + b)
///     quantile q of step t + k = V_q,k h_t + v_q,k + l_t + s_{t+k}
///
/// A series that training has not seen has the weights of none: α and γ that all have in common.
///
/// Source: the winner of the M4 competition, Smyl 2020, DOI 10.1016/j.ijforecast.2019.03.017.
struct SmoothingNetwork: ForecastNetwork {
  let shape: SmoothingBatch.Shape
  let probabilities: [Double]
  private let smoothing: Recurrence
  private let common: Parameter
  private let own: Parameter
  private let ownSeason: Parameter
  private let input: Linear
  private let layers: RecurrentLayers
  private let output: Linear
  private let outputDropout: Dropout
  private let random: RandomSource
  private let stream: UInt64

  /// Positions of each series whose horizon is forecast in a step of training.
  private static let positions = 48

  /// Registers the parameters: `smoothing.common` and `smoothing.series` (what α and γ are the logistic functions of), `smoothing.season`,
  /// `window.…`, `rnn.…` and `output.…`.
  init(
    _ builder: Builder, _ architecture: ArchitectureOptions, _ options: ForecastOptions, season: Int,
    _ covariates: CovariateCounts, seriesCount: Int, probabilities: [Double], seed: UInt64
  ) throws {
    let horizon = options.horizon
    shape = SmoothingBatch.Shape(
      season: season, history: options.context ?? max(4 * season, 3 * horizon, 200),
      input: options.segment ?? max(season > 1 ? min(season, 2 * horizon) : 4, min(horizon, 24)),
      horizon: horizon,
      fixed: covariates.fixed)
    self.probabilities = probabilities
    smoothing = Recurrence(builder / "smoothing", SmoothingCell(season: season), inputSize: 2)
    common = builder.parameter("smoothing.common", [2], .constant(-1))
    // The last row is that of a series that training has not seen.
    own = builder.parameter("smoothing.series", [seriesCount + 1, 2], .constant(0))
    ownSeason = builder.parameter("smoothing.season", [seriesCount + 1, season], .constant(0))
    let width = architecture.embedding ?? architecture.hidden[0]
    input = Linear(builder / "window", inputSize: shape.input + shape.fixed, outputSize: width)
    layers = try RecurrentLayers(
      builder, architecture, inputSize: width,
      dilations: options.dilations ?? Self.dilations(season, layers: architecture.hidden.count))
    output = Linear(
      builder / "output", inputSize: layers.outputSize, outputSize: horizon * probabilities.count)
    outputDropout = Dropout(builder / "output_dropout", probability: Float(architecture.dropout))
    random = RandomSource(seed: seed)
    stream = RandomSource.stream(builder.qualified("positions"))
  }

  /// One step, a few, and of further layers whole seasons.
  private static func dilations(_ season: Int, layers: Int) -> [Int] {
    let all = [1, season > 12 ? 4 : 2] + (season > 1 ? [season, 2 * season] : [4, 8])
    return (0..<layers).map { all[min($0, all.count - 1)] }
  }

  var context: Int { shape.history }
  var reach: Int { shape.history + shape.season - 1 }
  /// Smoothing keeps the whole season at each step.
  var trainingRows: (count: Int, width: Int) { (reach, 4 * shape.season + 4 * shape.input) }

  func loss(
    _ tape: Tape, _ input: ForecastInput, _ places: [WindowBatch.Place], ends: [Int], ids: [Int]
  ) -> Variable {
    let count = Self.positions
    let draws = places.indices.map { window in
      (0..<count).map { index in
        random.uniform(
          stream: stream &+ tape.pass, position: UInt64(ids[window] * count + index))
      }
    }
    let batch = SmoothingBatch(input, ends: ends, places, shape, draws: draws, ids: ids)
    guard !batch.positions.isEmpty else { return tape.constant(Tensor(0)) }
    return quantileLoss(
      quantiles(tape, batch, series: places.map { input.items[$0.series].number }), batch.targets,
      quantiles: probabilities.map(Float.init))
  }

  func quantiles(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place]
  ) -> [[Double]] {
    let (horizon, count) = (shape.horizon, probabilities.count)
    let batch = SmoothingBatch(input, ends: nil, places, shape, draws: nil)
    let tape = Tape(parameters, training: false)
    let values =
      batch.positions.isEmpty
      ? [] : quantiles(tape, batch, series: places.map { input.items[$0.series].number }).value.values
    var row = 0
    return places.indices.map { window in
      // A series without any value is like the others.
      guard batch.layout.lengths[window] > 0 else {
        let quantiles = probabilities.map { probability in
          input.typical.map { $0.mean + $0.deviation * Gaussian.standard.quantile(probability) } ?? 0
        }
        return Array(repeating: quantiles, count: horizon).flatMap { $0 }
      }
      defer { row += 1 }
      return (0..<horizon).flatMap { step in
        (0..<count).map { k in
          batch.transforms[window].undone(values[(row * count + k) * horizon + step])
        }
      }
    }
  }

  /// The quantiles after each of the batch's positions [positions, quantiles · horizon].
  private func quantiles(_ tape: Tape, _ batch: SmoothingBatch, series: [Int?]) -> Variable {
    let (season, rows) = (shape.season, batch.layout.rowCount)
    let unseen = Int32(tape.parameter(own).value.rows - 1)
    let numbers = series.map { $0.map(Int32.init) ?? unseen }
    let weights = sigmoid(tape.parameter(common) + gatherRows(tape.parameter(own), numbers))
    var (initial, inputs) = ([tape.constant(batch.level)], ["alpha": slice(weights, 0..<1)])
    if season > 1 {
      initial.append(tape.constant(batch.season) + gatherRows(tape.parameter(ownSeason), numbers))
      inputs["gamma"] = slice(weights, 1..<2)
    }
    let smoothed = smoothing(tape.constant(batch.values), batch.layout, initial: initial, inputs: inputs)
      .output
    let level = slice(smoothed, 0..<1)
    // What is left of a value is without its own season, which is the last of the next ones.
    var rest = slice(tape.constant(batch.values), 0..<1)
    if season > 1 { rest = rest - slice(smoothed, season..<season + 1) }
    var x = reshape(gatherRows(rest, batch.latest), [rows, shape.input])
    x = (x - repeated(level, shape.input)) * tape.constant(batch.isThere)
    if let fixed = batch.fixed { x = concatenate([x, tape.constant(fixed)]) }
    let states = layers(relu(input(x)), batch.layout).output
    let read = outputDropout(
      gatherRows(states, batch.positions),
      SequenceLayout(Array(repeating: 1, count: batch.positions.count)))
    var base = repeated(gatherRows(level, batch.positions), shape.horizon)
    if season > 1 {
      let next = gatherRows(slice(smoothed, 1..<season + 1), batch.positions)
      let whole = (shape.horizon + season - 1) / season
      base = base + slice(repeated(next, whole), 0..<shape.horizon)
    }
    return output(read) + repeated(base, probabilities.count)
  }

  /// The columns again and again.
  private func repeated(_ x: Variable, _ count: Int) -> Variable {
    concatenate(Array(repeating: x, count: count))
  }
}
