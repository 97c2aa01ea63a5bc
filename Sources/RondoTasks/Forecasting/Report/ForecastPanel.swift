import RondoData

/// A series of a report, with its forecast, or with forecasts of times that have passed.
public struct ForecastPanel: Sendable {
  /// A forecast and where it begins.
  public struct Window: Sendable, Equatable {
    /// The step that the forecast's first step is.
    public var origin: Int
    /// The forecast.
    public var forecast: QuantileForecast

    public init(origin: Int, forecast: QuantileForecast) {
      (self.origin, self.forecast) = (origin, forecast)
    }

    /// The first step after it.
    var end: Int { origin + forecast.stepCount }
  }

  /// What the series is called.
  public var name: String
  /// What its values are measured in.
  public var unit: String?
  /// The time of step 0, if times are known.
  public var start: Timestamp?
  /// How far steps are apart, if times are known.
  public var frequency: Frequency?
  /// The values from step 0 on; NaN where one is missing.
  public var values: [Double]
  /// What may come.
  public var forecast: Window?
  /// Forecasts of steps whose values are known by now.
  public var backtests: [Window] = []
  /// Steps that stand out.
  public var anomalies: [Int] = []
  /// The first step that is shown.
  public var firstShown = 0

  /// A series by itself.
  public init(
    name: String, values: [Double], unit: String? = nil, start: Timestamp? = nil, frequency: Frequency? = nil
  ) {
    (self.name, self.values, self.unit) = (name, values, unit)
    (self.start, self.frequency) = (start, frequency)
  }

  /// A series and the forecast of what follows it.
  ///
  /// - Parameter shown: How many of the last values are shown; all if nil.
  public init(
    _ series: Series, frequency: Frequency?, unit: String? = nil, forecast: QuantileForecast? = nil,
    shown: Int? = nil
  ) {
    self.init(
      name: series.name, values: series.values, unit: unit, start: series.start, frequency: frequency)
    self.forecast = forecast.map { Window(origin: series.values.count, forecast: $0) }
    if let shown { firstShown = max(0, values.count - shown) }
  }
}

extension ForecastPanel {
  /// The first and the last step that are shown; nil if there is none.
  var shownSteps: ClosedRange<Int>? {
    let end = max(values.count, forecast?.end ?? 0, backtests.map(\.end).max() ?? 0)
    let first = max(0, firstShown)
    return first < end ? first...(end - 1) : nil
  }

  /// The windows that can be told apart in a picture, in the order of time: where some overlap, the later ones.
  var shownBacktests: [Window] {
    var chosen: [Window] = []
    for window in backtests.sorted(by: { $0.origin > $1.origin })
    where window.end > firstShown && window.forecast.stepCount > 0 && window.origin >= 0 {
      if let next = chosen.last, window.end > next.origin { continue }
      chosen.append(window)
    }
    return chosen.reversed()
  }

  /// When steps are, if times are known.
  var clock: StepClock? {
    guard let start, let frequency, let shownSteps else { return nil }
    return StepClock(start: start, frequency: frequency, lastStep: shownSteps.upperBound)
  }

  /// The value of a step; nil if it is missing.
  func value(_ step: Int) -> Double? {
    values.indices.contains(step) && values[step].isFinite ? values[step] : nil
  }
}
