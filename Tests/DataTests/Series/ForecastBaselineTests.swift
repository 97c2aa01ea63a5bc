import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct ForecastBaselineTests {
  /// The organisers' figures: `Evaluation and Ranks.xlsx` of the M4 competition.
  @Test(
    .needsData,
    arguments: [
      ("Hourly", 48, 24, ForecastBaseline.seasonalNaive, 13.912), ("Hourly", 48, 24, .naive2, 18.383),
      ("Hourly", 48, 24, .theta, 18.138), ("Weekly", 13, 1, .naive, 9.161),
      ("Weekly", 13, 1, .seasonalNaive, 9.161),
      ("Weekly", 13, 1, .naive2, 9.161), ("Weekly", 13, 1, .theta, 9.093),
    ])
  func reproducesTheFiguresOfM4(
    file: String, horizon: Int, season: Int, baseline: ForecastBaseline, smape: Double
  ) throws {
    let folder = "time-series/m4-hourly-weekly/"
    let histories = try SeriesFile.read(DataSets.path("\(folder)\(file)-train.csv")).series
    let actual = try SeriesFile.read(DataSets.path("\(folder)\(file)-test.csv")).series
    #expect(histories.map(\.name) == actual.map(\.name))
    let errors = try zip(histories, actual).map { history, actual in
      let forecast = baseline.forecast(history.values, horizon: horizon, season: season)
      return try #require(ForecastError.smape(actual.values, forecast))
    }
    #expect(abs(errors.reduce(0, +) / Double(errors.count) - smape) < 0.001)
  }

  @Test func eachGoesOnInItsWay() {
    let values = [1.0, 4, 2, 3, 6, 4]
    #expect(ForecastBaseline.naive.forecast(values, horizon: 3, season: 3) == [4, 4, 4])
    #expect(ForecastBaseline.seasonalNaive.forecast(values, horizon: 4, season: 3) == [3, 6, 4, 3])
    #expect(ForecastBaseline.drift.forecast([1, 5, 2, 4], horizon: 2, season: 1) == [5, 6])
  }

  /// A history shorter than a season is repeated; one value goes on as it is.
  @Test(arguments: [ForecastBaseline].suited(toReturns: false)) func shortHistoriesHaveForecasts(
    _ baseline: ForecastBaseline
  ) {
    #expect(baseline.forecast([3], horizon: 2, season: 24) == [3, 3])
    let few = baseline.forecast([2, 4], horizon: 3, season: 24)
    #expect(few.allSatisfy { $0.isFinite })
    #expect(baseline.forecast([], horizon: 2, season: 24) == [0, 0])
  }

  @Test func gapsAreFilledByWhatWasBefore() {
    #expect(ForecastBaseline.naive.forecast([1, .nan, 5, .nan], horizon: 1, season: 1) == [5])
    #expect(ForecastBaseline.seasonalNaive.forecast([.nan, 2, .nan], horizon: 2, season: 2) == [2, 2])
    #expect(ForecastBaseline.naive.forecast([.nan, .nan], horizon: 1, season: 1) == [0])
  }

  /// A pure season times a line without slope: Naive2 and Theta give it back.
  @Test(arguments: [ForecastBaseline.naive2, .theta]) func aSeasonIsTakenOutAndPutBack(
    _ baseline: ForecastBaseline
  ) {
    let season = [8.0, 12, 10, 10]
    let values = (0..<40).map { season[$0 % 4] }
    for (found, expected) in zip(baseline.forecast(values, horizon: 6, season: 4), season + season) {
      #expect(abs(found - expected) < 1e-9)
    }
  }

  /// Without being fitted anew: what was fitted to all but the last values and then saw them goes on from the last ones.
  @Test(arguments: [ForecastBaseline].suited(toReturns: false)) func laterValuesAreTakenAsTheyCome(
    _ baseline: ForecastBaseline
  ) {
    let season = [8.0, 12, 10, 11]
    let values = (0..<60).map { 0.5 * Double($0) + season[$0 % 4] }
    var fitted = baseline.fitted(Array(values[..<40]), season: 4, horizon: 4, probabilities: [0.1, 0.5, 0.9])
    let before = fitted.forecast(4)
    for value in values[40..<59] { fitted.observe(value) }
    fitted.observe(.nan)
    let after = fitted.forecast(4)
    // The series has risen by ten, and what is missing counts as the value before.
    #expect(after.stepCount == 4 && after.probabilities == before.probabilities)
    for (later, earlier) in zip(after.points, before.points) { #expect(abs(later - earlier - 10) < 4) }
    let again = baseline.forecast(Array(values[..<59]) + [.nan], horizon: 4, season: 4)
    for (later, fresh) in zip(after.points, again) { #expect(abs(later - fresh) < 2) }
  }

  /// The errors of the same number of seasons ahead, as they were: of a line with slope 1 and season 2 always 2, then 4.
  @Test func aSeasonalNaiveForecastHasTheErrorsOfItsHistory() {
    let history = (0..<20).map(Double.init)
    let forecast = ForecastBaseline.seasonalNaive.fitted(
      history, season: 2, horizon: 4, probabilities: [0.1, 0.9]
    ).forecast(4)
    #expect(forecast.steps == [[20, 20], [21, 21], [22, 22], [23, 23]])
  }

  @Test func aRandomWalkOfReturnsStays() {
    let returns = (0..<101).map { Double($0) - 50 }
    let walk = ForecastBaseline.randomWalk.fitted(
      returns, season: 1, horizon: 2, probabilities: [0.1, 0.5, 0.9])
    #expect(walk.forecast(2).points == [0, 0] && walk.forecast(1).steps == [[-40, 0, 40]])
    let prices = Series(name: "p", values: [1, 2, .nan, 8, 4], start: Timestamp(seconds: 0))
    let found = prices.logReturns(.seconds(60))
    #expect(found.start == Timestamp(seconds: 60) && found.values[1].isNaN)
    for (index, expected) in [(0, 2.0), (2, 4), (3, 0.5)] {
      #expect(abs(found.values[index] - PortableMath.log(expected)) < 1e-12)
    }
  }

  /// Where a series that a season multiplied falls below zero, exponential smoothing goes on with a season that adds.
  @Test func smoothingStaysSoundBelowZero() {
    let season = [0.6, 0.8, 1.1, 1.4, 1.2, 0.9]
    let values = (0..<600).map { step -> Double in
      let line = step < 300 ? 100 + 0.1 * Double(step) : 130 - 0.6 * Double(step - 300)
      return line * season[step % 6] + Double((step * 7) % 5)
    }
    #expect(ExponentialSmoothing(choosingFor: Array(values[..<300]), period: 6).season == .multiplicative)
    var fitted = ForecastBaseline.ets.fitted(
      Array(values[..<300]), season: 6, horizon: 12, probabilities: [0.1, 0.5, 0.9])
    for value in values[300...] {
      fitted.observe(value)
      #expect(fitted.forecast(12).values.allSatisfy { abs($0) < 500 })
    }
  }
}
