import RondoCore
import RondoData
import RondoNN
import RondoRecurrence
import RondoTraining
import Synchronization

/// A recurrent network that gives the distribution of each step from the values before it, and draws paths into the future by reading its own
/// draws: DeepAR (Salinas, Flunkert, Gasthaus and Januschowski 2020, arXiv 1704.04110).
///
///     h_t = recurrences(h_{t−1}, [z_{t−l} for every lag l, what is known of step t])
///     θ_t = W h_t + b,    z_t ~ p(· | θ_t)
///
/// It is trained on all steps of a window at once, the values before each being known.
struct AutoregressiveNetwork: StreamingNetwork {
  /// What is read, and how windows are cut.
  let shape: LagBatch.Shape
  /// What it sees in the place of values.
  let scale: WindowScale.Kind
  /// The distribution of a step.
  let likelihood: LikelihoodKind
  /// Paths that are drawn of each window.
  let paths: Int
  /// The probabilities of the quantiles, ascending.
  let probabilities: [Double]
  private let layers: RecurrentLayers
  private let output: Linear
  private let outputDropout: Dropout
  private let random: RandomSource
  private let stream: UInt64

  /// Registers the parameters: `rnn.…` and `output.…`.
  init(
    _ builder: Builder, _ architecture: ArchitectureOptions, _ options: ForecastOptions, season: Int,
    _ covariates: CovariateCounts, _ scale: WindowScale.Kind, probabilities: [Double], seed: UInt64
  ) throws {
    shape = LagBatch.Shape(
      lags: options.lags ?? LagBatch.lags(season: season),
      context: options.context ?? max(options.horizon, min(2 * season, 200)),
      horizon: options.horizon, covariates: covariates)
    likelihood = options.likelihood
    paths = options.paths
    self.scale = likelihood.isOfCounts ? .level : scale
    self.probabilities = probabilities
    layers = try RecurrentLayers(builder, architecture, inputSize: shape.width)
    output = Linear(
      builder / "output", inputSize: layers.outputSize, outputSize: likelihood.parameterCount)
    outputDropout = Dropout(builder / "output_dropout", probability: Float(architecture.dropout))
    random = RandomSource(seed: seed)
    stream = RandomSource.stream(builder.qualified("paths"))
  }

  var context: Int { shape.context }
  var reach: Int { shape.context + (shape.lags.last ?? 1) + 1 }
  var trainingRows: (count: Int, width: Int) { (shape.context + shape.horizon, 4 * shape.width) }

  func loss(
    _ tape: Tape, _ input: ForecastInput, _ places: [WindowBatch.Place], ends: [Int], ids: [Int]
  ) -> Variable {
    let batch = LagBatch(
      input, ends: ends, places, shape, scale, stepsAhead: shape.horizon, ids: ids)
    let states = layers(tape.constant(batch.inputs), batch.layout).output
    let raw = output(outputDropout(states, batch.layout))
    guard likelihood.isOfCounts else { return likelihood.loss(raw, batch.targets) }
    let (counts, scales) = batch.counts
    return likelihood.loss(raw, counts, scales: scales)
  }

