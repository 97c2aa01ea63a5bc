import RondoData

/// A series and its forecast as text, for terminals.
///
/// The values and the median of the forecast are lines, the interval of 80 % is shaded, and a gap stays a gap. Of times that have passed only the
/// interval is shown: beside the values, a second line could not be told from them.
public struct TerminalPlot: Sendable {
  /// The letters of a line, labels included.
  public var width: Int
  /// The lines, those below the picture not included.
  public var height: Int
  /// Whether only letters are used that every terminal and every font has.
  public var isASCII: Bool
  /// Whether the parts have colours.
  public var colors: Bool
  /// Whether a line below tells what the parts are, if there is a forecast.
  public var hasLegend: Bool

  /// A plot of a size; below 24 letters and 4 lines there is no room for one.
  public init(
    width: Int = 80, height: Int = 14, isASCII: Bool = false, colors: Bool = false, hasLegend: Bool = true
  ) {
    self.width = max(24, width)
    self.height = max(4, height)
    (self.isASCII, self.colors, self.hasLegend) = (isASCII, colors, hasLegend)
  }

  /// The picture of a series; its lines end with a line break. Empty if no step is to be shown.
  public func text(_ panel: ForecastPanel) -> String {
    guard let steps = panel.shownSteps else { return "" }
    let windows = panel.shownBacktests + (panel.forecast.map { [$0] } ?? [])
    var values = steps.compactMap { panel.value($0) }
    for window in windows {
      for index in 0..<window.forecast.stepCount {
        guard let fan = PanelChart.Fan(window.forecast, index) else { continue }
        values += [fan.low80, fan.median, fan.high80]
      }
    }
    let axis = ValueAxis(values, count: max(2, (height + 1) / 4), padding: 0)
    let margin = (axis.labels.map(\.count).max() ?? 1) + 2
    let columns = max(8, width - margin)
    var picture = Picture(panel, steps, axis, columns: columns, rows: height, isBraille: !isASCII)
    for window in windows { picture.shade(window) }
    picture.drawHistory()
    if let forecast = panel.forecast { picture.drawMedian(forecast) }
    picture.mark(panel.anomalies)
    let lines = lines(picture, axis, margin: margin) + footer(panel, steps, picture, margin: margin)
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: Lines

  private struct Letters {
    var shade: Character, origin: Character, anomaly: Character, history: Character, median: Character
    var side: Character, tick: Character, corner: Character, base: Character, mark: Character

    static let unicode = Letters(
      shade: "░", origin: "┊", anomaly: "●", history: "⣀", median: "⣀", side: "│", tick: "┤", corner: "└",
      base: "─", mark: "┬")
    static let ascii = Letters(
      shade: ":", origin: "|", anomaly: "@", history: "*", median: "o", side: "|", tick: "+", corner: "+",
      base: "-", mark: "+")
  }

  private var letters: Letters { isASCII ? .ascii : .unicode }

  private func lines(_ picture: Picture, _ axis: ValueAxis, margin: Int) -> [String] {
    var labels: [Int: String] = [:]
    for (tick, label) in zip(axis.ticks, axis.labels) where labels[picture.row(tick)] == nil {
      labels[picture.row(tick)] = label
    }
    return (0..<height).map { row in
      let label = labels[row] ?? ""
      let side = labels[row] == nil ? letters.side : letters.tick
      var line = String(repeating: " ", count: margin - 2 - label.count) + label + " " + String(side)
      var color = ""
      var end = line
      for column in 0..<picture.columns {
        let (letter, own) = letter(picture, row, column)
        let change = colors && own != color && letter != " "
        if change {
          line += (color.isEmpty ? "" : "\u{1B}[0m") + own
          color = own
        }
        line.append(letter)
        // Nothing follows the last letter.
        if letter != " " { end = line }
      }
      return end + (color.isEmpty ? "" : "\u{1B}[0m")
    }
  }

  private func letter(_ picture: Picture, _ row: Int, _ column: Int) -> (Character, color: String) {
    let (history, median) = picture.dots(row: row, column: column)
    if picture.anomalies.contains([row, column]) { return (letters.anomaly, "\u{1B}[31m") }
    if history | median != 0 {
      let color = median != 0 ? "\u{1B}[36m" : ""
      if isASCII { return (median != 0 ? letters.median : letters.history, color) }
      return (Character(Unicode.Scalar(0x2800 + UInt32(history | median))!), color)
    }
    if picture.shaded.contains([row, column]) { return (letters.shade, "\u{1B}[34m") }
    return column == picture.originColumn ? (letters.origin, "\u{1B}[2m") : (" ", "")
  }

  /// The axis below, the first and the last time, and what the parts are.
  private func footer(
    _ panel: ForecastPanel, _ steps: ClosedRange<Int>, _ picture: Picture, margin: Int
  ) -> [String] {
    let indent = String(repeating: " ", count: margin - 1)
    var base = [Character](repeating: letters.base, count: picture.columns)
    let clock = panel.clock
    func name(_ step: Int) -> String { clock.map { $0.text($0.time(step)) } ?? "\(step + 1)" }
    let (first, last) = (name(steps.lowerBound), name(steps.upperBound))
    var times = [Character](repeating: " ", count: picture.columns)
    func place(_ text: String, at column: Int) {
      let column = max(0, min(column, times.count - text.count))
      for (index, letter) in text.enumerated() where column + index < times.count {
        times[column + index] = letter
      }
    }
    base[0] = letters.mark
    place(first, at: 0)
    if steps.count > 1, first.count + last.count + 2 <= times.count {
      base[base.count - 1] = letters.mark
      place(last, at: times.count - last.count)
    }
    if let origin = panel.forecast?.origin, let column = picture.originColumn {
      let text = name(origin)
      let begin = column - text.count / 2
      base[column] = letters.mark
      if begin >= first.count + 2, begin + text.count + 2 <= times.count - last.count {
        place(text, at: begin)
      }
    }
    var lines = [indent + String(letters.corner) + String(base)]
    lines.append(indent + " " + String(times).trimmingEnd())
    let hasForecast = panel.forecast != nil || !panel.shownBacktests.isEmpty
    if hasLegend, hasForecast {
      var parts: [String] = []
      if panel.forecast != nil, isASCII { parts += ["* values", "o median"] }
      parts.append("\(letters.shade) 80 % of outcomes")
      if picture.originColumn != nil { parts.append("\(letters.origin) the forecast begins") }
      var legend = parts[0]
      for part in parts.dropFirst() where legend.count + part.count + 3 <= picture.columns {
        legend += "   " + part
      }
      lines.append(indent + " " + legend)
    }
    return lines
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
