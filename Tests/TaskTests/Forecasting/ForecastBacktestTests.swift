import Foundation
import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct ForecastBacktestTests {
  private let csv =
    "year,a,b\n" + (0..<80).map { "\(1900 + $0),\(10 + $0 % 4),\(100 - ($0 * 7) % 5)\n" }.joined()

  private func settings() -> ForecastSettings {
    var settings = ForecastSettings()
    settings.forecast.horizon = 4
    settings.forecast.members = 1
    settings.architecture.hidden = [8]
    settings.training.batch = 16
    settings.training.budget = .steps(30)
    return settings
  }

  private func run(_ csv: String, windows: Int = 3, refits: Bool = false) throws -> ForecastComparison {
    let folder = TemporaryFolder()
    let backtest = try ForecastBacktest(
      [folder.file("series.csv", csv)], settings(), ForecastWindows(count: windows), refits: refits)
    return try #require(backtest.run { _ in }.evaluation.comparison)
  }

  @Test func windowsFollowEachOther() throws {
    let comparison = try run(csv)
    #expect(comparison.model.windows == 6)
    #expect(comparison.baselines.count == [ForecastBaseline].suited(toReturns: false).count)
    #expect(comparison.model.coverage80 != nil && comparison.model.wql != nil)
  }

  /// What comes in the windows changes nothing of the model: the forecast of the first window stays.
  @Test func nothingOfTheWindowsIsSeen() throws {
    var lines = csv.split(separator: "\n").map(String.init)
    let before = try run(csv, windows: 1)
    for index in lines.indices.suffix(4) {
      lines[index] = lines[index].split(separator: ",")[0] + ",1000,1000"
    }
    let after = try run(lines.joined(separator: "\n") + "\n", windows: 1)
    #expect(before.model.width80 == after.model.width80 && before.model.width95 == after.model.width95)
    #expect(before.model.mae != after.model.mae)
  }

  /// Nor does it tell whether values can be negative.
  @Test func signsOfTheWindowsAreNotSeen() throws {
    func csv(_ last: String) -> String {
      var text = "year,a,b\n"
      for step in 0..<80 {
        let own = step < 76 ? "\(step % 4)" : last
        text += "\(1900 + step),\(own),\(100 * (step % 5) - 200)\n"
      }
      return text
    }
    let (before, after) = (try run(csv("5"), windows: 1), try run(csv("-1"), windows: 1))
    #expect(before.model.width80 == after.model.width80 && before.model.width95 == after.model.width95)
  }

  /// Where not all series are tested, the end of the others is not seen either: by the times of their rows, or by their number.
  @Test(arguments: [true, false]) func theEndOfOtherSeriesIsNotSeen(hasTimes: Bool) throws {
    func width(_ last: Int) throws -> Double? {
      var csv = hasTimes ? "year,a,b\n" : "a,b\n"
      for step in 0..<80 {
        if hasTimes { csv += "\(1900 + step)," }
        let value = 10 + step % 4 + step % 7
        csv += "\(value),\(step < 76 ? value : last)\n"
      }
      var windows = ForecastWindows(count: 1)
      windows.series = 1
      let folder = TemporaryFolder()
      let backtest = try ForecastBacktest([folder.file("x.csv", csv)], settings(), windows)
      let comparison = try #require(backtest.run { _ in }.evaluation.comparison)
      #expect(comparison.model.windows == 1)
      return comparison.model.width80
    }
    #expect(try width(1000) == width(3))
  }

  @Test func windowsThatLeaveNothingAreRefused() {
    #expect(throws: OptionError.self) { try run(csv, windows: 20) }
  }

  /// Trained anew, the last window's model has seen what was before it.
  @Test func aModelForEachWindow() throws {
    let (once, anew) = (try run(csv), try run(csv, refits: true))
    #expect(anew.model.windows == once.model.windows && anew.model.mae != once.model.mae)
    let (one, other) = (try run(csv, windows: 1), try run(csv, windows: 1, refits: true))
    #expect(one.model == other.model)
  }

  /// Windows of one series that do not overlap, the last ones.
  @Test func examplesAreShown() throws {
    let folder = TemporaryFolder()
    let backtest = try ForecastBacktest(
      [folder.file("series.csv", csv)], settings(), ForecastWindows(count: 7, stride: 2))
    let result = try backtest.run(examples: 1) { _ in }
    #expect(
      result.examples.map(\.origin) == [64, 68, 72, 76].suffix(4)
        && result.examples.allSatisfy { $0.series == 0 })
    #expect(result.examples.allSatisfy { $0.forecast.stepCount == 4 })
  }

  /// Prices whose volatility comes in waves: the returns' distribution says so, and their direction nothing.
  @Test func returnsArePutBesideARandomWalk() throws {
    let random = RandomSource(seed: 9)
    let folder = TemporaryFolder()
    var (price, lines) = (100.0, ["step,price,low"])
    for step in 0..<1200 {
      let deviation = 0.002 + 0.02 * Double((step / 40) % 2)
      price *= exp(deviation * random.normal(stream: 0, position: UInt64(step)))
      lines.append("\(1000 + 2 * step),\(price),\(step % 5 == 0 ? "" : "\(price / 2)")")
    }
    let file = folder.file("prices.csv", lines.joined(separator: "\n") + "\n")
    var settings = settings()
    settings.forecast.reading.returns = true
    settings.forecast.reading.targets = ["price", "low"]
    settings.training.budget = .steps(60)
    let backtest = try ForecastBacktest([file], settings, ForecastWindows(count: 40, share: 0.2))
    let result = try backtest.run { _ in }
    let comparison = try #require(result.evaluation.comparison)
    #expect(Set(comparison.baselines.keys) == ["random-walk", "ets"])
    #expect(result.prices.map(\.name) == ["price", "low"])
    for price in result.prices {
      #expect(price.horizon == 4 && abs(price.levelError / price.randomWalkError - 1) < 0.2)
      #expect(price.qlike.isFinite && price.ewmaQLIKE > 0 && price.garchQLIKE > 0 && price.steps > 150)
    }
    #expect(PriceComparison.verdict(result.prices).count == 2)
    // A price that is not positive has no return.
    let negative = folder.file("negative.csv", "step,price,low\n1,5,1\n3,-2,1\n5,1,1\n")
    #expect(throws: OptionError.self) { try SeriesData([negative], settings.forecast.reading) }
  }
}
