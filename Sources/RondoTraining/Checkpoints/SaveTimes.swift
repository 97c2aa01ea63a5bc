/// When checkpoints are due: after so much time, less often if saving is slow, and after a validation.
struct SaveTimes {
  private let shortest: Double
  private var interval: Double
  private var last = 0.0
  private var begun = 0.0

  init(interval: Double) {
    shortest = interval
    self.interval = interval
  }

  func isDue(at seconds: Double, validated: Bool) -> Bool {
    seconds - last >= interval || (validated && seconds - last >= interval / 10)
  }

  mutating func begin(at seconds: Double) { begun = seconds }

  /// Saving takes at most a fiftieth of the time, unless it is wanted more often than once a second.
  mutating func end(at seconds: Double) {
    last = seconds
    interval = shortest < 1 ? shortest : max(shortest, 50 * (seconds - begun))
  }
}
