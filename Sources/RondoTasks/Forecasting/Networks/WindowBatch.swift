import RondoCore

/// How a series is cut into what the network reads and what it should give.
package struct WindowShape: Sendable, Equatable {
  /// Steps of a segment.
  package var segment: Int
  /// Segments that are read at most.
  package var contextSegments: Int
  /// Steps that are forecast.
  package var horizon: Int
  /// What is read beside the values.
  package var covariates = CovariateCounts()

  package init(segment: Int, contextSegments: Int, horizon: Int) {
    (self.segment, self.contextSegments, self.horizon) = (segment, contextSegments, horizon)
  }

  /// Steps that are read at most.
  package var context: Int { segment * contextSegments }
  /// Segments of the horizon.
  package var horizonSegments: Int { (horizon + segment - 1) / segment }
  /// Numbers of a segment that is read.
  package var segmentWidth: Int { segment * (2 + covariates.known + covariates.past) + covariates.fixed }
  /// Numbers that are known of a segment that is forecast.
  package var futureWidth: Int { segment * covariates.known + covariates.fixed }
}

/// What a network sees in the place of a value of a window: (value − centre) / scale.
public struct WindowScale: Sendable, Equatable {
  /// How centre and scale follow from the values that are read.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Centre zero, scale the mean size: what matters are proportions.
    case level
    /// Centre the latest value, scale the mean size: what matters are changes.
    case latest
    /// Centre the mean, scale the standard deviation: what matters is the shape.
    case standard
    /// Centre the latest value, scale the standard deviation: what matters are changes, however large values are.
    case change

    /// Those that suit series: where sizes say nothing, distances in standard deviations, and of returns not those to the latest one.
    static func suited(to typical: CovariateEncoding.Typical, areReturns: Bool) -> [Kind] {
      if areReturns { return [.standard] }
      guard typical.haveSizes else { return [.change, .standard] }
      return typical.isNeverNegative ? [.level, .latest, .standard] : [.latest, .change, .standard]
    }
  }

  package var centre = 0.0
  /// Zero where nothing says how large values are.
  package var scale = 0.0

  /// By the values of a context; the scale is zero if there are none but zeros.
  ///
  /// - Parameter typical: What counts where there is no value at all.
  package init(
    _ kind: Kind, _ context: some Sequence<Double>, typical: CovariateEncoding.Typical? = nil
  ) {
    var (count, sum, size, latest) = (0.0, 0.0, 0.0, 0.0)
    for value in context where !value.isNaN {
      count += 1
      sum += value
      size += abs(value)
      latest = value
    }
    if count == 0, let typical {
      switch kind {
      case .level: scale = typical.level
      case .latest: (centre, scale) = (typical.mean, typical.level)
      case .standard, .change: (centre, scale) = (typical.mean, typical.deviation)
      }
    }
    guard size > 0 else { return }
    (sum, size) = (sum / count, size / count)
    switch kind {
    case .level: scale = size
    case .latest: (centre, scale) = (latest, size)
    case .standard, .change:
      var squares = 0.0
      for value in context where !value.isNaN { squares += (value - sum) * (value - sum) }
      // Hardly anything changes in some windows, and of a few values it only seems so: then a part of what is typical counts.
      let typicalShare = typical.map { $0.level > 0 ? $0.deviation / $0.level : 0 } ?? 0
      let least = size * (typicalShare > 0 ? 0.05 * min(typicalShare, 1) : 1e-3)
      (centre, scale) = (kind == .change ? latest : sum, max((squares / count).squareRoot(), least))
    }
  }

  package func scaled(_ value: Double) -> Double { scale > 0 ? (value - centre) / scale : 0 }
  package func unscaled(_ value: Double) -> Double { value * scale + centre }
}

