import Foundation
import RondoCore
import RondoData
import Testing

@Suite struct SeasonalityTests {
  private func noise(_ count: Int) -> [Double] {
    let random = RandomSource(seed: 5)
    return (0..<count).map { 10 + random.normal(stream: 0, position: UInt64($0)) }
  }

  @Test func aSeasonIsSeenAndNoiseHasNone() {
    let noise = noise(200)
    let seasonal = noise.enumerated().map { $1 + ($0 % 7 == 0 ? 5 : 0) }
    #expect(Seasonality.isSeasonal(seasonal, season: 7))
    #expect(!Seasonality.isSeasonal(noise, season: 7))
    #expect(!Seasonality.isSeasonal(Array(repeating: 3, count: 100), season: 7))
  }

  /// What follows nothing but its opposite has no season of its own; the calendar's is taken.
  @Test func withoutASeasonTheCalendarSays() {
    let random = RandomSource(seed: 5)
    // Changes that are undone after 24 steps.
    let values = (0..<2000).reduce(into: [Double]()) { values, step in
      let earlier = step < 24 ? 0 : values[step - 24]
      values.append(-0.9 * earlier + random.normal(stream: 3, position: UInt64(step)))
    }
    #expect(Seasonality.season(of: [values.map { $0 + 100 }]) != 24)
    #expect(Seasonality.season(of: [noise(50)]) == 1)
    #expect(Seasonality.season(of: [noise(50)], frequency: .seconds(3600)) == 24)
    for (text, season) in [("15min", 96), ("1d", 7), ("1b", 1), ("1w", 1), ("1mo", 12), ("1q", 4), ("1y", 1)]
    {
      #expect(Frequency(text)?.season == season, "\(text)")
    }
  }

  /// Weeks have a year, days a week or a year, whatever else they may seem to have.
  @Test func theFrequencySaysWhatSeasonsThereAre() {
    let co2 = BundledSeries.maunaLoaCO2.table()
    #expect(Seasonality.season(of: co2.series.map(\.values), frequency: co2.frequency) == 52)
    let weather = BundledSeries.seattleWeather.table()
    let season = Seasonality.season(of: weather.series.map(\.values), frequency: weather.frequency)
    #expect(season == 365 || season == 7)
    #expect(Frequency.seconds(3600).seasons == [24, 168] && Frequency.seconds(900).seasons == [96])
    #expect(Frequency.months(3).seasons == [4] && Frequency.months(12).seasons == [])
  }

  /// Three years of weeks are enough for a year that is plain to see, and for none where there is none.
  @Test func aYearOfWeeks() {
    let random = RandomSource(seed: 6)
    let draws = (0..<160).map { random.normal(stream: 1, position: UInt64($0)) }
    let weeks = Frequency.seconds(604_800)
    let yearly = draws.enumerated().map { 100 + 0.3 * Double($0) + 20 * sin(Double($0) / 52 * 2 * .pi) + $1 }
    #expect(Seasonality.season(of: [yearly], frequency: weeks) == 52)
    #expect(Seasonality.season(of: [Array(yearly.prefix(120))], frequency: weeks) == 1)
    let walks = (0..<40).map { walk in
      var level = 100.0
      return (0..<160).map { step -> Double in
        level += random.normal(stream: 2, position: UInt64(160 * walk + step))
        return level
      }
    }
    #expect(walks.count { Seasonality.season(of: [$0], frequency: weeks) == 52 } <= 3)
  }

  /// Three seasons are needed to tell.
  @Test func shortSeriesHaveNoSeason() {
    let values = (0..<20).map { Double($0 % 7) }
    #expect(!Seasonality.isSeasonal(values, season: 7))
    #expect(Seasonality.isSeasonal(values + [6], season: 7))
  }

  @Test(arguments: [2, 3, 4, 7]) func factorsOfAPureSeason(_ m: Int) throws {
    let season = (0..<m).map { 10 + Double($0 * $0) }
    let mean = season.reduce(0, +) / Double(m)
    let factors = try #require(Seasonality.factors((0..<5 * m).map { season[$0 % m] }, season: m))
    for (factor, value) in zip(factors, season) { #expect(abs(factor - value / mean) < 1e-12) }
  }

  @Test func whatCanBeNegativeHasNoFactors() {
    #expect(Seasonality.factors((0..<20).map { Double($0 % 2) - 0.5 }, season: 2) == nil)
  }
}
