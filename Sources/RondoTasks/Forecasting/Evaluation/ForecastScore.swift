import RondoData

/// How good forecasts of several windows of series are.
public struct ForecastScore: Sendable, Equatable, Codable {
  /// sMAPE of the points in percent: the mean over the windows.
  public var smape: Double
  /// MASE of the points: the mean over the windows; nil if no history says what an error of one step is.
  public var mase: Double?
  /// The root of the mean squared error of the means, of all values.
  public var rmse: Double
  /// The mean absolute error of the points, of all values.
  public var mae: Double
  /// The weighted quantile loss of the deciles: twice the sum of all quantile losses over the sum of all sizes, the mean over the deciles;
  /// nil for forecasts without quantiles and for zeros.
  public var wql: Double?
  /// The mean scaled interval score of the interval of 95 %, the mean over the windows (M4); nil as for WQL and MASE.
  public var msis: Double?
  /// The share of values within the interval of 80 %; nil for forecasts without quantiles.
  public var coverage80: Double?
  /// The share of values within the interval of 95 %.
  public var coverage95: Double?
  /// The mean width of the interval of 80 %.
  public var width80: Double?
  /// The mean width of the interval of 95 %.
  public var width95: Double?
  /// The mean squared error of the means where each series is z-scored by what was trained on.
  public var standardizedMSE: Double?
  /// The mean absolute error of the points where each series is z-scored by what was trained on.
  public var standardizedMAE: Double?
  /// The number of windows with an actual value.
  public var windows: Int

  /// By what forecasts are called better or worse: MASE, or the mean absolute error where a history does not say what that is.
  var error: Double { mase ?? mae }

  /// How many windows of how many steps were looked at, in words.
  public func windowsText(horizon: Int) -> String {
    "\(counted(windows, "window")) of \(counted(horizon, "step"))"
  }
}

/// How good forecasts of one step of the horizon are.
public struct StepScore: Sendable, Equatable {
  /// The mean absolute error of the points.
  public var mae: Double
  /// The mean absolute error, each as a share of the error of one season in its history; nil if no history says what that is.
  public var mase: Double?
  /// The share of values within the interval of 80 %.
  public var coverage80: Double?
}

/// By what the errors of a series are divided.
struct ErrorScale: Sendable {
  /// What MASE divides by; nil if the history does not say.
  var season: Double?
  /// The standard deviation of what was trained on; nil if nothing was, or it does not change.
  var deviation: Double?

  /// - Parameters:
  ///   - history: All values before the first window.
  ///   - trained: How many of them were trained on.
  init(_ history: ArraySlice<Double>, season: Int, trained: Int) {
    self.season = ForecastError.scale(Array(history), season: season)
    let values = history.prefix(trained).filter { !$0.isNaN }
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
    deviation = variance > 0 ? variance.squareRoot() : nil
  }
}

/// Adds up how good forecasts are, window by window.
struct ForecastScoring: Sendable {
  private static let deciles = (1...9).map { Double($0) / 10 }

  /// Of the windows.
  private var (smape, mase, msis) = (Mean(), Mean(), Mean())
  /// Of the values.
  private var (squares, absolutes) = (Mean(), Mean())
  private var (standardizedSquares, standardizedAbsolutes) = (Mean(), Mean())
  /// Of the values whose quantiles were forecast.
  private var quantileSizes = Mean()
  private var (losses, inside80, inside95, width80, width95) = (Mean(), Mean(), Mean(), Mean(), Mean())
  /// Of the values of each step.
  private var steps: [(mae: Mean, mase: Mean, inside80: Mean)]
  /// Of each quantile the share of values below it.
  private var below: [Mean] = []
  private var probabilities: [Double] = []

  private struct Mean: Sendable {
    var (sum, count) = (0.0, 0)

    mutating func add(_ value: Double) {
      sum += value
      count += 1
    }

    mutating func add(_ other: Mean) {
      sum += other.sum
      count += other.count
    }

    var value: Double? { count == 0 ? nil : sum / Double(count) }
  }

  init(horizon: Int) { steps = Array(repeating: (Mean(), Mean(), Mean()), count: horizon) }

