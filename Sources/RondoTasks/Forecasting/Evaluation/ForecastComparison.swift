import RondoData

/// How good a forecaster is, beside what anybody would try first.
public struct ForecastComparison: Sendable, Equatable, Codable {
  /// The forecaster's score.
  public var model: ForecastScore
  /// The baselines' scores, by name.
  public var baselines: [String: ForecastScore]

  /// The mean of sMAPE and MASE, each as a share of Naive2's: the overall weighted average of the M4 competition.
  public var owa: Double? {
    guard let naive2 = baselines[ForecastBaseline.naive2.rawValue], let mase = model.mase,
      let other = naive2.mase, other > 0, naive2.smape > 0
    else { return nil }
    return (model.smape / naive2.smape + mase / other) / 2
  }

  /// The scores by name, the forecaster's first, then the baselines from the best sMAPE on.
  public var ranked: [(name: String, score: ForecastScore)] {
    let others = baselines.sorted { ($0.value.smape, $0.key) < ($1.value.smape, $1.key) }
    return [("this model", model)] + others.map { ($0.key, $0.value) }
  }
}
