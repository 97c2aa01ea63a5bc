import RondoData

/// Tells when the steps of a series are.
package struct StepClock {
  private let start: Timestamp
  /// How far steps are apart.
  let frequency: Frequency

  /// - Returns: Nil if a step up to the last one is in no year that calendars of files know.
  package init?(start: Timestamp, frequency: Frequency, lastStep: Int) {
    let length = frequency.approximateSeconds
    let (seconds, isTooLong) = length.multipliedReportingOverflow(by: lastStep)
    let (end, isTooLate) = start.seconds.addingReportingOverflow(seconds)
    guard length > 0, !isTooLong, !isTooLate, Self.years.contains(start.seconds), Self.years.contains(end)
    else { return nil }
    (self.start, self.frequency) = (start, frequency)
  }

  /// The seconds of the years 1 to 9000.
  private static let years = -62_135_596_800..<221_876_928_000

  /// When a step is.
  package func time(_ step: Int) -> Timestamp { frequency.advance(start, by: step) }

  /// The place of a moment among the steps of a range, a fraction where it is between two.
  func place(_ time: Timestamp, in steps: ClosedRange<Int>) -> Double {
    var (low, high) = (steps.lowerBound, steps.upperBound)
    while high - low > 1 {
      let middle = (low + high) / 2
      if self.time(middle) <= time { low = middle } else { high = middle }
    }
    let (before, after) = (self.time(low), self.time(high))
    guard after > before else { return Double(low) }
    return Double(low) + Double(time.seconds - before.seconds) / Double(after.seconds - before.seconds)
  }

  /// A moment in full, as exact as the steps are: `Mon 3 Feb 2025, 13:30`.
  package func text(_ time: Timestamp) -> String {
    switch frequency {
    case .months(let months) where months % 12 == 0, .monthEnds(let months) where months % 12 == 0:
      return "\(time.date.year)"
    case .months, .monthEnds: return "\(TimeNames.month(time)) \(time.date.year)"
    case .weekdays: return "\(TimeNames.weekday(time)) \(TimeNames.day(time)) \(time.date.year)"
    case .seconds(let step):
      let day = "\(TimeNames.weekday(time)) \(TimeNames.day(time)) \(time.date.year)"
      if step % 86_400 == 0, time.secondOfDay == 0 { return day }
      return "\(day), \(TimeNames.clock(time, hasSeconds: step % 60 != 0))"
    }
  }
}

extension Frequency {
  /// How long a step is, more or less.
  var approximateSeconds: Int {
    switch self {
    case .seconds(let seconds): seconds
    case .weekdays: 120_960
    case .months(let months), .monthEnds(let months): months > 1_000_000 ? Int.max : months * 2_629_746
    }
  }
}

/// Moments and parts of them in English.
enum TimeNames {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  static func month(_ time: Timestamp) -> String { months[time.date.month - 1] }
  static func day(_ time: Timestamp) -> String { "\(time.date.day) \(month(time))" }
  static func weekday(_ time: Timestamp) -> String { weekdays[time.weekday] }

  /// `13:30`, or `13:30:05`.
  static func clock(_ time: Timestamp, hasSeconds: Bool) -> String {
    func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let second = time.secondOfDay
    let text = "\(digits(second / 3600)):\(digits(second / 60 % 60))"
    return hasSeconds ? "\(text):\(digits(second % 60))" : text
  }
}
