import Foundation
import RondoTasks
import Testing

@Suite struct ScoreTableTests {
  private func table(_ values: [Double?], best: ScoreTable.Column.Best? = .lowest, isShare: Bool = false)
    -> ScoreTable
  {
    ScoreTable(
      columns: [.init("score", best: best, isShare: isShare)],
      rows: values.enumerated().map { .init("\($0)", [$1]) })
  }

  @Test func theBestIsTheLowestOrTheNearest() {
    #expect(table([3, 1, 2]).bestRows(0) == [1])
    #expect(table([0.99, 0.7, 0.82], best: .nearest(0.8), isShare: true).bestRows(0) == [2])
    #expect(table([3, nil, 4, .nan]).bestRows(0) == [0])
    #expect(table([3, 1], best: nil).bestRows(0) == [])
  }

  @Test func whatLooksAlikeIsAsGood() {
    #expect(table([1.2341, 1.2339, 9]).bestRows(0) == [0, 1])
    // All alike: none is the best.
    #expect(table([2, 2, 2]).bestRows(0) == [] && table([]).bestRows(0) == [])
    #expect(table([nil, nil]).bestRows(0) == [])
  }

  @Test func decimalsSuitTheColumn() {
    #expect(table([0.5, 12]).texts(0) == ["0.500", "12.000"])
    #expect(table([3.214, 13.2, nil]).texts(0) == ["3.21", "13.20", nil])
    #expect(table([12345, 678]).texts(0) == ["12\u{2009}345", "678"])
    #expect(table([1e-9, 2]).texts(0) == ["1e-9", "2"])
    #expect(table([0.8, 1], isShare: true).texts(0) == ["80.0\u{202F}%", "100.0\u{202F}%"])
  }

  @Test func ofAComparison() throws {
    let model =
      #""smape": 3, "rmse": 2, "mae": 1, "wql": 0.1, "coverage80": 0.8, "coverage95": 0.9, "windows": 1"#
    let naive = #""smape": 5, "rmse": 2, "mae": 1, "windows": 1"#
    let json = "{\"model\": {\(model)}, \"baselines\": {\"naive\": {\(naive)}}}"
    let table = ScoreTable(try JSONDecoder().decode(ForecastComparison.self, from: Data(json.utf8)))
    // None has a MASE.
    #expect(table.columns.map(\.name) == ["sMAPE", "RMSE", "MAE", "WQL", "in 80 %", "in 95 %"])
    #expect(table.rows.map(\.name) == ["this model", "naive"])
    #expect(table.rows[1].values == [5, 2, 1, nil, nil, nil])
  }
}
