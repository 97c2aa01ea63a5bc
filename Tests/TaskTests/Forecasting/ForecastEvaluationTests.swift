import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct ForecastEvaluationTests {
  private func forecast(_ steps: [[Double]]) -> QuantileForecast {
    QuantileForecast(probabilities: [0.025, 0.1, 0.5, 0.9, 0.975], steps: steps)
  }

  private func evaluation(
    _ series: [[Double]], _ forecasts: [QuantileForecast], horizon: Int, season: Int
  ) -> ForecastEvaluation {
    let named = series.enumerated().map { Series(name: "\($0)", values: $1) }
    var evaluation = ForecastEvaluation(named, horizon: horizon, season: season)
    evaluation.add(
      series.enumerated().map { .init(series: $0, origin: $1.count - horizon) },
      trained: series.map { _ in 3 },
      probabilities: forecasts[0].probabilities
    ) { places in places.map { forecasts[$0.series] } }
    return evaluation
  }

  @Test func measuresOfOneWindow() throws {
    // History 1, 3, 2, 6 of season 2: |2 − 1| and |6 − 3|, so an error of one step is 2.
    let series: [[Double]] = [[1, 3, 2, 6, 10, .nan, 20]]
    let forecasts = [forecast([[4, 6, 8, 12, 13], [0, 0, 0, 0, 0], [12, 13, 14, 16, 21]])]
    let evaluation = evaluation(series, forecasts, horizon: 3, season: 2)
    let comparison = try #require(evaluation.comparison)
    let score = comparison.model
    #expect(abs(score.smape - (200 * 2 / 18 + 200 * 6 / 34) / 2) < 1e-9)
    #expect(try abs(#require(score.mase) - 4 / 2) < 1e-9)
    // Squares are of the means.
    let means = [0, 2].map { forecasts[0].mean(step: $0) }
    let (first, last) = (10 - means[0], 20 - means[1])
    let squares: Double = first * first + last * last
    let rmse: Double = (squares / 2).squareRoot()
    #expect(abs(score.mae - 4) < 1e-9)
    #expect(abs(score.rmse - rmse) < 1e-9)
    // What was trained on, 1, 3 and 2, has a variance of two thirds.
    let standardized: Double = 0.75 * squares
    #expect(try abs(#require(score.standardizedMSE) - standardized) < 1e-9)
    let deviations: Double = 4 * 1.5.squareRoot()
    #expect(try abs(#require(score.standardizedMAE) - deviations) < 1e-9)
    #expect(try abs(#require(score.msis) - 4.5) < 1e-9)
    #expect(evaluation.byStep[0].steps.map { $0?.mae } == [2, nil, 6])
    #expect(evaluation.byStep[0].steps[2]?.mase == 3)
    #expect(
      evaluation.byStep.map(\.name) == ["this model"]
        + [ForecastBaseline].suited(toReturns: false).map(\.rawValue))
    #expect(evaluation.bySeries.map(\.name) == ["0"] && evaluation.bySeries[0].comparison == comparison)
    #expect(evaluation.reliability.map(\.share) == [0, 0, 0, 0.5, 1])
    #expect(score.coverage80 == 0.5 && score.coverage95 == 1 && score.windows == 1)
    #expect(score.width80 == 4.5 && score.width95 == 9)
    // The deciles … lie on the lines between the quantiles that are there.
    let deciles = (1...9).map { Double($0) / 10 }
    func loss(_ value: Double, _ step: Int) -> Double {
      deciles.map { p in
        let e = value - forecasts[0].quantile(p, step: step)
        return 2 * max(p * e, (p - 1) * e)
      }.reduce(0, +)
    }
    #expect(try abs(#require(score.wql) - (loss(10, 0) + loss(20, 2)) / 9 / 30) < 1e-12)
    let naive = try #require(comparison.baselines["naive"])
    #expect(abs(naive.mae - 9) < 1e-9 && naive.wql != nil)
    let drift = try #require(comparison.baselines["drift"])
    #expect(drift.wql == nil && drift.coverage80 == nil && drift.msis == nil)
    #expect(comparison.owa != nil)
  }

  @Test func nothingCameIsNoComparison() {
    let evaluation = evaluation([[1, 2, .nan]], [forecast([[1, 1, 1, 1, 1]])], horizon: 1, season: 1)
    #expect(evaluation.comparison == nil && evaluation.bySeries.isEmpty)
  }

  @Test func quantilesLieOnLines() {
    let forecast = forecast([[0, 1, 3, 4, 10]])
    #expect(forecast.quantile(0.5, step: 0) == 3 && abs(forecast.quantile(0.7, step: 0) - 3.5) < 1e-12)
    #expect(
      abs(forecast.quantile(0.025, step: 0)) < 1e-12 && abs(forecast.quantile(0.975, step: 0) - 10) < 1e-12)
    #expect(forecast.quantile(0.99, step: 0) > 10 && forecast.quantile(0.01, step: 0) < 0)
    #expect(forecast.medians == [3])
  }

  /// A window whose forecast is the value itself, in parts of 256 windows: each is compared with what came in it.
  @Test func manyWindowsAreComparedEachWithItsOwn() throws {
    let series = (0..<3).map { index in
      Series(name: "\(index)", values: (0..<400).map { Double(($0 * (7 + index)) % 101) })
    }
    var evaluation = ForecastEvaluation(series, horizon: 2, season: 4)
    let places = ForecastWindows(stride: 1, share: 0.5).places([400, 400, 1], horizon: 2)
    #expect(places.count == 2 * 199 && places[0].origin == 200 && places[198].origin == 398)
    evaluation.add(places, trained: [100, 100, 0], probabilities: [0.1, 0.5, 0.9]) { places in
      places.map { place in
        let values = series[place.series].values[place.origin...].prefix(2)
        return QuantileForecast(probabilities: [0.1, 0.5, 0.9], steps: values.map { [$0 - 1, $0, $0 + 1] })
      }
    }
    let comparison = try #require(evaluation.comparison)
    #expect(comparison.model.mae == 0 && comparison.model.windows == 398 && comparison.model.coverage80 == 1)
    #expect(evaluation.bySeries.count == 2)
    // The naive forecast of one step is off by the changes themselves.
    let naive = try #require(evaluation.byStep.first { $0.name == "naive" }?.steps[0]).mae
    let changes: [Double] = series[..<2].flatMap { series in
      (200...398).map { abs(series.values[$0] - series.values[$0 - 1]) }
    }
    #expect(abs(naive - changes.reduce(0, +) / Double(changes.count)) < 1e-9)
  }
}

