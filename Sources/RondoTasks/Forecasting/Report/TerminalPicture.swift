extension TerminalPlot {
  /// The letters between the axes of a plot, before they are letters.
  struct Picture {
    let columns: Int
    /// Letters that the interval lies in, by row and column.
    private(set) var shaded: Set<[Int]> = []
    /// Letters with something that stands out, by row and column.
    private(set) var anomalies: Set<[Int]> = []
    /// The column in which the forecast begins, if something comes before it.
    let originColumn: Int?
    private let panel: ForecastPanel
    private let steps: ClosedRange<Int>
    private let axis: ValueAxis
    private let rows: Int
    private var history: DotCanvas
    private var median: DotCanvas

    init(
      _ panel: ForecastPanel, _ steps: ClosedRange<Int>, _ axis: ValueAxis, columns: Int, rows: Int,
      isBraille: Bool
    ) {
      (self.panel, self.steps, self.axis) = (panel, steps, axis)
      (self.columns, self.rows) = (columns, rows)
      history = DotCanvas(columns: columns, rows: rows, isBraille: isBraille)
      median = history
      let dots = (width: history.width, each: history.dotColumns)
      originColumn = panel.forecast.flatMap { window in
        guard steps.contains(window.origin), window.origin > steps.lowerBound else { return nil }
        return Self.place(window.origin, steps, dots.width) / dots.each
      }
    }

    /// The dot from left to right of a step: a single step lies in the middle.
    private static func place(_ step: Int, _ steps: ClosedRange<Int>, _ width: Int) -> Int {
      guard steps.count > 1 else { return width / 2 }
      let share = Double(step - steps.lowerBound) / Double(steps.count - 1)
      return Int((share * Double(width - 1)).rounded())
    }

    private func x(_ step: Int) -> Int { Self.place(step, steps, history.width) }

    /// The dot from top to bottom of a value.
    private func y(_ value: Double) -> Int {
      Int(((1 - axis.position(value)) * Double(history.height - 1)).rounded())
    }

    /// The row of letters of a value.
    func row(_ value: Double) -> Int { y(value) / history.dotRows }

    /// The dots of a letter.
    func dots(row: Int, column: Int) -> (history: UInt8, median: UInt8) {
      (history.dots(row: row, column: column), median.dots(row: row, column: column))
    }

    /// Draws the values; nothing joins the two sides of a gap.
    mutating func drawHistory() {
      var last: (x: Int, y: Int)?
      for step in steps {
        guard let value = panel.value(step) else {
          last = nil
          continue
        }
        let point = (x: x(step), y: y(value))
        history.line(last ?? point, point)
        last = point
      }
    }

    /// Draws the median of a forecast.
    mutating func drawMedian(_ window: ForecastPanel.Window) {
      var last: (x: Int, y: Int)?
      for index in 0..<window.forecast.stepCount where steps.contains(window.origin + index) {
        guard let fan = PanelChart.Fan(window.forecast, index) else {
          last = nil
          continue
        }
        let point = (x: x(window.origin + index), y: y(fan.median))
        median.line(last ?? point, point)
        last = point
      }
    }

    /// Shades the interval of 80 %: in each column as it is at the step nearest to the column's middle.
    mutating func shade(_ window: ForecastPanel.Window) {
      let width = Double(history.dotColumns)
      let stepsPerDot = Double(max(1, steps.count - 1)) / Double(max(1, history.width - 1))
      let (begin, end) = (x(max(window.origin, steps.lowerBound)), x(min(window.end - 1, steps.upperBound)))
      guard window.end > steps.lowerBound, begin <= end else { return }
      for column in (begin / history.dotColumns)...(end / history.dotColumns) {
        let middle = (Double(column) * width + (width - 1) / 2) * stepsPerDot
        let step = steps.count > 1 ? steps.lowerBound + Int(middle.rounded()) : steps.lowerBound
        let index = min(max(step - window.origin, 0), window.forecast.stepCount - 1)
        guard let fan = PanelChart.Fan(window.forecast, index) else { continue }
        for row in row(fan.high80)...row(fan.low80) { shaded.insert([row, column]) }
      }
    }

    /// Marks steps that stand out.
    mutating func mark(_ marked: [Int]) {
      for step in marked where steps.contains(step) {
        guard let value = panel.value(step) else { continue }
        anomalies.insert([row(value), x(step) / history.dotColumns])
      }
    }
  }
}