  /// Adds a window. Values that are missing do not count.
  mutating func add(_ forecast: QuantileForecast, actual: ArraySlice<Double>, _ scale: ErrorScale) {
    let points = forecast.points
    guard let error = ForecastError.smape(actual, points) else { return }
    smape.add(error)
    let isWide = forecast.hasQuantiles
    if isWide, below.isEmpty {
      probabilities = forecast.probabilities
      below = probabilities.map { _ in Mean() }
    }
    var (scaled, intervals) = (Mean(), Mean())
    for (step, value) in actual.enumerated() where step < points.count && !value.isNaN {
      let (distance, meanDistance) = (abs(value - points[step]), value - forecast.mean(step: step))
      squares.add(meanDistance * meanDistance)
      absolutes.add(distance)
      steps[step].mae.add(distance)
      if let season = scale.season {
        scaled.add(distance / season)
        steps[step].mase.add(distance / season)
      }
      if let deviation = scale.deviation {
        standardizedSquares.add(meanDistance * meanDistance / (deviation * deviation))
        standardizedAbsolutes.add(distance / deviation)
      }
      guard isWide else { continue }
      quantileSizes.add(abs(value))
      for decile in Self.deciles {
        let e = value - forecast.quantile(decile, step: step)
        losses.add(2 * max(decile * e, (decile - 1) * e))
      }
      let (low, high) = (forecast.quantile(0.1, step: step), forecast.quantile(0.9, step: step))
      let (least, most) = (forecast.quantile(0.025, step: step), forecast.quantile(0.975, step: step))
      let isInside: Double = low <= value && value <= high ? 1 : 0
      inside80.add(isInside)
      steps[step].inside80.add(isInside)
      inside95.add(least <= value && value <= most ? 1 : 0)
      width80.add(high - low)
      width95.add(most - least)
      if let season = scale.season {
        intervals.add((most - least + 40 * (max(0, least - value) + max(0, value - most))) / season)
      }
      for (index, bound) in forecast[step].enumerated() { below[index].add(value <= bound ? 1 : 0) }
    }
    if let value = scaled.value { mase.add(value) }
    if let value = intervals.value { msis.add(value) }
  }

  /// Adds what another has added up.
  mutating func add(_ other: ForecastScoring) {
    for path in [
      \ForecastScoring.smape, \.mase, \.msis, \.squares, \.absolutes, \.quantileSizes, \.standardizedSquares,
      \.standardizedAbsolutes, \.losses, \.inside80, \.inside95, \.width80, \.width95,
    ] {
      self[keyPath: path].add(other[keyPath: path])
    }
    for step in steps.indices {
      steps[step].mae.add(other.steps[step].mae)
      steps[step].mase.add(other.steps[step].mase)
      steps[step].inside80.add(other.steps[step].inside80)
    }
    if below.isEmpty {
      (below, probabilities) = (other.below, other.probabilities)
    } else {
      for index in other.below.indices { below[index].add(other.below[index]) }
    }
  }

  /// The score so far; nil if there was no actual value.
  var score: ForecastScore? {
    guard let smape = smape.value, let squares = squares.value, let mae = absolutes.value else { return nil }
    let size = losses.count > 0 ? quantileSizes.sum * Double(Self.deciles.count) : 0
    return ForecastScore(
      smape: smape, mase: mase.value, rmse: squares.squareRoot(), mae: mae,
      wql: size > 0 ? losses.sum / size : nil, msis: msis.value,
      coverage80: inside80.value, coverage95: inside95.value, width80: width80.value, width95: width95.value,
      standardizedMSE: standardizedSquares.value, standardizedMAE: standardizedAbsolutes.value,
      windows: self.smape.count)
  }

  /// The score of each step; nil for one without any actual value.
  var stepScores: [StepScore?] {
    steps.map { step in
      step.mae.value.map { StepScore(mae: $0, mase: step.mase.value, coverage80: step.inside80.value) }
    }
  }

  /// Of each quantile the probability, and the share of values that were not above it.
  var reliability: [(probability: Double, share: Double)] {
    zip(probabilities, below).compactMap { probability, mean in mean.value.map { (probability, $0) } }
  }
}
