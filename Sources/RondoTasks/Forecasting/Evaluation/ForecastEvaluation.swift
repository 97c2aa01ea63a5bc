import RondoCore
import RondoData
import Synchronization

/// Compares forecasts of windows with what came, and with what the baselines forecast of the same windows.
///
/// The baselines are fitted to what is before the first window of a series, and then take its values as they come without being fitted anew,
/// as a network does that was trained before. Forecasts are looked at in parts and not kept.
public struct ForecastEvaluation: Sendable {
  /// How good the model and the baselines are for one series, or for all.
  private struct Scorings: Sendable {
    var model: ForecastScoring
    var baselines: [ForecastScoring]

    init(horizon: Int, baselines: Int) {
      model = ForecastScoring(horizon: horizon)
      self.baselines = Array(repeating: model, count: baselines)
    }

    mutating func add(_ other: Scorings) {
      model.add(other.model)
      for index in baselines.indices { baselines[index].add(other.baselines[index]) }
    }

    func comparison(_ kinds: [ForecastBaseline]) -> ForecastComparison? {
      guard let model = model.score else { return nil }
      var comparison = ForecastComparison(model: model, baselines: [:])
      for (baseline, scoring) in zip(kinds, baselines) {
        comparison.baselines[baseline.rawValue] = scoring.score
      }
      return comparison
    }
  }

  /// The season by which errors are scaled, in steps.
  public let season: Int
  private let horizon: Int
  private let kinds: [ForecastBaseline]
  private let series: [Series]
  /// Of the series that have windows: there may be very many others.
  private var scorings: [Int: Scorings] = [:]

  /// An evaluation without any window yet.
  package init(
    _ series: [Series], horizon: Int, season: Int,
    baselines: [ForecastBaseline] = .suited(toReturns: false)
  ) {
    (self.series, self.horizon, self.season, kinds) = (series, horizon, season, baselines)
  }

  /// Adds windows.
  ///
  /// - Parameters:
  ///   - places: The windows, those of a series side by side, the oldest first.
  ///   - trained: For each series how many of its values were trained on.
  ///   - probabilities: The quantiles that the forecasts have.
  ///   - forecasts: The forecasts of some of the windows.
  package mutating func add(
    _ places: [WindowBatch.Place], trained: [Int], probabilities: [Double],
    _ forecasts: ([WindowBatch.Place]) throws -> [QuantileForecast]
  ) rethrows {
    var (groups, begin) = ([Range<Int>](), 0)
    while begin < places.count {
      let end = places[begin...].firstIndex { $0.series != places[begin].series } ?? places.count
      groups.append(begin..<end)
      begin = end
    }
    let scales = Dictionary(
      uniqueKeysWithValues: groups.map { group in
        let place = places[group.lowerBound]
        return (
          place.series,
          ErrorScale(
            series[place.series].values[..<place.origin], season: season, trained: trained[place.series])
        )
      })
    let part = 256
    let none = Scorings(horizon: horizon, baselines: kinds.count)
    for first in stride(from: 0, to: places.count, by: part) {
      let some = Array(places[first..<min(first + part, places.count)])
      for (place, forecast) in zip(some, try forecasts(some)) {
        scorings[place.series, default: none].model.add(
          forecast, actual: actual(place), scales[place.series]!)
      }
    }

    // Each baseline of each series by itself: one walk through its windows.
    let kinds = kinds
    let results = Mutex([ForecastScoring?](repeating: nil, count: groups.count * kinds.count))
    Parallel.rows(groups.count * kinds.count, minimumPerPart: 1) { range in
      for index in range {
        let windows = places[groups[index / kinds.count]]
        let scale = scales[windows.first!.series]!
        let scoring = score(kinds[index % kinds.count], windows, scale, probabilities)
        results.withLock { $0[index] = scoring }
      }
    }
    for (index, scoring) in results.withLock({ $0 }).enumerated() {
      let place = places[groups[index / kinds.count].lowerBound]
      scorings[place.series, default: none].baselines[index % kinds.count].add(scoring!)
    }
  }

  private func score(
    _ kind: ForecastBaseline, _ windows: ArraySlice<WindowBatch.Place>, _ scale: ErrorScale,
    _ probabilities: [Double]
  ) -> ForecastScoring {
    let values = series[windows.first!.series].values
    var time = windows.first!.origin
    var baseline = kind.fitted(
      Array(values[..<time]), season: season, horizon: horizon, probabilities: probabilities)
    var scoring = ForecastScoring(horizon: horizon)
    for window in windows {
      while time < window.origin {
        baseline.observe(values[time])
        time += 1
      }
      scoring.add(baseline.forecast(horizon), actual: actual(window), scale)
    }
    return scoring
  }

  private func actual(_ place: WindowBatch.Place) -> ArraySlice<Double> {
    let values = series[place.series].values
    return values[place.origin..<min(values.count, place.origin + horizon)]
  }

  // MARK: Results

  /// In the order of the series.
  private var ofSeries: [(index: Int, scorings: Scorings)] {
    scorings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private var all: Scorings {
    ofSeries.reduce(into: Scorings(horizon: horizon, baselines: kinds.count)) { $0.add($1.scorings) }
  }

  /// The scores of all windows; nil if no value came in any.
  public var comparison: ForecastComparison? { all.comparison(kinds) }

  /// The scores of each series of which a value came, by its name.
  public var bySeries: [(name: String, comparison: ForecastComparison)] {
    ofSeries.compactMap { index, scorings in
      scorings.comparison(kinds).map { (series[index].name, $0) }
    }
  }

  /// The scores of each step of the horizon, nil for one without any actual value: the model's first, then the baselines'.
  public var byStep: [(name: String, steps: [StepScore?])] {
    let all = all
    return [("this model", all.model.stepScores)]
      + zip(kinds, all.baselines).map { ($0.rawValue, $1.stepScores) }
  }

  /// Of each quantile that the model forecasts its probability, and the share of values that were not above it.
  public var reliability: [(probability: Double, share: Double)] { all.model.reliability }
}
