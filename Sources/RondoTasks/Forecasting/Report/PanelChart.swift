import RondoData

/// The picture of a series with its forecasts.
struct PanelChart {
  private let panel: ForecastPanel
  private let steps: ClosedRange<Int>
  private let clock: StepClock?
  private let past: [ForecastPanel.Window]
  private let coming: [ForecastPanel.Window]
  private let ticks: [TimeAxis.Tick]
  private let frame: PlotFrame
  private let columnWidth: Double
  /// Whether the interval of 95 % goes on beyond the picture.
  let isCut: Bool

  private static let size = (width: 912.0, height: 280.0)

  /// - Parameter columnWidth: The width within which points are not told apart.
  /// - Returns: Nil if no step is to be shown.
  init?(_ panel: ForecastPanel, columnWidth: Double = 1) {
    guard let steps = panel.shownSteps else { return nil }
    self.panel = panel
    self.steps = steps
    self.columnWidth = columnWidth
    clock = panel.clock
    past = panel.shownBacktests
    coming = panel.forecast.map { [$0] } ?? []
    let range = Self.values(panel, steps, past + coming)
    isCut = range.isCut
    ticks = TimeAxis.ticks(steps, clock: clock, count: 9)
    let hasContext = ticks.contains { $0.context != nil }
    frame = PlotFrame(
      width: Self.size.width, height: Self.size.height,
      steps: Double(steps.lowerBound)...Double(steps.upperBound), values: range.axis, top: 20,
      bottom: hasContext ? 42 : 26)
  }

  /// The values that the picture shows. The interval of 95 % may be as wide again as all others, but no wider: it would leave no room for them.
  private static func values(
    _ panel: ForecastPanel, _ steps: ClosedRange<Int>, _ windows: [ForecastPanel.Window]
  ) -> (axis: ValueAxis, isCut: Bool) {
    var (low, high) = (Double.infinity, -Double.infinity)
    var (least, most) = (Double.infinity, -Double.infinity)
    for step in steps where panel.value(step) != nil {
      low = min(low, panel.values[step])
      high = max(high, panel.values[step])
    }
    for window in windows {
      for index in 0..<window.forecast.stepCount {
        guard let fan = Fan(window.forecast, index) else { continue }
        (low, high) = (min(low, fan.low80), max(high, fan.high80))
        (least, most) = (min(least, fan.low95), max(most, fan.high95))
      }
    }
    let room = 0.5 * (high - low)
    let (lower, upper) = (min(low, max(least, low - room)), max(high, min(most, high + room)))
    return (ValueAxis(lower: lower, upper: upper), least < lower || most > upper)
  }

  /// Writes the picture, with what is to be read of single steps if there are not more of them than this.
  func draw(_ markup: inout Markup, id: String, tips: Int) {
    markup.picture(
      id: id, width: frame.width, height: frame.height, title: panel.name, description: description
    ) { markup in
      frame.drawValues(&markup)
      if let unit = panel.unit {
        frame.text(TextWidth.fitted(unit, to: 320), frame.left, frame.top - 8, &markup)
      }
      drawOrigins(&markup)
      drawBands(past, &markup)
      drawBands(coming, &markup)
      drawMedians(past, style: "median past", &markup)
      drawMedians(coming, style: "median", &markup)
      drawHistory(&markup)
      drawAnomalies(&markup)
      frame.drawTicks(ticks, &markup)
      if steps.count <= tips { drawTips(&markup) }
    }
  }

  // MARK: Parts

  private func x(_ step: Int) -> Double { frame.x(Double(step)) }

  /// What one step of a forecast says; nil if it is not finite.
  struct Fan {
    let low95, low80, median, high80, high95: Double

    init?(_ forecast: QuantileForecast, _ step: Int) {
      guard !forecast[step].isEmpty, forecast[step].allSatisfy(\.isFinite) else { return nil }
      func quantile(_ probability: Double) -> Double { forecast.quantile(probability, step: step) }
      (low95, low80, median) = (quantile(0.025), quantile(0.1), quantile(0.5))
      (high80, high95) = (quantile(0.9), quantile(0.975))
    }
  }