@Suite struct ForecastWindowsTests {
  private func origins(_ windows: ForecastWindows, _ length: Int = 100, horizon: Int = 10) -> [Int] {
    windows.places([length], horizon: horizon).map(\.origin)
  }

  /// Several windows need room, and what the first is forecast from.
  @Test func windowsNeedRoom() throws {
    func count(_ windows: ForecastWindows, history: Int) throws -> Int {
      try windows.requiredPlaces([100, 30], horizon: 10, history: history).count { $0.series == 0 }
    }
    #expect(try count(ForecastWindows(count: 9), history: 10) == 9)
    #expect(throws: OptionError.self) { try count(ForecastWindows(count: 9), history: 11) }
    #expect(throws: OptionError.self) { try count(ForecastWindows(count: 10), history: 1) }
    #expect(try count(ForecastWindows(count: 2, stride: 50), history: 40) == 2)
    #expect(throws: OptionError.self) { try count(ForecastWindows(count: 2, stride: 50), history: 41) }
    // One window alone may have hardly anything before it, as a share of the end may.
    #expect(try count(ForecastWindows(count: 1), history: 1000) == 1)
    #expect(try count(ForecastWindows(share: 0.2), history: 1000) == 11)
    #expect(throws: OptionError.self) {
      try ForecastWindows().requiredPlaces([10], horizon: 10)
    }
  }

  @Test func windowsLieAtTheEnd() {
    #expect(origins(ForecastWindows(count: 3)) == [70, 80, 90])
    #expect(origins(ForecastWindows(count: 3, stride: 1)) == [88, 89, 90])
    #expect(origins(ForecastWindows(count: 30)) == Array(stride(from: 10, through: 90, by: 10)))
    #expect(origins(ForecastWindows(count: 2), 10) == [])
    #expect(origins(ForecastWindows(count: 3, share: 0.2)) == [80, 85, 90])
    #expect(origins(ForecastWindows(share: 0.2)) == Array(80...90))
    #expect(origins(ForecastWindows(stride: 4, share: 0.2)) == [82, 86, 90])
    #expect(origins(ForecastWindows(share: 0.01)) == [90])
    #expect(origins(ForecastWindows(share: 0.5), 10_000).count == 200)
  }
}
