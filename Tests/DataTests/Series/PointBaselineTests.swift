import RondoData
import RondoTestSupport
import Testing

@Suite struct PointBaselineTests {
  /// The organisers' figures: `Evaluation and Ranks.xlsx` of the M4 competition.
  @Test(
    .needsData,
    arguments: [
      ("Hourly", 48, 24, PointBaseline.seasonalNaive, 13.912), ("Hourly", 48, 24, .naive2, 18.383),
      ("Hourly", 48, 24, .theta, 18.138), ("Weekly", 13, 1, .naive, 9.161),
      ("Weekly", 13, 1, .seasonalNaive, 9.161),
      ("Weekly", 13, 1, .naive2, 9.161), ("Weekly", 13, 1, .theta, 9.093),
    ])
  func reproducesTheFiguresOfM4(
    file: String, horizon: Int, season: Int, baseline: PointBaseline, smape: Double
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
    #expect(PointBaseline.naive.forecast(values, horizon: 3, season: 3) == [4, 4, 4])
    #expect(PointBaseline.seasonalNaive.forecast(values, horizon: 4, season: 3) == [3, 6, 4, 3])
    #expect(PointBaseline.drift.forecast([1, 5, 2, 4], horizon: 2, season: 1) == [5, 6])
  }

  /// A history shorter than a season is repeated; one value goes on as it is.
  @Test(arguments: PointBaseline.allCases) func shortHistoriesHaveForecasts(_ baseline: PointBaseline) {
    #expect(baseline.forecast([3], horizon: 2, season: 24) == [3, 3])
    let few = baseline.forecast([2, 4], horizon: 3, season: 24)
    #expect(few.allSatisfy { $0.isFinite })
    #expect(baseline.forecast([], horizon: 2, season: 24) == [0, 0])
  }

  @Test func gapsAreFilledByWhatWasBefore() {
    #expect(PointBaseline.naive.forecast([1, .nan, 5, .nan], horizon: 1, season: 1) == [5])
    #expect(PointBaseline.seasonalNaive.forecast([.nan, 2, .nan], horizon: 2, season: 2) == [2, 2])
    #expect(PointBaseline.naive.forecast([.nan, .nan], horizon: 1, season: 1) == [0])
  }

  /// A pure season times a line without slope: Naive2 and Theta give it back.
  @Test(arguments: [PointBaseline.naive2, .theta]) func aSeasonIsTakenOutAndPutBack(_ baseline: PointBaseline)
  {
    let season = [8.0, 12, 10, 10]
    let values = (0..<40).map { season[$0 % 4] }
    for (found, expected) in zip(baseline.forecast(values, horizon: 6, season: 4), season + season) {
      #expect(abs(found - expected) < 1e-9)
    }
  }
}
