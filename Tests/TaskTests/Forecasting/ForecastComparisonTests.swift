import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct ForecastComparisonTests {
  private func forecast(_ steps: [[Double]]) -> QuantileForecast {
    QuantileForecast(probabilities: [0.025, 0.1, 0.5, 0.9, 0.975], steps: steps)
  }

  @Test func measuresOfOneWindow() throws {
    // History 1, 3, 2, 6 of season 2: |2 − 1| and |6 − 3|, so an error of one step is 2.
    let series: [[Double]] = [[1, 3, 2, 6, 10, .nan, 20]]
    let forecasts = [forecast([[4, 6, 8, 12, 13], [0, 0, 0, 0, 0], [12, 13, 14, 16, 21]])]
    let comparison = try #require(
      ForecastComparison(series, [.init(series: 0, origin: 4)], forecasts, horizon: 3, season: 2))
    let score = comparison.model
    #expect(abs(score.smape - (200 * 2 / 18 + 200 * 6 / 34) / 2) < 1e-9)
    #expect(try abs(#require(score.mase) - 4 / 2) < 1e-9)
    #expect(abs(score.mae - 4) < 1e-9 && abs(score.rmse - (40.0 / 2).squareRoot()) < 1e-9)
    #expect(score.coverage80 == 0.5 && score.coverage95 == 1 && score.windows == 1)
    #expect(score.width80 == 4.5 && score.width95 == 9)
    // The deciles of 8 … lie on the lines between the quantiles that are there.
    let deciles = (1...9).map { Double($0) / 10 }
    func loss(_ value: Double, _ step: Int) -> Double {
      deciles.map { p in
        let e = value - forecasts[0].quantile(p, step: step)
        return 2 * max(p * e, (p - 1) * e)
      }.reduce(0, +)
    }
    #expect(try abs(#require(score.wql) - (loss(10, 0) + loss(20, 2)) / 9 / 30) < 1e-12)
    let naive = try #require(comparison.baselines["naive"])
    #expect(abs(naive.mae - 9) < 1e-9 && naive.wql == nil && naive.coverage80 == nil)
    #expect(comparison.owa != nil)
  }

  @Test func nothingCameIsNoComparison() {
    let places = [WindowBatch.Place(series: 0, origin: 2)]
    #expect(
      ForecastComparison([[1, 2, .nan]], places, [forecast([[1, 1, 1, 1, 1]])], horizon: 1, season: 1) == nil)
  }

  /// The errors of the same number of seasons ahead, as they were: of a line with slope 1 and season 2 always 2, then 4.
  @Test func aSeasonalNaiveForecastHasTheErrorsOfItsHistory() {
    let history = (0..<20).map(Double.init)
    let points = PointBaseline.seasonalNaive.forecast(history, horizon: 4, season: 2)
    let forecast = QuantileForecast(around: points, history, season: 2, probabilities: [0.1, 0.9])
    #expect(points == [18, 19, 18, 19])
    #expect(forecast.steps == [[20, 20], [21, 21], [22, 22], [23, 23]])
  }

  @Test func quantilesLieOnLines() {
    let forecast = forecast([[0, 1, 3, 4, 10]])
    #expect(forecast.quantile(0.5, step: 0) == 3 && abs(forecast.quantile(0.7, step: 0) - 3.5) < 1e-12)
    #expect(
      abs(forecast.quantile(0.025, step: 0)) < 1e-12 && abs(forecast.quantile(0.975, step: 0) - 10) < 1e-12)
    #expect(forecast.quantile(0.99, step: 0) > 10 && forecast.quantile(0.01, step: 0) < 0)
    #expect(forecast.medians == [3])
  }
}

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

  private func run(_ csv: String, windows: Int = 3) throws -> ForecastComparison {
    let folder = TemporaryFolder()
    let backtest = try ForecastBacktest([folder.file("series.csv", csv)], settings(), windows: windows)
    return try backtest.run { _ in }
  }

  @Test func windowsFollowEachOther() throws {
    let comparison = try run(csv)
    #expect(comparison.model.windows == 6)
    #expect(comparison.baselines.count == PointBaseline.allCases.count)
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

  @Test func windowsThatLeaveNothingAreRefused() {
    #expect(throws: OptionError.self) { try run(csv, windows: 20) }
  }
}
