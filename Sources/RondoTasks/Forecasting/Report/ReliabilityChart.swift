/// The shares that came over the probabilities that were forecast: on the diagonal where what was promised is what happened.
struct ReliabilityChart {
  private let stages: [ForecastReport.Curve]
  private let frame: PlotFrame

  private static let size = (width: 440.0, height: 300.0)

  /// - Returns: Nil if no stage has a place.
  init?(_ stages: [ForecastReport.Curve]) {
    self.stages = stages.compactMap { stage in
      let points = stage.points.filter { $0.x.isFinite && $0.y.isFinite }
      return points.isEmpty ? nil : ForecastReport.Curve(name: stage.name, points: points)
    }
    if self.stages.isEmpty { return nil }
    frame = PlotFrame(
      width: Self.size.width, height: Self.size.height, steps: 0...1,
      values: ValueAxis(lower: 0, upper: 1, padding: 0), isShare: true, right: 16, top: 26, bottom: 46)
  }

  /// Writes the picture.
  func draw(_ markup: inout Markup, id: String, title: String) {
    markup.picture(
      id: id, width: frame.width, height: frame.height, title: title, description: description
    ) { markup in
      frame.drawValues(&markup)
      frame.text("share of values that came", 0, 12, &markup)
      let ticks = stride(from: 0.0, through: 1, by: 0.2).map {
        TimeAxis.Tick(place: $0, label: NumberText.percent($0, decimals: 0), context: nil)
      }
      frame.drawTicks(ticks, &markup)
      frame.text(
        "probability that was forecast", (frame.left + frame.right) / 2, frame.bottom + 37, anchor: "middle",
        &markup)
      let corners = [(0.0, 0.0), (1.0, 1.0)].map {
        "\(PlotPath.number(frame.x($0))),\(PlotPath.number(frame.y($1)))"
      }
      markup.element("path", ["class": "diagonal", "d": "M\(corners[0])L\(corners[1])"])
      for (index, stage) in stages.enumerated().reversed() { draw(stage, index, &markup) }
      if stages.count > 1 { drawNames(&markup) }
    }
  }

  private func look(_ index: Int) -> String { index == 0 ? "model" : "look\(index)" }

  private func draw(_ stage: ForecastReport.Curve, _ index: Int, _ markup: inout Markup) {
    let points = stage.points.map { PlotPath.Point(x: frame.x($0.x), y: frame.y($0.y)) }
    var path = PlotPath()
    path.addLine(points.map(Optional.some))
    markup.element("path", ["class": "curve \(look(index))", "d": path.data])
    for (point, place) in zip(stage.points, points) {
      markup.element(
        "circle",
        [
          "class": "place \(look(index))", "cx": PlotPath.number(place.x), "cy": PlotPath.number(place.y),
          "r": index == 0 ? "3.5" : "2.5",
        ]
      ) { $0.element("title", text: "\(stage.name): \(Self.words(point))") }
    }
  }

  /// A legend in the upper left corner, which lines on the diagonal leave free.
  private func drawNames(_ markup: inout Markup) {
    for (index, stage) in stages.enumerated() {
      let y = frame.top + 12 + 18 * Double(index)
      let x = frame.left + 12
      markup.element(
        "path", ["class": "curve \(look(index))", "d": "M\(PlotPath.number(x)),\(PlotPath.number(y))h22"])
      frame.text(
        TextWidth.fitted(stage.name, to: 170), x + 30, y + 4, style: "label \(look(index))", &markup)
    }
  }

  private static func words(_ point: ForecastReport.Curve.Point) -> String {
    "\(NumberText.percent(point.x, decimals: 1)) forecast, \(NumberText.percent(point.y, decimals: 1)) came"
  }

  private var description: String {
    stages.map { "\($0.name): \($0.points.map(Self.words).joined(separator: "; "))." }.joined(separator: " ")
  }
}
