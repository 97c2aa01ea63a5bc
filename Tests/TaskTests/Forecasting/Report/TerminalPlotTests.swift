import RondoData
import RondoTasks
import Testing

@Suite struct TerminalPlotTests {
  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func aRampInLetters() {
    let text = TerminalPlot(width: 24, height: 4, isASCII: true).text(
      ForecastPanel(name: "ramp", values: [0, 1, 2, 3]))
    #expect(
      text == """
          |                 ****
        2 +          *******
          |    ******
        0 +****
          ++-------------------+
           1                   4

        """)
  }

  @Test func aGapStaysAGap() {
    let text = TerminalPlot(width: 24, height: 4, isASCII: true).text(
      ForecastPanel(name: "ramp", values: [0, 0, .nan, 3, 3]))
    #expect(
      text == """
          |               ******
        2 +
          |
        0 +******
          ++-------------------+
           1                   5

        """)
  }

  @Test func aForecastWithItsInterval() {
    var panel = ReportSamples.panel(count: 8, horizon: 4)
    panel.forecast = .init(origin: 8, forecast: ReportSamples.forecast([7, 7, 7, 7]))
    let text = TerminalPlot(width: 60, height: 5, isASCII: true).text(panel)
    #expect(
      text == """
          |                                         ::::::::::::::::
          |                            *********    oooooooooooooooo
        5 +                  **********             |
          |        **********                       |
        0 +********                                 |
          ++----------------------------------------+--------------+
           Wed 28 Feb 2024, 00:00             Wed 28 Feb 2024, 11:00
           * values   o median   : 80 % of outcomes

        """)
    #expect(
      TerminalPlot(width: 60, height: 5).text(panel) == """
          │                                 ⢀⣀⡠⠄    ⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤
        5 ┤                         ⣀⣀⠤⠤⠤⠒⠒⠉⠁       ░░░░░░░░░░░░░░░░
          │                 ⣀⣀⡠⠤⠔⠒⠉⠉                ┊
          │        ⣀⣀⠤⠤⠒⠒⠊⠉⠉                        ┊
        0 ┤⣀⡠⠤⠤⠒⠒⠉⠉                                 ┊
          └┬────────────────────────────────────────┬──────────────┬
           Wed 28 Feb 2024, 00:00             Wed 28 Feb 2024, 11:00
           ░ 80 % of outcomes   ┊ the forecast begins

        """)
  }

  @Test func onlyTheIntervalOfTimesThatHavePassed() {
    var panel = ForecastPanel(name: "flat", values: [Double](repeating: 0, count: 22))
    panel.backtests = [.init(origin: 11, forecast: ReportSamples.forecast([1, 1, 1, 1, 1]))]
    let text = TerminalPlot(width: 25, height: 4, isASCII: true, hasLegend: false).text(panel)
    #expect(
      text == """
        2 +           :::::
          |           :::::
        1 +           :::::
        0 +**********************
          ++--------------------+
           1                   22

        """)
  }

  @Test func noLineIsTooLongAndLettersAreThoseAskedFor() {
    for width in [24, 40, 80, 200] {
      for panel in [
        ReportSamples.panel(), ReportSamples.panel(count: 3, horizon: 100), ReportSamples.panel(count: 5000),
      ] {
        for isASCII in [false, true] {
          let plot = TerminalPlot(width: width, height: 9, isASCII: isASCII)
          let lines = lines(plot.text(panel))
          #expect(lines.count == 13 && lines.last == "")
          #expect(lines.allSatisfy { $0.count <= width }, "\(width): \(lines)")
          #expect(lines.allSatisfy { $0.last != " " })
          if isASCII { #expect(lines.allSatisfy { $0.utf8.count == $0.count }) }
        }
      }
    }
    #expect(TerminalPlot().text(ForecastPanel(name: "empty", values: [])) == "")
  }

  @Test func coloursChangeNothingElse() throws {
    var panel = ReportSamples.panel()
    panel.anomalies = [5]
    let plain = TerminalPlot().text(panel)
    let colored = TerminalPlot(colors: true).text(panel)
    #expect(!plain.contains("\u{1B}") && colored.contains("\u{1B}[36m") && colored.contains("\u{1B}[31m●"))
    #expect(colored.replacing(try Regex("\u{1B}\\[[0-9]*m"), with: "") == plain)
    // No colour goes on into the next line.
    for line in lines(colored) where line.contains("\u{1B}") { #expect(line.hasSuffix("\u{1B}[0m")) }
  }
}
