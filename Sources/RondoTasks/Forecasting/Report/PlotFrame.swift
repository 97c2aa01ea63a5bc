/// The rectangle that a chart's data lie in, and its axes.
struct PlotFrame {
  /// The size of the picture.
  let width: Double
  let height: Double
  /// The data's rectangle.
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  /// What the rectangle shows from left to right.
  let steps: ClosedRange<Double>
  /// What it shows from bottom to top.
  let values: ValueAxis
  /// The texts of the value axis.
  private let labels: [String]

  /// The letters' size; the pictures are drawn at about their own size.
  static let letters = 12.0

  /// - Parameters:
  ///   - isShare: Whether the values are shares, shown in percent.
  ///   - right: The room right of the data.
  ///   - top: The room above the data.
  ///   - bottom: The room below the data.
  init(
    width: Double, height: Double, steps: ClosedRange<Double>, values: ValueAxis, isShare: Bool = false,
    right: Double = 14, top: Double = 12, bottom: Double = 28
  ) {
    (self.width, self.height, self.steps, self.values) = (width, height, steps, values)
    labels = isShare ? values.ticks.map { NumberText.percent($0, decimals: 0) } : values.labels
    let room = labels.map { TextWidth.of($0, size: Self.letters) }.max() ?? 0
    left = min(max(28, room + 10).rounded(.up), width / 3)
    (self.right, self.top, self.bottom) = (width - right, top, height - bottom)
  }

  /// Where a step is from left to right: a single one in the middle.
  func x(_ step: Double) -> Double {
    let range = steps.upperBound - steps.lowerBound
    let share = range > 0 ? (step - steps.lowerBound) / range : 0.5
    return left + share * (right - left)
  }

  /// Where a value is from top to bottom.
  func y(_ value: Double) -> Double { bottom - values.position(value) * (bottom - top) }

  /// The lines and numbers of the value axis.
  func drawValues(_ markup: inout Markup) {
    markup.element("g", ["class": "axis"]) { markup in
      for (tick, label) in zip(values.ticks, labels) {
        let y = PlotPath.number(y(tick))
        markup.element(
          "path", ["class": "grid", "d": "M\(PlotPath.number(left)),\(y)H\(PlotPath.number(right))"])
        text(label, left - 8, self.y(tick) + 4, anchor: "end", &markup)
      }
    }
  }

  /// The line and the marks of the axis below; labels that would overlap are left out, the first context before later ones.
  func drawTicks(_ ticks: [TimeAxis.Tick], _ markup: inout Markup) {
    markup.element("g", ["class": "axis"]) { markup in
      let base = PlotPath.number(bottom)
      markup.element(
        "path", ["class": "base", "d": "M\(PlotPath.number(left)),\(base)H\(PlotPath.number(right))"])
      var free = 0.0
      var contexts: [(x: Double, text: String)] = []
      for tick in ticks {
        let x = x(tick.place)
        markup.element("path", ["class": "base", "d": "M\(PlotPath.number(x)),\(base)v4"])
        let center = draw(tick.label, at: x, below: 17, from: &free, &markup)
        if let context = tick.context { contexts.append((center ?? x, context)) }
      }
      if contexts.count > 1, let gap = Optional(contexts[1].x - contexts[0].x),
        gap < (TextWidth.of(contexts[0].text) + TextWidth.of(contexts[1].text)) / 2 + 8
      {
        contexts.removeFirst()
      }
      free = 0
      for context in contexts { _ = draw(context.text, at: context.x, below: 32, from: &free, &markup) }
    }
  }

  /// A text in the middle below a place, moved inwards at the picture's edges, if there is room.
  private func draw(
    _ content: String, at x: Double, below: Double, from free: inout Double, _ markup: inout Markup
  ) -> Double? {
    let half = TextWidth.of(content, size: Self.letters) / 2
    let center = min(max(x, half), width - half)
    guard center - half >= free else { return nil }
    free = center + half + 8
    text(content, center, bottom + below, anchor: "middle", &markup)
    return center
  }

  /// A text at a place.
  func text(
    _ content: String, _ x: Double, _ y: Double, anchor: String = "start", style: String = "label",
    _ markup: inout Markup
  ) {
    markup.element(
      "text",
      ["class": style, "x": PlotPath.number(x), "y": PlotPath.number(y), "text-anchor": anchor],
      text: content)
  }
}

extension Markup {
  /// A picture with a title and a description for people who cannot see it.
  ///
  /// - Parameter id: What no other picture of the page is called.
  mutating func picture(
    id: String, width: Double, height: Double, title: String, description: String,
    _ content: (inout Markup) -> Void
  ) {
    let size = "0 0 \(PlotPath.number(width)) \(PlotPath.number(height))"
    element(
      "svg",
      [
        "viewBox": size, "role": "img", "aria-labelledby": "\(id)-title \(id)-text", "class": "chart",
      ]
    ) { markup in
      markup.element("title", ["id": "\(id)-title"], text: title)
      markup.element("desc", ["id": "\(id)-text"], text: description)
      content(&markup)
    }
    breakLine()
  }
}
