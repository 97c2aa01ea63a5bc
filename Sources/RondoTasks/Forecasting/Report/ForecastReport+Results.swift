import Foundation
import RondoData
import RondoTraining

extension ForecastReport {
  /// The report of a forecast, of a backtest before it, or of both.
  ///
  /// - Parameters:
  ///   - files: Where the series came from.
  ///   - forecaster: What made the forecasts; nil for a backtest alone.
  ///   - forecasts: Of each series.
  ///   - backtest: What was forecast of times that have passed.
  ///   - notes: What a person should know, a sentence each.
  ///   - command: What was typed.
  public init(
    files: [String], _ data: SeriesData, forecaster: Forecaster?, _ forecasts: [QuantileForecast],
    backtest: (run: ForecastBacktest, result: ForecastBacktest.Result)?, notes: [String], command: String
  ) {
    let settings = forecaster?.config.settings ?? backtest?.run.settings ?? ForecastSettings()
    let horizon = settings.forecast.horizon
    let names = files.map { $0 == "-" ? "standard input" : URL(fileURLWithPath: $0).lastPathComponent }
    let isForecast = !forecasts.isEmpty
    self.init(
      title: "\(isForecast ? "The next \(horizon) steps" : "A backtest of \(horizon) steps") of "
        + (data.series.count == 1
          ? names[0] : "\(data.series.count) series of \(names.joined(separator: ", "))"))
    summary = backtest.map { Self.verdict($0.result, horizon: horizon) } ?? []
    self.notes = notes
    let valueCount = data.series.reduce(0) { $0 + $1.values.count { !$0.isNaN } }
    let missing = data.series.reduce(0) { $0 + $1.values.count(where: \.isNaN) }
    facts = [
      Fact("file", names.joined(separator: ", "), isCode: true),
      Fact(
        "series", "\(data.series.count), \(valueCount) values" + (missing > 0 ? ", \(missing) missing" : "")),
    ]
    if let frequency = data.frequency { facts.append(Fact("a step is", frequency.words)) }
    if let season = forecaster?.config.season ?? backtest?.run.season, season > 1 {
      facts.append(Fact("season", "\(season) steps"))
    }
    facts.append(
      Fact(
        "model",
        "\(counted(settings.forecast.members, "network")): \(settings.networkSummary)"))
    if let run = forecaster?.config.run {
      facts.append(Fact("trained", "\(run.steps) steps in \(DurationText.short(run.seconds))"))
    }
    facts.append(Fact("command", command, isCode: true))
    panels = Self.panels(data, forecasts, backtest?.result, horizon: horizon)
    guard let evaluation = backtest?.result.evaluation else { return }
    scores = evaluation.comparison.map { ScoreTable($0) }
    addSteps(evaluation)
    if !evaluation.reliability.isEmpty {
      calibration = [
        Curve(
          name: "this model", points: evaluation.reliability.map { Curve.Point($0.probability, $0.share) })
      ]
    }
    func rank(_ comparison: ForecastComparison) -> Double {
      comparison.areReturns ? comparison.model.mase ?? comparison.model.mae : comparison.model.smape
    }
    let ranked = evaluation.bySeries.sorted {
      (rank($0.comparison), $0.name) < (rank($1.comparison), $1.name)
    }.map {
      SeriesScore(
        name: $0.name, smape: $0.comparison.areReturns ? nil : $0.comparison.model.smape,
        mase: $0.comparison.model.mase)
    }
    if ranked.count > 3 {
      let count = min(5, ranked.count / 2)
      (best, worst) = (Array(ranked.prefix(count)), Array(ranked.suffix(count).reversed()))
    }
  }

  private mutating func addSteps(_ evaluation: ForecastEvaluation) {
    let best = evaluation.comparison?.best?.name
    let byStep = evaluation.byStep.filter {
      ["this model", "seasonal-naive", "naive", "random-walk", "ets", best].contains($0.name)
    }
    let hasScale = byStep.allSatisfy { $0.steps.allSatisfy { $0 == nil || $0?.mase != nil } }
    errorName = hasScale ? "mean absolute scaled error" : "mean absolute error"
    guard byStep.contains(where: { $0.steps.count > 1 }) else { return }
    errorByStep = byStep.map { name, steps in
      Curve(name: name, values: steps.map { (hasScale ? $0?.mase : $0?.mae) ?? .nan })
    }
  }

