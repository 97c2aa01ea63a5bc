import RondoCore

/// How a series is cut into what the network reads and what it should give.
package struct WindowShape: Sendable, Equatable {
  /// Steps of a segment.
  package var segment: Int
  /// Segments that are read at most.
  package var contextSegments: Int
  /// Steps that are forecast.
  package var horizon: Int

  package init(segment: Int, contextSegments: Int, horizon: Int) {
    (self.segment, self.contextSegments, self.horizon) = (segment, contextSegments, horizon)
  }

  /// Steps that are read at most.
  package var context: Int { segment * contextSegments }
  /// Segments of the horizon.
  package var horizonSegments: Int { (horizon + segment - 1) / segment }
}

/// What a network sees in the place of a value of a window: (value − centre) / scale.
package struct WindowScale: Sendable, Equatable {
  /// How centre and scale follow from the values that are read.
  package enum Kind: Sendable, CaseIterable {
    /// Centre zero, scale the mean size: what matters are proportions.
    case level
    /// Centre the latest value, scale the mean size: what matters are changes.
    case latest
    /// Centre the mean, scale the standard deviation: what matters is the shape.
    case standard
  }

  package var centre = 0.0
  /// Zero where nothing says how large values are.
  package var scale = 0.0

  /// By the values of a context; the scale is zero if there are none but zeros.
  package init(_ kind: Kind, _ context: some Sequence<Double>) {
    var (count, sum, size, latest) = (0.0, 0.0, 0.0, 0.0)
    for value in context where !value.isNaN {
      count += 1
      sum += value
      size += abs(value)
      latest = value
    }
    guard size > 0 else { return }
    (sum, size) = (sum / count, size / count)
    switch kind {
    case .level: scale = size
    case .latest: (centre, scale) = (latest, size)
    case .standard:
      var squares = 0.0
      for value in context where !value.isNaN { squares += (value - sum) * (value - sum) }
      // Beside its level, hardly anything changes in some windows.
      (centre, scale) = (sum, max((squares / count).squareRoot(), 1e-3 * size))
    }
  }

  package func scaled(_ value: Double) -> Double { scale > 0 ? (value - centre) / scale : 0 }
  package func unscaled(_ value: Double) -> Double { value * scale + centre }
}

/// Windows of series as the network reads them: the values before an origin, and those from there on.
package struct WindowBatch {
  /// Where a window is: `series[index]` is read before `origin` and forecast from there on.
  package struct Place: Sendable {
    package var series: Int
    package var origin: Int

    package init(series: Int, origin: Int) {
      (self.series, self.origin) = (series, origin)
    }

    /// The last windows of each series, the oldest first; a short series has fewer.
    static func last(_ count: Int, of series: [[Double]], horizon: Int, stride: Int) -> [Place] {
      series.indices.flatMap { index in
        (0..<count).reversed().compactMap { window in
          let origin = series[index].count - horizon - window * stride
          return origin > 0 ? Place(series: index, origin: origin) : nil
        }
      }
    }
  }

  /// The segments of each window as a sequence: those that have a value, from the first of them on.
  package let layout: SequenceLayout
  /// [rows, 2 · segment]: the values of a segment, zero where one is missing, then 1 where there is one.
  package let segments: Tensor
  /// All values of each window, zero where one is missing [windows, context].
  package let values: Tensor
  /// What comes, NaN where nothing does: row i · J + j is segment j of window i [windows · J, segment].
  package let targets: Tensor
  /// The scale of each window.
  package let scales: [WindowScale]

  /// Cuts windows out of series.
  ///
  /// - Parameter ends: For each series where it ends: what is there or later is not seen.
  package init(
    _ series: [[Double]], ends: [Int], _ places: [Place], _ shape: WindowShape, _ kind: WindowScale.Kind,
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
      let series = series[place.series]
      let begin = max(0, place.origin - context)
      let scale = WindowScale(kind, series[begin..<place.origin])
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
      guard scale.scale > 0 else { continue }
      let end = min(ends[place.series], place.origin + shape.horizon)
      for time in place.origin..<max(place.origin, end) where !series[time].isNaN {
        targets[window * steps + time - place.origin] = Float(scale.scaled(series[time]))
      }
    }
    let layout = SequenceLayout(lengths, ids: ids)
    var rows = [Float](repeating: 0, count: layout.rowCount * 2 * segment)
    for (placed, window) in layout.order.enumerated() {
      for time in 0..<lengths[window] {
        let row = layout.row(place: placed, time: time) * 2 * segment
        let column = window * context + (shape.contextSegments - lengths[window] + time) * segment
        for step in 0..<segment {
          rows[row + step] = values[column + step]
          rows[row + segment + step] = isThere[column + step] ? 1 : 0
        }
      }
    }
    self.layout = layout
    self.scales = scales
    segments = Tensor([layout.rowCount, 2 * segment], rows)
    self.values = Tensor([places.count, context], values)
    self.targets = Tensor([places.count * shape.horizonSegments, segment], targets)
  }
}
