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
}
