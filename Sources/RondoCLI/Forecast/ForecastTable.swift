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
        + "     \(comparison.areReturns ? "  MAE" : "sMAPE")      MASE       OWA       WQL   in 80 %   in 95 %"
    ]
    for (name, score) in comparison.ranked {
      let point = comparison.areReturns ? cell(score.mae, "%.5f") : cell(score.smape)
      let cells = [
        point, cell(score.mase), cell(comparison.owa(of: score)), cell(score.wql, "%.4f"),
        share(score.coverage80), share(score.coverage95),
      ]
      let filled = cells.prefix(1 + (cells.lastIndex { $0.contains { $0 != " " } } ?? 0))
      lines.append("  " + name.padding(toLength: 15, withPad: " ", startingAt: 0) + filled.joined())
    }
    return lines.joined(separator: "\n")
  }

  /// All measures, overall, of each step and each series; `baselines` by name.
  static func json(_ evaluation: ForecastEvaluation) -> JSON {
    guard let comparison = evaluation.comparison,
      case .object(var object) = json(comparison, season: evaluation.season)
    else { return .null }
    object["by_step"] = .object(
      evaluation.byStep.reduce(into: JSON.Object()) { object, method in
        object[method.name == "this model" ? "model" : method.name] = .object([
          "mae": .array(method.steps.map { number($0?.mae) }),
          "mase": .array(method.steps.map { number($0?.mase) }),
          "coverage_80": .array(method.steps.map { number($0?.coverage80) }),
        ])
      })
    object["reliability"] = .array(
      evaluation.reliability.map { .array([.number($0.probability), .number($0.share)]) })
    object["by_series"] = .object(
      evaluation.bySeries.reduce(into: JSON.Object()) {
        $0[free($1.name, in: $0)] = json($1.comparison, season: evaluation.season)
      })
    return .object(object)
  }

  /// What forecasts of returns say of prices.
  static func json(_ prices: [PriceComparison]) -> JSON {
    .object(
      prices.reduce(into: JSON.Object()) { object, price in
        object[free(price.name, in: object)] = .object([
          "level_mae": .number(price.levelError), "random_walk_mae": .number(price.randomWalkError),
          "qlike": .number(price.qlike), "ewma_qlike": .number(price.ewmaQLIKE),
          "garch_qlike": .number(price.garchQLIKE), "steps": .integer(price.steps),
        ])
      })
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
    return [
      "smape": .number(score.smape), "mase": number(score.mase), "rmse": .number(score.rmse),
      "mae": .number(score.mae),
      "wql": number(score.wql), "coverage_80": number(score.coverage80),
      "coverage_95": number(score.coverage95),
      "width_80": number(score.width80), "width_95": number(score.width95),
      "msis": number(score.msis), "standardized_mse": number(score.standardizedMSE),
      "standardized_mae": number(score.standardizedMAE), "windows": .integer(score.windows),
    ]
  }

  /// The name, or with a number behind it if another series has it.
  private static func free(_ name: String, in object: JSON.Object) -> String {
    guard object[name] != nil else { return name }
    return (2...).lazy.map { "\(name) (\($0))" }.first { object[$0] == nil }!
  }

  private static func number(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }
}
