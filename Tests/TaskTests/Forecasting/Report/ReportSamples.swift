import RondoData
import RondoTasks

/// Reports for tests.
enum ReportSamples {
  static let probabilities = [0.025, 0.1, 0.5, 0.9, 0.975]

  /// A forecast with intervals of one and two units on each side.
  static func forecast(_ medians: [Double], unit: Double = 1) -> QuantileForecast {
    QuantileForecast(
      probabilities: probabilities,
      steps: medians.map { [$0 - 2 * unit, $0 - unit, $0, $0 + unit, $0 + 2 * unit] })
  }

  /// A series whose values rise by one, and a forecast that goes on.
  static func panel(_ name: String = "ramp", count: Int = 48, horizon: Int = 12) -> ForecastPanel {
    var panel = ForecastPanel(
      name: name, values: (0..<count).map { Double($0) }, unit: "MW",
      start: Timestamp(year: 2024, month: 2, day: 28), frequency: .seconds(3600))
    panel.forecast = .init(
      origin: count, forecast: forecast((0..<horizon).map { Double(count + $0) }))
    return panel
  }

  /// A report that has all parts.
  static func full() -> ForecastReport {
    var report = ForecastReport(title: "Load")
    report.summary = ["Better than all.", "By far."]
    report.facts = [.init("File", "load.csv", isCode: true), .init("Horizon", "12 steps")]
    report.notes = ["A value is missing."]
    var panel = panel()
    panel.backtests = [.init(origin: 24, forecast: forecast((0..<12).map { Double(24 + $0) }))]
    panel.anomalies = [3]
    panel.values[10] = .nan
    report.panels = [panel, ForecastPanel(name: "bare", values: [1, 2, 3])]
    report.scores = ScoreTable(
      columns: [.init("sMAPE", meaning: "percent"), .init("in 80 %", best: .nearest(0.8), isShare: true)],
      rows: [.init("this model", [3.21, 0.79]), .init("naive", [5, nil]), .init("ets", [4.5, 0.99])])
    report.errorByStep = [
      .init(name: "this model", values: [1, 2, .nan, 4]), .init(name: "naive", values: [2, 3, 4, 5]),
    ]
    report.calibration = [
      .init(name: "now", points: [.init(0.1, 0.11), .init(0.9, 0.88)]),
      .init(name: "before", points: [.init(0.1, 0.2), .init(0.9, 0.8)]),
    ]
    report.training = [.init(name: "member 1", points: [.init(100, 1), .init(200, 0.5)])]
    report.worst = [.init(name: "bad", smape: 20, mase: nil)]
    report.best = [.init(name: "good", smape: 1, mase: 0.1)]
    return report
  }
}