  /// A dozen series at most, evenly spread; those first of which windows were kept.
  private static func panels(
    _ data: SeriesData, _ forecasts: [QuantileForecast], _ backtest: ForecastBacktest.Result?, horizon: Int
  ) -> [ForecastPanel] {
    let most = 12
    let kept = Set(backtest?.examples.map(\.series) ?? [])
    let shown =
      kept.isEmpty
      ? Array(data.series.indices).evenlySpread(most)
      : Array(kept.sorted().prefix(most))
    return shown.map { index in
      let series = data.series[index]
      let windows = backtest?.examples.filter { $0.series == index } ?? []
      let earliest = windows.map(\.origin).min() ?? series.values.count
      var panel = ForecastPanel(
        series, frequency: data.frequency, unit: data.prices == nil ? nil : "log return",
        forecast: forecasts.indices.contains(index) ? forecasts[index] : nil)
      panel.firstShown = max(0, min(earliest - horizon, series.values.count - 5 * horizon))
      panel.backtests = windows.map { .init(origin: $0.origin, forecast: $0.forecast) }
      return panel
    }
  }

  /// How good the forecasts of a backtest are, in plain words.
  public static func verdict(_ result: ForecastBacktest.Result, horizon: Int) -> [String] {
    verdict(result.evaluation, horizon: horizon) + PriceComparison.verdict(result.prices)
  }

  /// How good forecasts are, in plain words.
  public static func verdict(_ evaluation: ForecastEvaluation, horizon: Int) -> [String] {
    guard let comparison = evaluation.comparison else { return [] }
    let measure = comparison.model.mase == nil ? "mean absolute error" : "MASE"
    let model = comparison.model
    var sentences: [String] = []
    let windows = "\(model.windowsText(horizon: horizon)) that it had not seen"
    if let best = comparison.best {
      let (own, other) = (model.error, best.score.error)
      let figures = String(format: "%.3g against %.3g", own, other)
      let percent = String(format: "%.1f %%", 100 * abs(own / other - 1))
      if other == 0 {
        sentences.append(
          "On \(windows), \(best.name) makes no error at all, and the model \(own == 0 ? "neither" : "does"): there is nothing to learn here."
        )
      } else if own < 0.98 * other {
        sentences.append(
          "On \(windows), the model's error is \(percent) smaller than that of the best baseline, \(best.name) (\(measure) \(figures))."
        )
      } else if own <= 1.02 * other {
        sentences.append(
          "On \(windows), the model is as good as the best baseline, \(best.name) (\(measure) \(figures)): there is little to gain from a network here."
        )
      } else {
        sentences.append(
          "On \(windows), \(best.name) is better than the model, whose error is \(percent) larger (\(measure) \(figures)): a network does not pay here, or it needs more time or more series."
        )
      }
    }
    let rivals = comparison.baselines.compactMap { name, score in score.wql.map { (name: name, wql: $0) } }
    if let own = model.wql, let best = rivals.min(by: { ($0.wql, $0.name) < ($1.wql, $1.name) }), best.wql > 0
    {
      let change = String(format: "%.1f %%", 100 * abs(own / best.wql - 1))
      let figures = String(format: "WQL %.3g against %.3g", own, best.wql)
      sentences.append(
        "By the whole distribution it is \(change) \(own < best.wql ? "better" : "worse") than \(best.name) (\(figures))."
      )
    }
    if let in80 = model.coverage80, let in95 = model.coverage95 {
      sentences.append(
        String(
          format: "Its intervals of 80 %% held %.1f %% of the values, those of 95 %% held %.1f %%.",
          100 * in80,
          100 * in95))
    }
    return sentences
  }
}