/// Windows of series as the network reads them: the values before an origin, and those from there on.
package struct WindowBatch {
  /// Where a window is: `series[index]` is read before `origin` and forecast from there on.
  package struct Place: Sendable, Equatable {
    package var series: Int
    package var origin: Int
    /// Whether nothing of what is before the origin is seen, as of a series that has just begun.
    package var isCold: Bool

    package init(series: Int, origin: Int, isCold: Bool = false) {
      (self.series, self.origin, self.isCold) = (series, origin, isCold)
    }

    /// The first step that is seen.
    func begin(context: Int) -> Int { isCold ? origin : max(0, origin - context) }
  }

  /// The segments of each window as a sequence: those that have a value, from the first of them on.
  package let layout: SequenceLayout
  /// [rows, segment width]: the values of a segment, zero where one is missing; 1 where there is one; the known and the past covariates of its
  /// steps, column by column; what belongs to the segment as a whole.
  package let segments: Tensor
  /// All values of each window, zero where one is missing [windows, context].
  package let values: Tensor
  /// What is known of the segments that come: row i · J + j is segment j of window i [windows · J, future width]; nil if that is nothing.
  package let futures: Tensor?
  /// What comes, NaN where nothing does: row i · J + j is segment j of window i [windows · J, segment].
  package let targets: Tensor
  /// The scale of each window.
  package let scales: [WindowScale]

  /// Cuts windows out of series.
  ///
  /// - Parameter ends: For each series where it ends: what is there or later is not seen. Nil if no targets are wanted.
  package init(
    _ input: ForecastInput, ends: [Int]?, _ places: [Place], _ shape: WindowShape, _ kind: WindowScale.Kind,
    ids: [Int]? = nil
  ) {
    let (segment, context) = (shape.segment, shape.context)
    var values = [Float](repeating: 0, count: places.count * context)
    var isThere = [Bool](repeating: false, count: places.count * context)
    let steps = shape.horizonSegments * segment
    var targets = [Float](repeating: .nan, count: places.count * steps)
    var scales: [WindowScale] = []
    var lengths: [Int] = []
    for (window, place) in places.enumerated() {
      let series = input.items[place.series].values
      let begin = place.begin(context: context)
      let scale = WindowScale(kind, series[begin..<place.origin], typical: input.typical)
      scales.append(scale)
      var first = context
      for time in begin..<place.origin where !series[time].isNaN {
        let column = time - place.origin + context
        first = min(first, column)
        values[window * context + column] = Float(scale.scaled(series[time]))
        isThere[window * context + column] = true
      }
      lengths.append(shape.contextSegments - first / segment)
      // Beside zeros there is no telling how large a value is.
      guard scale.scale > 0, let ends else { continue }
      let end = min(ends[place.series], place.origin + shape.horizon)
      for time in place.origin..<max(place.origin, end) where !series[time].isNaN {
        targets[window * steps + time - place.origin] = Float(scale.scaled(series[time]))
      }
    }
    let layout = SequenceLayout(lengths, ids: ids)
    var rows = [Float](repeating: 0, count: layout.rowCount * shape.segmentWidth)
    var features: [Float] = []
    for (placed, window) in layout.order.enumerated() {
      let (item, origin) = (input.items[places[window].series], places[window].origin)
      for time in 0..<lengths[window] {
        let row = layout.row(place: placed, time: time) * shape.segmentWidth
        let column = (shape.contextSegments - lengths[window] + time) * segment
        for step in 0..<segment {
          rows[row + step] = values[window * context + column + step]
          rows[row + segment + step] = isThere[window * context + column + step] ? 1 : 0
        }
        guard shape.segmentWidth > 2 * segment else { continue }
        let first = origin - context + column
        features.removeAll(keepingCapacity: true)
        Self.appendSteps(item.known, first..<first + segment, to: &features)
        Self.appendSteps(item.past, first..<first + segment, to: &features)
        input.appendFixed(item, step: first, to: &features)
        for (index, feature) in features.enumerated() { rows[row + 2 * segment + index] = feature }
      }
    }
    if shape.futureWidth > 0 {
      features.removeAll(keepingCapacity: true)
      for place in places {
        let item = input.items[place.series]
        for part in 0..<shape.horizonSegments {
          let first = place.origin + part * segment
          // What lies beyond the horizon may not be known when the model is used.
          let end = min(first + segment, place.origin + shape.horizon)
          Self.appendSteps(item.known, first..<first + segment, upTo: end, to: &features)
          input.appendFixed(item, step: first, to: &features)
        }
      }
      futures = Tensor([places.count * shape.horizonSegments, shape.futureWidth], features)
    } else {
      futures = nil
    }
    self.layout = layout
    self.scales = scales
    segments = Tensor([layout.rowCount, shape.segmentWidth], rows)
    self.values = Tensor([places.count, context], values)
    self.targets = Tensor([places.count * shape.horizonSegments, segment], targets)
  }

  /// How much each window counts: as its scale is to those of the windows of the same series that are beside it.
  ///
  /// Errors are seen in the windows' scales, and matter in the series' unit: a window in which much changes has larger ones.
  package func weights(_ places: [Place]) -> [Float] {
    var sums: [Int: (scale: Double, count: Double)] = [:]
    for (place, scale) in zip(places, scales) {
      sums[place.series, default: (0, 0)].scale += scale.scale
      sums[place.series]!.count += 1
    }
    return zip(places, scales).map { place, scale in
      let (sum, count) = sums[place.series]!
      return sum > 0 ? Float(scale.scale * count / sum) : 1
    }
  }

  /// Appends what columns have at some steps, zero where they have nothing.
  private static func appendSteps(
    _ columns: [[Float]], _ steps: Range<Int>, upTo end: Int = .max, to features: inout [Float]
  ) {
    for column in columns {
      for step in steps { features.append(step >= 0 && step < min(end, column.count) ? column[step] : 0) }
    }
  }
}
