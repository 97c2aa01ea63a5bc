/// What is known of a series beside its values.
public struct Covariates: Sendable, Equatable {
  /// Columns whose values are known before they come, as prices that are set or holidays: each from the series' first step on, as far as it is
  /// known; NaN where a value is missing.
  public var known: [[Double]] = []
  /// Columns that are known as far as the series itself: each from its first step on; NaN where a value is missing.
  public var past: [[Double]] = []
  /// What belongs to the series as a whole: numbers or names of categories; empty where one is missing.
  public var statics: [String] = []

  /// No covariates.
  public init() {}
}
