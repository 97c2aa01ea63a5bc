import Foundation
import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct ExponentialSmoothingTests {
  private let random = RandomSource(seed: 8)

  private func noise(_ step: Int) -> Double { random.normal(stream: 1, position: UInt64(step)) }

  private func series(_ count: Int, _ value: (Int) -> Double) -> [Double] { (0..<count).map(value) }

  @Test func choosesWhatIsThere() {
    func choice(_ period: Int, _ value: (Int) -> Double) -> (
      ExponentialSmoothing.Trend, ExponentialSmoothing.Season
    ) {
      let model = ExponentialSmoothing(choosingFor: series(200, value), period: period)
      return (model.trend, model.season)
    }
    #expect(choice(7) { 50 + noise($0) } == (.none, .none))
    #expect(choice(7) { 50 + 3 * Double($0) + noise($0) } == (.linear, .none))
    #expect(choice(7) { 50 + ($0 % 7 < 2 ? 20 : 0) + noise($0) } == (.none, .additive))
    #expect(
      choice(7) { (50 + 2 * Double($0)) * ($0 % 7 < 2 ? 1.5 : 1) + noise($0) } == (.linear, .multiplicative))
  }

  @Test func goesOnAlongLineAndSeason() {
    let season = [5.0, -2, 0, -3]
    let line = { (step: Int) in 100 + 2 * Double(step) + season[step % 4] }
    let forecast = ExponentialSmoothing(choosingFor: series(60, line), period: 4).forecast(9)
    for (step, value) in forecast.values.enumerated() {
      #expect(abs(value - line(60 + step)) < 0.2, "\(step)")
    }
  }

  /// Simple smoothing: σ² (1 + (h − 1) α²).
  @Test func errorsGrowAsTheStatesSay() {
    let values = series(300) { step in (0...step).reduce(0.0) { $0 + 0.4 * noise($1) } + noise(1000 + step) }
    let forecast = ExponentialSmoothing(values, .none, .none, 1).forecast(20)
    let variances = forecast.deviations.map { $0 * $0 }
    let growth = zip(variances.dropFirst(), variances).map { $0 - $1 }
    #expect(growth.allSatisfy { abs($0 - growth[0]) < 1e-9 } && growth[0] > 0)
    #expect(Set(forecast.values).count == 1)
  }

  /// How often the intervals of one step and of six hold what comes, over many series of the model itself.
  @Test func intervalsHoldWhatComes() {
    var inside = [0, 0]
    let count = 300
    for item in 0..<count {
      var (level, slope, values) = (50.0, 0.5, [Double]())
      for step in 0..<126 {
        let error = 2 * random.normal(stream: UInt64(100 + item), position: UInt64(step))
        values.append(level + slope + error)
        level += slope + 0.3 * error
        slope += 0.02 * error
      }
      let forecast = ExponentialSmoothing(Array(values[..<120]), .linear, .none, 1).forecast(6)
      let width = Gaussian.standard.quantile(0.9)
      for (index, step) in [0, 5].enumerated()
      where abs(values[120 + step] - forecast.values[step]) <= width * forecast.deviations[step] {
        inside[index] += 1
      }
    }
    for share in inside.map({ Double($0) / Double(count) }) { #expect(abs(share - 0.8) < 0.07, "\(inside)") }
  }

  @Test(.needsData) func airlinePassengers() throws {
    let table = try SeriesFile.read(DataSets.path("time-series/classic-univariate/airline-passengers.csv"))
    let values = table.series[0].values
    let model = ExponentialSmoothing(choosingFor: Array(values.dropLast(12)), period: 12)
    #expect(model.season == .multiplicative && model.trend != .none)
    #expect(try #require(ForecastError.smape(values.suffix(12), model.forecast(12).values)) < 5)
  }

  @Test(arguments: [
    [3.0], [2, 2], [1, 2, 4], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 9],
  ])
  func shortAndConstantSeries(values: [Double]) {
    let forecast = ExponentialSmoothing(choosingFor: values, period: 4).forecast(3)
    #expect(forecast.values.allSatisfy { $0.isFinite } && forecast.deviations.allSatisfy { $0.isFinite })
  }

  @Test func normalQuantiles() {
    for (probability, expected) in [
      (0.5, 0), (0.9, 1.2815516), (0.975, 1.9599640), (0.025, -1.9599640), (1e-9, -5.9978070),
    ] {
      #expect(abs(Gaussian.standard.quantile(probability) - expected) < 2e-6)
    }
  }
}
