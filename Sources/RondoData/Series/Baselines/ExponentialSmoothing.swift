import Foundation

/// Exponential smoothing with a trend and a season or without: the state space models with additive errors.
///
///     e_t = y_t − (l + φ b) ∘ s          with s the season's state of m steps before, ∘ + or · or, without a season, nothing
///     l ← l + φ b + α e,  b ← φ b + β e,  s ← s + γ e
///
/// (for a multiplicative season the errors of l and b are divided by s, that of s by l + φ b). The smoothing weights minimise the squared errors of
/// one step within 0 < β < α < 1, γ < 1 − α and 0.8 ≤ φ ≤ 0.98; states begin as the first seasons have them.
///
/// Hyndman, Koehler, Ord and Snyder 2008, DOI 10.1007/978-3-540-71918-2.
public struct ExponentialSmoothing: Sendable {
  /// How a series goes on beside its season.
  public enum Trend: CaseIterable, Sendable {
    /// On the level of its end.
    case none
    /// On along its slope (Holt).
    case linear
    /// On along a slope that becomes flatter.
    case damped
  }

  /// How a season changes a series.
  public enum Season: CaseIterable, Sendable {
    /// Not at all.
    case none
    /// By what it adds.
    case additive
    /// By what it multiplies with.
    case multiplicative
  }

  /// The trend that was chosen.
  public let trend: Trend
  /// The season that was chosen.
  public let season: Season
  /// Akaike's criterion, corrected for few values.
  public let aicc: Double
  private let weights: Weights
  private var state: State
  private let variance: Double
  private let period: Int

  private struct Weights {
    var (alpha, beta, gamma, phi) = (0.0, 0.0, 0.0, 1.0)
  }

  private struct State {
    var level: Double
    var slope = 0.0
    /// Of each place in the season.
    var seasons: [Double] = []
    /// The next step's place.
    var place = 0

    /// Takes the next value, and returns how far it was from what the states said.
    @inline(__always)
    mutating func advance(_ value: Double, _ weights: Weights, _ trend: Trend, _ season: Season) -> Double {
      let line = level + (trend == .none ? 0 : weights.phi * slope)
      var factor = 1.0
      let error: Double
      switch season {
      case .none: error = value - line
      case .additive:
        error = value - line - seasons[place]
        seasons[place] += weights.gamma * error
      case .multiplicative:
        factor = seasons[place]
        error = value - line * factor
        if line != 0 { seasons[place] += weights.gamma * error / line }
      }
      let share = factor != 0 ? error / factor : 0
      level = line + weights.alpha * share
      if trend != .none { slope = weights.phi * slope + weights.beta * share }
      if season != .none { place = place + 1 == seasons.count ? 0 : place + 1 }
      return error
    }
  }

  /// Fits every model that a series is long enough for and keeps the one of the least AICc.
  ///
  /// - Parameters:
  ///   - values: At least one, none of them missing. Of a long series the latest 2,000 values, or ten seasons if that is more, are used.
  ///   - period: Steps of a season, 1 for none.
  public init(choosingFor values: [Double], period: Int) {
    self = Self.chosen(for: values, period: period).best
  }

  /// The best model of those that a series is long enough for, and the best of those that values of any sign suit.
  static func chosen(
    for values: [Double], period: Int
  ) -> (best: ExponentialSmoothing, ofAnySign: ExponentialSmoothing) {
    precondition(
      !values.isEmpty && period > 0, "ExponentialSmoothing: \(values.count) values, a season of \(period)")
    let values = Array(values.suffix(max(2000, 10 * period)))
    let hasSeason = period > 1 && values.count >= 2 * period + 3
    var (best, ofAnySign): (ExponentialSmoothing?, ExponentialSmoothing?)
    for season in Season.allCases where season == .none || hasSeason {
      if season == .multiplicative, values.contains(where: { $0 <= 0 }) { continue }
      for trend in Trend.allCases where trend == .none || values.count > 5 {
        let candidate = ExponentialSmoothing(values, trend, season, period)
        if candidate.aicc < best?.aicc ?? .infinity || best == nil { best = candidate }
        if season != .multiplicative { ofAnySign = best }
      }
    }
    return (best!, ofAnySign!)
  }

