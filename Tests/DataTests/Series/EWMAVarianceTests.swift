import Foundation
import RondoData
import RondoTestSupport
import Testing

@Suite struct EWMAVarianceTests {
  @Test func goesOnAsItsEquationSays() {
    let variances = EWMAVariance(decay: 0.5).variances([2, -4, .nan, 0], start: 1)
    #expect(variances == [1, 2.5, 9.25, 9.25, 4.625])
  }

  /// Without a start: the first squares, weights halving.
  @Test func beginsWithTheFirstSquares() {
    #expect(EWMAVariance(decay: 0.5).variances([.nan, 1, 2])[0] == (1 + 0.5 * 4) / 1.5)
    #expect(EWMAVariance().variances([]) == [0])
  }

  @Test(.needsData) func agreesWithArch() throws {
    let expected = try Fixtures.safeTensors("garch_fixtures").doubles("ewma")
    let returns = try StockReturns.percent()
    let variances = EWMAVariance().variances(returns)
    // The last one is of the step after the end.
    #expect(relativeError(Array(variances.dropLast().suffix(expected.count)), expected) < 1e-9)
  }
}

/// The S&P 500 as the fixtures have it.
enum StockReturns {
  /// 100 log(p_t / p_{t−1}) of the days of trade.
  static func percent() throws -> [Double] {
    var reading = SeriesReading()
    reading.targets = ["Adj Close"]
    let table = try SeriesFile.read(DataSets.path("time-series/stocks/sp500.csv"), reading)
    let prices = table.series[0].values.filter { !$0.isNaN }
    return zip(prices.dropFirst(), prices).map { 100 * log($0 / $1) }
  }
}