  /// The steps of windows that are shown, in runs. Gaps that are not seen join them, and windows that are too narrow to be told apart.
  private func runs(_ windows: [ForecastPanel.Window]) -> [[(step: Int, fan: Fan)]] {
    var runs: [[(step: Int, fan: Fan)]] = []
    let width = (frame.right - frame.left) / Double(max(1, steps.count - 1))
    for window in windows {
      let isNarrow = width * Double(window.forecast.stepCount) < Self.narrow
      var isFirst = true
      for index in 0..<window.forecast.stepCount where steps.contains(window.origin + index) {
        guard let fan = Fan(window.forecast, index) else { continue }
        let step = window.origin + index
        let gap = runs.last.map { step - $0[$0.count - 1].step } ?? Int.max
        let isSeen = width * Double(gap) >= (isNarrow ? Self.narrow : columnWidth)
        if isFirst && !isNarrow || gap > 1 && isSeen || runs.isEmpty { runs.append([]) }
        runs[runs.count - 1].append((step, fan))
        isFirst = false
      }
    }
    return runs
  }

  /// Below this width a forecast is not seen by itself.
  private static let narrow = 4.0

  private func drawBands(_ windows: [ForecastPanel.Window], _ markup: inout Markup) {
    let half = min(6, (frame.right - frame.left) / Double(max(2, steps.count)) / 2)
    var (wide, narrow) = (PlotPath(columnWidth: columnWidth), PlotPath(columnWidth: columnWidth))
    for run in runs(windows) {
      func places(_ bounds: (Fan) -> (Double, Double)) -> [(x: Double, low: Double, high: Double)] {
        let places = run.map { step, fan in
          (x: x(step), low: frame.y(bounds(fan).0), high: frame.y(bounds(fan).1))
        }
        guard places.count == 1 else { return places }
        // A step by itself has a bar.
        return [-half, half].map { (places[0].x + $0, places[0].low, places[0].high) }
      }
      wide.addBand(places { ($0.low95, $0.high95) })
      narrow.addBand(places { ($0.low80, $0.high80) })
    }
    for (name, path) in [("band wide", wide), ("band", narrow)] where !path.data.isEmpty {
      markup.element("path", ["class": name, "d": path.data])
    }
  }

  private func drawMedians(_ windows: [ForecastPanel.Window], style: String, _ markup: inout Markup) {
    var path = PlotPath(columnWidth: columnWidth)
    for run in runs(windows) {
      var points = run.map { PlotPath.Point(x: x($0.step), y: frame.y($0.fan.median)) }
      let before = run[0].step - 1
      if run[0].step == panel.forecast?.origin, let value = panel.value(before), steps.contains(before) {
        // What may come goes on from what was.
        points.insert(.init(x: x(before), y: frame.y(value)), at: 0)
      }
      path.addLine(points.map(Optional.some))
    }
    if !path.data.isEmpty { markup.element("path", ["class": style, "d": path.data]) }
  }

  private func drawHistory(_ markup: inout Markup) {
    let shown =
      max(steps.lowerBound, 0)..<max(steps.lowerBound, min(panel.values.count, steps.upperBound + 1))
    let points = shown.map { step in
      panel.value(step).map { PlotPath.Point(x: x(step), y: frame.y($0)) }
    }
    var path = PlotPath(columnWidth: columnWidth)
    path.addLine(points)
    if path.data.isEmpty { return }
    let isDense = Double(shown.count) > 1.5 * (frame.right - frame.left)
    markup.element("path", ["class": isDense ? "history dense" : "history", "d": path.data])
    // Few values, and values between gaps, are worth a dot.
    var dots = PlotPath()
    for (index, point) in points.enumerated() where point != nil {
      let isAlone =
        (index == 0 || points[index - 1] == nil)
        && (index == points.count - 1 || points[index + 1] == nil)
      if steps.count <= 60 || (isAlone && steps.count <= 600) { dots.addLine([point]) }
    }
    if !dots.data.isEmpty { markup.element("path", ["class": "history dots", "d": dots.data]) }
  }

