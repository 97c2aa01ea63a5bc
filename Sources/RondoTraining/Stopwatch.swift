/// Seconds since a moment, by a clock that never goes back.
public struct Stopwatch: Sendable {
  private let start = ContinuousClock.now

  /// Starts now.
  public init() {}

  /// The seconds since the start.
  public var seconds: Double {
    let duration = ContinuousClock.now - start
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