  func quantiles(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place]
  ) -> [[Double]] {
    quantiles(parameters, input, places, windows: places.map { _ in nil })
  }

  func quantiles(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place],
    windows: [StreamedWindow?]
  ) -> [[Double]] {
    // Parts of as many rows as keep their states in the caches, each on one thread: steps of few rows are not worth two.
    let part = max(1, 4096 / paths)
    let parts = (places.count + part - 1) / part
    let results = Mutex([[[Double]]](repeating: [], count: parts))
    Parallel.run(parts) { index in
      let range = index * part..<min((index + 1) * part, places.count)
      let places = Array(places[range])
      let begun = zip(places, windows[range]).map { $1 ?? LagBatch.window(input, $0, shape, scale) }
      let drawn = draw(parameters, input, places, read(parameters, input, places, begun))
      let quantiles = drawn.map { self.quantiles(ofPaths: $0) }
      results.withLock { $0[index] = quantiles }
    }
    return results.withLock { $0.flatMap { $0 } }
  }

  /// Of each step the quantiles of paths: the steps of the first, then those of the second, ….
  private func quantiles(ofPaths paths: [Float]) -> [Double] {
    let horizon = shape.horizon
    var quantiles: [Double] = []
    quantiles.reserveCapacity(horizon * probabilities.count)
    for step in 0..<horizon {
      let sorted = stride(from: step, to: paths.count, by: horizon).map { paths[$0] }.sorted()
      for probability in probabilities { quantiles.append(empiricalQuantile(probability, ofSorted: sorted)) }
    }
    return quantiles
  }

  /// Draws paths of windows in the series' unit: for each window the steps of the first path, then those of the second, ….
  ///
  /// - Parameter windows: The windows, read up to the origins.
  private func draw(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place],
    _ windows: [StreamedWindow]
  ) -> [[Float]] {
    let (paths, horizon, width) = (paths, shape.horizon, shape.width)
    let each = places.indices.flatMap { Array(repeating: Int32($0), count: paths) }
    let tape = Tape(parameters, training: false)
    var states = stateTensors(windows).map { $0.map { gatherRows(tape.constant($0), each).value } }
    let longest = shape.lags.last ?? 1
    // The latest values of each window, scaled, and what has been drawn behind them.
    let latest = places.indices.map { window -> [Float] in
      let (place, scale) = (places[window], windows[window].scale)
      let values = input.items[place.series].values
      return (1...longest).reversed().map { lag in
        let step = place.origin - lag
        return step >= 0 && !values[step].isNaN ? Float(scale.scaled(values[step])) : 0
      }
    }
    let isThere = places.map { place in
      place.origin > 0 && !input.items[place.series].values[place.origin - 1].isNaN
    }
    let ahead = SequenceLayout(Array(repeating: 1, count: each.count))
    var drawn = [Float](repeating: 0, count: each.count * horizon)
    let scales =
      likelihood.isOfCounts ? each.map { LagBatch.countScale(windows[Int($0)].scale) } : nil
    let origins = places.map { input.items[$0.series].before + $0.origin }
    for step in 0..<horizon {
      var x = Tensor(uninitialized: [each.count, width])
      let rows = x.mutablePointer()
      var beside = [[Float]](repeating: [], count: places.count)
      for (window, place) in places.enumerated() {
        LagBatch.appendBeside(
          input, input.items[place.series], of: place, step: place.origin + step,
          isThere: step > 0 || isThere[window],
          to: &beside[window])
      }
      Parallel.rows(each.count, minimumPerPart: 256) { range in
        for row in range {
          let (window, target) = (row / paths, rows + row * width)
          for (column, lag) in shape.lags.enumerated() {
            target[column] =
              lag <= step ? drawn[row * horizon + step - lag] : latest[window][longest + step - lag]
          }
          for (column, feature) in beside[window].enumerated() { target[shape.lags.count + column] = feature }
        }
      }
      let tape = Tape(parameters, training: false)
      let (y, final) = layers(
        tape.constant(x), ahead, initial: states.map { $0.map { tape.constant($0) } })
      states = final.map { $0.map(\.value) }
      let raw = output(y).value
      let positions = each.indices.map { row in
        // A file may say that a series is very long: its numbers may come again, but nothing traps.
        (UInt64(origins[row / paths]) &* UInt64(paths) &+ UInt64(row % paths)) &* UInt64(horizon)
          &+ UInt64(step)
      }
      let values = likelihood.samples(
        raw, scales: scales, random: random, stream: stream, positions: positions)
      for (row, value) in values.values.enumerated() {
        drawn[row * horizon + step] = scales.map { value / $0[row] } ?? value
      }
    }
    return places.indices.map { window in
      let scale = windows[window].scale
      return drawn[window * paths * horizon..<(window + 1) * paths * horizon].map {
        Float(scale.unscaled(Double($0)))
      }
    }
  }
}

// MARK: Streaming

extension AutoregressiveNetwork {
  var states: [[StateShape]] { layers.states }

  func windowScale(_ context: ArraySlice<Double>, _ input: ForecastInput) -> WindowScale {
    WindowScale(scale, context, typical: input.typical)
  }

  func read(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place],
    _ windows: [StreamedWindow]
  ) -> [StreamedWindow] {
    let origins = places.map { input.items[$0.series].before + $0.origin }
    let fresh = windows.indices.filter { windows[$0].states.isEmpty }
    let begun = windows.indices.filter { !windows[$0].states.isEmpty && windows[$0].end < origins[$0] }
    var read = windows
    for (some, isBegun) in [(fresh, false), (begun, true)] where !some.isEmpty {
      let batch = LagBatch(
        input, ends: nil, some.map { places[$0] }, shape, windows: some.map { windows[$0] }, stepsAhead: 0)
      let tape = Tape(parameters, training: false)
      let initial =
        isBegun ? stateTensors(some.map { windows[$0] }).map { $0.map { tape.constant($0) } } : nil
      let final = layers(tape.constant(batch.inputs), batch.layout, initial: initial).final
      let values = final.map { $0.map(\.value.values) }
      for (place, window) in some.enumerated() {
        read[window].end = origins[window]
        read[window].states = zip(states, values).map { shapes, values in
          zip(shapes, values).map { Array($1[place * $0.width..<(place + 1) * $0.width]) }
        }
      }
    }
    return read
  }

  /// The states of windows as the layers take them [windows, width].
  private func stateTensors(_ windows: [StreamedWindow]) -> [[Tensor]] {
    states.enumerated().map { layer, shapes in
      shapes.enumerated().map { state, shape in
        Tensor([windows.count, shape.width], windows.flatMap { $0.states[layer][state] })
      }
    }
  }
}