  private func drawOrigins(_ markup: inout Markup) {
    let edges = "\(PlotPath.number(frame.top))V\(PlotPath.number(frame.bottom))"
    let between = 0.5 * (frame.right - frame.left) / Double(max(1, steps.count - 1))
    let passed = past.map(\.origin).filter { $0 > steps.lowerBound }
    if passed.count <= 40 {
      for origin in passed {
        markup.element("path", ["class": "origin", "d": "M\(PlotPath.number(x(origin) - between)),\(edges)"])
      }
    }
    guard let origin = panel.forecast?.origin, origin > steps.lowerBound, steps.contains(origin) else {
      return
    }
    let x = x(origin) - between
    markup.element("path", ["class": "origin now", "d": "M\(PlotPath.number(x)),\(edges)"])
    let room = frame.right - x > 70
    frame.text(
      "forecast", x + (room ? 5 : -5), frame.top - 8, anchor: room ? "start" : "end", style: "label model",
      &markup)
  }

  private func drawAnomalies(_ markup: inout Markup) {
    for step in Set(panel.anomalies).sorted() where steps.contains(step) {
      guard let value = panel.value(step) else { continue }
      markup.element(
        "circle",
        ["class": "anomaly", "cx": PlotPath.number(x(step)), "cy": PlotPath.number(frame.y(value)), "r": "5"]
      ) { $0.element("title", text: "\(name(step)): \(NumberText.significant(value)) stands out") }
    }
  }

  // MARK: Words

  private func name(_ step: Int) -> String {
    clock.map { $0.text($0.time(step)) } ?? "step \(NumberText.grouped(Double(step + 1), decimals: 0))"
  }

  private func drawTips(_ markup: inout Markup) {
    var fans: [Int: Fan] = [:]
    for (step, fan) in runs(past + coming).joined() { fans[step] = fan }
    let width = (frame.right - frame.left) / Double(max(1, steps.count - 1))
    markup.element("g", ["class": "tips"]) { markup in
      for step in steps {
        var lines: [String] = []
        if let value = panel.value(step) { lines.append(NumberText.significant(value)) }
        if let fan = fans[step] {
          lines.append(
            "forecast \(NumberText.significant(fan.median)), "
              + "80 %: \(NumberText.significant(fan.low80)) to \(NumberText.significant(fan.high80))")
        }
        if lines.isEmpty { continue }
        let left = max(frame.left, x(step) - width / 2)
        markup.element(
          "rect",
          [
            "x": PlotPath.number(left), "y": PlotPath.number(frame.top),
            "width": PlotPath.number(max(0.1, min(frame.right, x(step) + width / 2) - left)),
            "height": PlotPath.number(frame.bottom - frame.top),
          ]
        ) { $0.element("title", text: "\(name(step)): \(lines.joined(separator: "; "))") }
      }
    }
  }

  /// What the picture shows, in words.
  var description: String {
    let known = steps.lazy.compactMap { panel.value($0) }
    var sentences = ["From \(name(steps.lowerBound)) to \(name(steps.upperBound))."]
    if let low = known.min(), let high = known.max() {
      sentences.append(
        "Values from \(NumberText.significant(low)) to \(NumberText.significant(high)).")
    }
    let missing = steps.count { $0 < panel.values.count && panel.value($0) == nil }
    if missing > 0 { sentences.append("\(missing) missing.") }
    if let window = panel.forecast, let last = (0..<window.forecast.stepCount).last,
      let fan = Fan(window.forecast, last)
    {
      sentences.append(
        "The forecast of \(last + 1) steps ends at \(NumberText.significant(fan.median)), with 80 % between "
          + "\(NumberText.significant(fan.low80)) and \(NumberText.significant(fan.high80)).")
    }
    if !past.isEmpty { sentences.append("\(past.count) forecasts of times that have passed.") }
    return sentences.joined(separator: " ")
  }
}
