import RondoCore

/// Windows of series as an autoregressive network reads them: at each step values of some steps before, and what is known of the step.
///
/// A row has the values at the lags, zero (the window's centre, or where there is nothing) for those that are missing; 1 if the value before is
/// there; the known covariates of the step and the past ones of the step before; what belongs to the step as a whole.
struct LagBatch {
  /// How series are cut into windows and what is read at each step.
  struct Shape: Sendable {
    /// How many steps before each is a value that is read, ascending.
    var lags: [Int]
    /// Steps that are read before the horizon at most.
    var context: Int
    /// Steps that are forecast.
    var horizon: Int
    /// What is read beside the values.
    var covariates: CovariateCounts

    /// Numbers that are read at each step.
    var width: Int { lags.count + 1 + covariates.known + covariates.past + covariates.fixed }
  }

  /// The windows' steps: those before the origin from the first value on, then `stepsAhead` of the horizon.
  let layout: SequenceLayout
  /// [rows, width]
  let inputs: Tensor
  /// The scaled value of each row's step, NaN where none is to be seen [rows, 1].
  let targets: Tensor
  /// The scale of each window.
  let scales: [WindowScale]

  /// - Parameters:
  ///   - ends: For each series where it ends: what is there or later is not seen. Nil if no targets are wanted.
  ///   - stepsAhead: Steps of the horizon that are rows of their own: all in training, none before paths are drawn.
  init(
    _ input: ForecastInput, ends: [Int]?, _ places: [WindowBatch.Place], _ shape: Shape,
    _ kind: WindowScale.Kind, stepsAhead: Int, ids: [Int]? = nil
  ) {
    self.init(
      input, ends: ends, places, shape, windows: places.map { Self.window(input, $0, shape, kind) },
      stepsAhead: stepsAhead, ids: ids)
  }

  /// A window as it is begun anew: with the first value of the context before its origin.
  static func window(
    _ input: ForecastInput, _ place: WindowBatch.Place, _ shape: Shape, _ kind: WindowScale.Kind
  ) -> StreamedWindow {
    let item = input.items[place.series]
    let context = item.values[place.begin(context: shape.context)..<place.origin]
    let begin = item.before + (context.firstIndex { !$0.isNaN } ?? place.origin)
    let scale = WindowScale(kind, context, typical: input.typical)
    return StreamedWindow(begin: begin, end: begin, scale: scale, states: [])
  }

  /// - Parameter windows: The windows, of which the steps from their ends on are rows.
  init(
    _ input: ForecastInput, ends: [Int]?, _ places: [WindowBatch.Place], _ shape: Shape,
    windows: [StreamedWindow], stepsAhead: Int, ids: [Int]? = nil
  ) {
    scales = windows.map(\.scale)
    let begins = zip(places, windows).map { $1.end - input.items[$0.series].before }
    let lengths = zip(places, begins).map { $0.origin - $1 + stepsAhead }
    let layout = SequenceLayout(lengths, ids: ids)
    var rows = [Float](repeating: 0, count: layout.rowCount * shape.width)
    var targets = [Float](repeating: .nan, count: layout.rowCount)
    var features: [Float] = []
    for (placed, window) in layout.order.enumerated() {
      let (place, scale) = (places[window], scales[window])
      let item = input.items[place.series]
      let end = min(item.values.count, ends?[place.series] ?? .max)
      for time in 0..<lengths[window] {
        let row = layout.row(place: placed, time: time)
        let step = begins[window] + time
        features.removeAll(keepingCapacity: true)
        for lag in shape.lags {
          let there = step - lag
          features.append(
            there >= (place.isCold ? place.origin : 0) && there < end && !item.values[there].isNaN
              ? Float(scale.scaled(item.values[there])) : 0)
        }
        Self.appendBeside(
          input, item, of: place, step: step,
          isThere: step > (place.isCold ? place.origin : 0) && step <= end && !item.values[step - 1].isNaN,
          to: &features)
        for (column, feature) in features.enumerated() { rows[row * shape.width + column] = feature }
        if step < end, scale.scale > 0 { targets[row] = Float(scale.scaled(item.values[step])) }
      }
    }
    self.layout = layout
    inputs = Tensor([layout.rowCount, shape.width], rows)
    self.targets = Tensor([layout.rowCount, 1], targets)
  }

  /// Appends what stands beside the lags of a step.
  static func appendBeside(
    _ input: ForecastInput, _ item: ForecastInput.Item, of place: WindowBatch.Place, step: Int, isThere: Bool,
    to features: inout [Float]
  ) {
    // In the horizon nothing more of the past is known, and of a cold window nothing at all.
    let known = place.isCold ? 0 : place.origin
    features.append(isThere ? 1 : 0)
    for column in item.known { features.append(step < column.count ? column[step] : 0) }
    for column in item.past {
      features.append(step > 0 && step <= min(known, column.count) ? column[step - 1] : 0)
    }
    input.appendFixed(item, step: step, to: &features)
  }
}

extension LagBatch {
  /// The lags that suit a season: the latest steps, and those around whole seasons before.
  static func lags(season: Int) -> [Int] {
    var lags = Set(1...7)
    guard season > 1 else { return lags.sorted() }
    for count in [1, 2, 3, 4, 5, 6, 7, 14] {
      let whole = count * season
      lags.formUnion([whole - 1, whole, whole + 1])
    }
    return lags.sorted()
  }

  /// What counts of a window are multiples of: one where nothing says how large they are.
  static func countScale(_ scale: WindowScale) -> Float { scale.scale > 0 ? Float(scale.scale) : 1 }

  /// The targets as the counts they are, and what those of each row are multiples of.
  var counts: (Tensor, scales: [Float]) {
    var (counts, rowScales) = (targets.values, [Float](repeating: 1, count: layout.rowCount))
    for (placed, window) in layout.order.enumerated() {
      let scale = Self.countScale(scales[window])
      for time in 0..<layout.lengths[window] {
        let row = layout.row(place: placed, time: time)
        counts[row] = (counts[row] * scale).rounded()
        rowScales[row] = scale
      }
    }
    return (Tensor([layout.rowCount, 1], counts), rowScales)
  }
}
