import RondoData

/// How good a forecaster is, beside what anybody would try first.
public struct ForecastComparison: Sendable, Equatable, Codable {
  /// The forecaster's score.
  public var model: ForecastScore
  /// The baselines' scores, by name.
  public var baselines: [String: ForecastScore]

  /// The forecaster's overall weighted average.
  public var owa: Double? { owa(of: model) }

  /// The mean of sMAPE and MASE, each as a share of Naive2's: the overall weighted average of the M4 competition.
  public func owa(of score: ForecastScore) -> Double? {
    guard let naive2 = baselines[ForecastBaseline.naive2.rawValue], let mase = score.mase,
      let other = naive2.mase, other > 0, naive2.smape > 0
    else { return nil }
    return (score.smape / naive2.smape + mase / other) / 2
  }

  /// The baseline with the least error.
  public var best: (name: String, score: ForecastScore)? {
    baselines.min { ($0.value.error, $0.key) < ($1.value.error, $1.key) }.map { ($0.key, $0.value) }
  }

  /// Whether what is forecast are returns: of what lies about zero, an error in percent says nothing.
  public var areReturns: Bool { baselines[ForecastBaseline.randomWalk.rawValue] != nil }

  /// The scores by name, the forecaster's first, then the baselines from the best sMAPE on, of returns from the best mean absolute error on.
  public var ranked: [(name: String, score: ForecastScore)] {
    func error(_ score: ForecastScore) -> Double { areReturns ? score.mae : score.smape }
    let others = baselines.sorted { (error($0.value), $0.key) < (error($1.value), $1.key) }
    return [("this model", model)] + others.map { ($0.key, $0.value) }
  }
}
