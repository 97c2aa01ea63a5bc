import RondoTraining
import Testing

@Suite struct ProgressDisplayTests {
  private final class Screen {
    var text = ""
  }

  private func report(_ step: Int, _ elapsed: Double, total: Int? = 1000) -> ProgressDisplay.Report {
    ProgressDisplay.Report(
      step: step, total: total, loss: 2, lossUnit: "nats/char", validationLoss: 1.5, units: 64,
      unitName: "char",
      elapsed: elapsed, limit: nil)
  }

  @Test func aTerminalHasOneLineRedrawnTenTimesASecondAtMost() {
    let screen = Screen()
    let display = ProgressDisplay(isTerminal: true) { screen.text += $0 }
    for step in 1...500 { display.update(report(step, Double(step) / 100)) }
    display.finish()
    let drawn = screen.text.split(separator: "\r").count
    #expect(drawn >= 30 && drawn <= 51)
    #expect(screen.text.filter { $0 == "\n" }.count == 1)
  }

  @Test func elsewhereALineComesEveryFiveSeconds() {
    let screen = Screen()
    let display = ProgressDisplay(isTerminal: false) { screen.text += $0 }
    for step in 1...1000 { display.update(report(step, Double(step) / 50)) }
    display.finish()
    let lines = screen.text.split(separator: "\n")
    #expect((4...6).contains(lines.count))
    #expect(!screen.text.contains("\r") && !screen.text.contains("\u{1B}"))
    #expect(lines.last == "step 1000/1000  loss 2.000 nats/char  held out 1.500  3.2k char/s  0.0s left")
  }

  @Test func aNoteTakesTheLiveLinesPlace() {
    let screen = Screen()
    let display = ProgressDisplay(isTerminal: true) { screen.text += $0 }
    display.update(report(1, 0))
    screen.text = ""
    display.note("hello")
    #expect(screen.text == "\r\u{1B}[Khello\n")
  }

  @Test(arguments: [(0.4, "0"), (812, "812"), (45_120, "45.1k"), (812_000, "812k"), (1_204_000, "1.20M")])
  func numbersAreCompact(value: Double, text: String) {
    #expect(ProgressDisplay.compact(value) == text)
  }
}
