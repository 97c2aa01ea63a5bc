/// Lines over numbers from left to right, each named at its end.
package struct LineChart {
  private let curves: [ForecastReport.Curve]
  private let frame: PlotFrame
  private let hasNames: Bool
  private let xName: String
  private let yName: String

  private static let size = (width: 440.0, height: 300.0)
  /// Names beside lines are not wider.
  private static let nameWidth = 130.0
  private static let nameHeight = 15.0
  /// How many looks there are for lines after the first.
  static let looks = 7

  /// - Parameter areAlike: Whether no curve is of more interest than another: then they look alike, and have no names beside them.
  /// - Returns: Nil if no curve has a place.
  init?(_ curves: [ForecastReport.Curve], xName: String, yName: String, areAlike: Bool = false) {
    let curves = curves.compactMap { curve -> ForecastReport.Curve? in
      guard curve.points.contains(where: { $0.x.isFinite && $0.y.isFinite }) else { return nil }
      return curve
    }
    let known = curves.lazy.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    guard let first = known.map(\.x).min(), let last = known.map(\.x).max() else { return nil }
    self.curves = curves
    (self.xName, self.yName) = (xName, yName)
    // So many names as find room beside the lines.
    hasNames = !areAlike && Double(curves.count) * Self.nameHeight <= Self.size.height - 70
    let room = hasNames ? curves.map { min(Self.nameWidth, TextWidth.of($0.name)) }.max() ?? 0 : 0
    frame = PlotFrame(
      width: Self.size.width, height: Self.size.height, steps: first...last,
      values: ValueAxis(known.map(\.y)), right: room + 18, top: 26, bottom: 46)
  }

  /// Writes the picture.
  func draw(_ markup: inout Markup, id: String, title: String) {
    markup.picture(
      id: id, width: frame.width, height: frame.height, title: title, description: description
    ) { markup in
      frame.drawValues(&markup)
      frame.text(yName, 0, 12, &markup)
      let count = max(2, Int((frame.right - frame.left) / 55))
      let axis = ValueAxis(
        lower: frame.steps.lowerBound, upper: frame.steps.upperBound, count: count, padding: 0)
      let marks = zip(axis.ticks, axis.labels).filter {
        frame.steps.contains($0.0) && $0.0 == $0.0.rounded()
      }
      let ticks = marks.map { TimeAxis.Tick(place: $0, label: $1, context: nil) }
      frame.drawTicks(ticks, &markup)
      frame.text(xName, (frame.left + frame.right) / 2, frame.bottom + 37, anchor: "middle", &markup)
      // The first lies above the others.
      for (index, curve) in curves.enumerated().reversed() { draw(curve, index, &markup) }
      if hasNames { drawNames(&markup) }
    }
  }

  /// How the line with this number looks; lines without names look alike.
  private func look(_ index: Int) -> String {
    index == 0 || !hasNames ? "model" : "look\((index - 1) % Self.looks + 1)"
  }

  private func draw(_ curve: ForecastReport.Curve, _ index: Int, _ markup: inout Markup) {
    let points = curve.points.map { point -> PlotPath.Point? in
      guard point.x.isFinite, point.y.isFinite else { return nil }
      return PlotPath.Point(x: frame.x(point.x), y: frame.y(point.y))
    }
    var path = PlotPath()
    path.addLine(points)
    let style = "curve \(look(index))" + (hasNames ? "" : " many")
    markup.element("path", ["class": style, "d": path.data]) { $0.element("title", text: curve.name) }
    guard points.count == 1 else { return }
    markup.element("path", ["class": "dots \(style)", "d": path.data])
  }

  /// The names at the lines' ends, moved apart where they would overlap.
  private func drawNames(_ markup: inout Markup) {
    let ends = curves.indices.map { index -> (index: Int, y: Double) in
      let last = curves[index].points.last { $0.x.isFinite && $0.y.isFinite }!
      return (index, frame.y(last.y))
    }.sorted { ($0.y, $0.index) < ($1.y, $1.index) }
    let places = Self.spread(
      ends.map(\.y), apart: Self.nameHeight, within: (frame.top - 6)...(frame.bottom + 2))
    for (end, y) in zip(ends, places) {
      let last = curves[end.index].points.last { $0.x.isFinite && $0.y.isFinite }!
      let x = frame.x(last.x)
      let line =
        "M\(PlotPath.number(x + 2)),\(PlotPath.number(end.y))L\(PlotPath.number(frame.right + 10)),\(PlotPath.number(y))"
      if abs(y - end.y) > 3 { markup.element("path", ["class": "leader", "d": line]) }
      frame.text(
        TextWidth.fitted(curves[end.index].name, to: Self.nameWidth), frame.right + 13, y + 4,
        style: "label \(look(end.index))", &markup)
    }
  }

  /// Places as near to those wanted as can be without being nearer to each other than this; they are ascending, and there is room for them.
  package static func spread(_ wanted: [Double], apart: Double, within bounds: ClosedRange<Double>)
    -> [Double]
  {
    // Neighbours that touch move as one block, whose middle is the middle of what they want.
    var blocks: [(sum: Double, count: Int)] = []
    func begin(_ block: (sum: Double, count: Int)) -> Double {
      let length = apart * Double(block.count - 1)
      let first = block.sum / Double(block.count) - length / 2
      return max(bounds.lowerBound, min(first, bounds.upperBound - length))
    }
    for place in wanted {
      blocks.append((place, 1))
      while blocks.count > 1 {
        let (before, last) = (blocks[blocks.count - 2], blocks[blocks.count - 1])
        guard begin(before) + apart * Double(before.count) > begin(last) else { break }
        blocks.removeLast(2)
        blocks.append((before.sum + last.sum, before.count + last.count))
      }
    }
    return blocks.flatMap { block in (0..<block.count).map { begin(block) + apart * Double($0) } }
  }

  /// What the picture shows, in words.
  private var description: String {
    let parts = curves.prefix(12).map { curve in
      let values = curve.points.map(\.y).filter(\.isFinite)
      return "\(curve.name) from \(NumberText.significant(values[0], digits: 3)) "
        + "to \(NumberText.significant(values[values.count - 1], digits: 3))"
    }
    return "\(yName) by \(xName): \(parts.joined(separator: "; "))."
  }
}