  /// Fits one model. A series must have two seasons for a model with a season.
  public init(_ values: [Double], _ trend: Trend, _ season: Season, _ period: Int) {
    (self.trend, self.season) = (trend, season)
    self.period = season == .none ? 1 : period
    let initial = Self.start(values, trend, season, self.period)
    let count = 1 + (trend == .none ? 0 : 1) + (season == .none ? 0 : 1) + (trend == .damped ? 1 : 0)
    func error(_ point: [Double]) -> Double {
      Self.run(values, initial, Self.weights(point, trend, season), trend, season).error
    }
    // α of 0.3, β and γ of small shares of what is left to them, φ of 0.96.
    let start =
      [-0.85] + (trend == .none ? [] : [-2.2]) + (season == .none ? [] : [-2.2])
      + (trend == .damped ? [2.2] : [])
    let point = NelderMead.minimum(from: start, step: 1, evaluations: 60 * count, error)
    weights = Self.weights(point, trend, season)
    let (sum, end) = Self.run(values, initial, weights, trend, season)
    state = end
    let n = Double(values.count)
    let k = Double(count + 1 + (trend == .none ? 0 : 1) + (season == .none ? 0 : self.period - 1) + 1)
    variance = sum / max(1, n - k)
    // What fits exactly is as good as the precision of its numbers.
    let size = values.reduce(0) { $0 + $1 * $1 } / n
    let logarithm = log(max(sum / n, 1e-14 * size, .leastNormalMagnitude))
    aicc = n - k - 1 > 0 ? n * logarithm + 2 * k + 2 * k * (k + 1) / (n - k - 1) : .infinity
  }

  /// Whether the states are such as the model has: what a season multiplies is positive, and so is what it multiplies with.
  var isSound: Bool {
    season != .multiplicative || state.level > 0 && state.seasons.allSatisfy { $0 > 0 }
  }

  /// Takes the next value; the smoothing weights stay.
  public mutating func observe(_ value: Double) { _ = state.advance(value, weights, trend, season) }

  /// The values of the next steps, and the standard deviations of their errors.
  ///
  /// With a multiplicative season the deviations are those of the additive model, as large as the season makes each step.
  public func forecast(_ horizon: Int) -> (values: [Double], deviations: [Double]) {
    var (values, deviations) = ([Double](), [Double]())
    var (damping, reach, squares) = (0.0, 1.0, 0.0)
    for step in 0..<horizon {
      reach *= weights.phi
      damping += trend == .none ? 0 : reach
      let line = state.level + damping * state.slope
      let place = season == .none ? 0 : state.seasons[(state.place + step) % period]
      values.append(season == .none ? line : season == .additive ? line + place : line * place)
      deviations.append(
        (variance * (1 + squares)).squareRoot() * (season == .multiplicative ? abs(place) : 1))
      // What an error of now does to the step after this one.
      let share =
        weights.alpha + (trend == .none ? 0 : weights.beta * damping)
        + (season != .none && (step + 1) % period == 0 ? weights.gamma : 0)
      squares += share * share
    }
    return (values, deviations)
  }

  // MARK: Fitting

  /// Weights of any numbers, each through a logistic function into its interval.
  private static func weights(_ point: [Double], _ trend: Trend, _ season: Season) -> Weights {
    func share(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var rest = point[...]
    var weights = Weights()
    weights.alpha = 0.0001 + 0.9998 * share(rest.removeFirst())
    if trend != .none { weights.beta = weights.alpha * share(rest.removeFirst()) }
    if season != .none { weights.gamma = (1 - weights.alpha) * share(rest.removeFirst()) }
    if trend == .damped { weights.phi = 0.8 + 0.18 * share(rest.removeFirst()) }
    return weights
  }

  /// Level, slope and season of the first seasons.
  private static func start(_ values: [Double], _ trend: Trend, _ season: Season, _ m: Int) -> State {
    guard season != .none else {
      let few = values.prefix(10)
      let slope = few.count > 1 ? (few.last! - few.first!) / Double(few.count - 1) : 0
      return trend == .none
        ? State(level: few.prefix(3).reduce(0, +) / Double(min(3, few.count)))
        : State(level: values[0] - slope, slope: slope)
    }
    let whole = min(values.count / m, 4)
    let means = (0..<whole).map { k in values[k * m..<(k + 1) * m].reduce(0, +) / Double(m) }
    let slope = whole > 1 ? (means[whole - 1] - means[0]) / Double((whole - 1) * m) : 0
    var seasons = (0..<m).map { place in
      (0..<whole).reduce(0.0) { sum, k in
        let mean = means[k] + slope * (Double(place) - Double(m - 1) / 2)
        let value = values[k * m + place]
        return sum + (season == .additive ? value - mean : mean > 0 ? value / mean : 1)
      } / Double(whole)
    }
    let mean = seasons.reduce(0, +) / Double(m)
    seasons = seasons.map { season == .additive ? $0 - mean : mean > 0 ? $0 / mean : 1 }
    let level = means[0] - slope * (Double(m - 1) / 2 + 1)
    return trend == .none
      ? State(level: means[0], seasons: seasons) : State(level: level, slope: slope, seasons: seasons)
  }

  /// The sum of the squared errors of one step, and the states after the last value.
  private static func run(
    _ values: [Double], _ start: State, _ weights: Weights, _ trend: Trend, _ season: Season
  ) -> (error: Double, end: State) {
    var (state, sum) = (start, 0.0)
    for value in values {
      let error = state.advance(value, weights, trend, season)
      sum += error * error
    }
    return (sum, state)
  }
}
