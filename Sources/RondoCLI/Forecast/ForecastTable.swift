import Foundation
import RondoData
import RondoTasks

/// A comparison of forecasts, for people and for programs.
enum ForecastTable {
  /// A line for the model and each baseline.
  static func text(_ comparison: ForecastComparison, season: Int) -> String {
    func cell(_ value: Double?, _ format: String = "%.3f") -> String {
      let text = value.map { String(format: format, $0) } ?? ""
      return String(repeating: " ", count: max(0, 10 - text.count)) + text
    }
    func share(_ value: Double?) -> String { cell(value.map { 100 * $0 }, "%.1f %%") }
    var lines = [
      "  season \(season)".padding(toLength: 17, withPad: " ", startingAt: 0)
        + "     sMAPE      MASE       WQL in 80 %    in 95 %"
    ]
    for (name, score) in comparison.ranked {
      lines.append(
        "  " + name.padding(toLength: 15, withPad: " ", startingAt: 0) + cell(score.smape) + cell(score.mase)
          + cell(score.wql, "%.4f") + share(score.coverage80) + " " + share(score.coverage95))
    }
    return lines.joined(separator: "\n")
  }

  /// All measures; `baselines` by name.
  static func json(_ comparison: ForecastComparison, season: Int) -> JSON {
    var object = object(comparison.model)
    object["owa"] = comparison.owa.map(JSON.number) ?? .null
    object["season"] = .integer(season)
    var baselines = JSON.Object()
    for (name, score) in comparison.ranked.dropFirst() { baselines[name] = .object(Self.object(score)) }
    object["baselines"] = .object(baselines)
    return .object(object)
  }

  private static func object(_ score: ForecastScore) -> JSON.Object {
    func number(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }
    return [
      "smape": .number(score.smape), "mase": number(score.mase), "rmse": .number(score.rmse),
      "mae": .number(score.mae),
      "wql": number(score.wql), "coverage_80": number(score.coverage80),
      "coverage_95": number(score.coverage95),
      "width_80": number(score.width80), "width_95": number(score.width95),
      "windows": .integer(score.windows),
    ]
  }
}
