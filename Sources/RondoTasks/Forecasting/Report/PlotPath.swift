/// The data of SVG paths.
///
/// Lines that have more points than the picture has columns keep the first, the least, the greatest and the last of each column.
package struct PlotPath {
  /// A place in a picture, in its units from the upper left corner.
  package struct Point: Equatable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
      (self.x, self.y) = (x, y)
    }
  }

  /// The data so far, as the attribute `d` has it.
  package private(set) var data = ""
  private let columnWidth: Double

  /// - Parameter columnWidth: The width within which points are not told apart.
  package init(columnWidth: Double = 1) {
    self.columnWidth = columnWidth
  }

  /// A coordinate with one decimal.
  static func number(_ value: Double) -> String {
    let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
  }

  /// A line through points; nil is a gap. Points between gaps are dots, if the line has round ends.
  package mutating func addLine(_ points: some Collection<Point?>) {
    let isThinned = Double(points.count) > 2 * width(points) / columnWidth
    var run: [Point] = []
    // Runs that lie in one column, taken together.
    var dot: (column: Double, low: Point, high: Point)?
    func flush(_ path: inout PlotPath) {
      guard let seen = dot else { return }
      path.addStroke(seen.low == seen.high ? [seen.low] : [seen.low, seen.high])
      dot = nil
    }
    func end(_ path: inout PlotPath) {
      guard let first = run.first, let last = run.last else { return }
      defer { run = [] }
      let column = path.column(first)
      guard isThinned, column == path.column(last) else {
        flush(&path)
        path.addStroke(isThinned ? path.thinned(run) : run)
        return
      }
      if dot?.column != column { flush(&path) }
      for point in run {
        guard let seen = dot else {
          dot = (column, point, point)
          continue
        }
        if point.y > seen.low.y { dot?.low = point }
        if point.y < seen.high.y { dot?.high = point }
      }
    }
    for point in points {
      if let point { run.append(point) } else { end(&self) }
    }
    end(&self)
    flush(&self)
  }

  /// The area between two lines at the same places.
  package mutating func addBand(_ places: [(x: Double, low: Double, high: Double)]) {
    var merged: [(x: Double, low: Double, high: Double)] = []
    let isThinned =
      Double(places.count) > 2 * ((places.last?.x ?? 0) - (places.first?.x ?? 0)) / columnWidth
    for place in places {
      if isThinned, let last = merged.last,
        (last.x / columnWidth).rounded(.down) == (place.x / columnWidth).rounded(.down)
      {
        merged[merged.count - 1] = (last.x, max(last.low, place.low), min(last.high, place.high))
      } else {
        merged.append(place)
      }
    }
    guard merged.count > 1 else { return }
    add(merged.map { Point(x: $0.x, y: $0.high) } + merged.reversed().map { Point(x: $0.x, y: $0.low) })
    data += "Z"
  }

  private func width(_ points: some Collection<Point?>) -> Double {
    let known = points.lazy.compactMap { $0 }
    guard let first = known.first else { return 0 }
    var last = first
    for point in known { last = point }
    return last.x - first.x
  }

  private func column(_ point: Point) -> Double { (point.x / columnWidth).rounded(.down) }

  private func thinned(_ run: [Point]) -> [Point] {
    var kept: [Point] = []
    var begin = 0
    while begin < run.count {
      let column = column(run[begin])
      var (end, low, high) = (begin, begin, begin)
      while end < run.count, self.column(run[end]) == column {
        if run[end].y > run[low].y { low = end }
        if run[end].y < run[high].y { high = end }
        end += 1
      }
      for index in Set([begin, low, high, end - 1]).sorted() { kept.append(run[index]) }
      begin = end
    }
    return kept
  }

  private mutating func addStroke(_ points: [Point]) {
    add(points)
    // A line of no length with round ends is a dot.
    if points.count == 1 { data += "h0" }
  }

  private mutating func add(_ points: [Point]) {
    for (index, point) in points.enumerated() {
      data += index == 0 ? "M" : " "
      data += "\(Self.number(point.x)),\(Self.number(point.y))"
    }
  }
}
