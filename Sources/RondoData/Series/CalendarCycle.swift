import Foundation

/// A cycle of the calendar that series follow.
public enum CalendarCycle: String, Sendable, Codable, CaseIterable {
  case day
  case week
  case year

  /// The number of features of a moment.
  public var featureCount: Int { 2 * harmonics }

  private var harmonics: Int {
    switch self {
    case .day, .week: 3
    case .year: 2
    }
  }

  /// Where in the cycle a moment is: from 0 at the beginning to 1 at the end.
  public func phase(_ time: Timestamp) -> Double {
    let dayShare = Double(time.secondOfDay) / 86_400
    switch self {
    case .day: return dayShare
    case .week: return (Double(time.weekday) + dayShare) / 7
    case .year:
      let year = time.date.year
      // Beyond the calendar of timestamps, cycles go on.
      guard let first = Timestamp(year: year, month: 1, day: 1),
        let next = Timestamp(year: year + 1, month: 1, day: 1)
      else { return 0 }
      return Double(time.seconds - first.seconds) / Double(next.seconds - first.seconds)
    }
  }

  /// The phase as numbers for a network: cos 2πkφ and sin 2πkφ for k = 1, 2, ….
  public func appendFeatures(_ time: Timestamp, to features: inout [Float]) {
    let angle = 2 * Double.pi * phase(time)
    for k in 1...harmonics {
      features.append(Float(cos(Double(k) * angle)))
      features.append(Float(sin(Double(k) * angle)))
    }
  }

  /// The cycles that steps of a frequency go through, each of several steps and seen at least twice in a series.
  ///
  /// - Parameter steps: The number of steps of the longest series.
  public static func cycles(of frequency: Frequency, steps: Int) -> [CalendarCycle] {
    let seconds: Double
    switch frequency {
    case .seconds(let step): seconds = Double(step)
    case .weekdays: seconds = 86_400 * 7 / 5
    case .months(let months), .monthEnds(let months): seconds = 86_400 * 365.25 / 12 * Double(months)
    }
    return allCases.filter { cycle in
      let length: Double
      switch cycle {
      case .day: length = 86_400
      case .week: length = 7 * 86_400
      case .year: length = 365.25 * 86_400
      }
      return 2 * seconds <= length && seconds * Double(steps) >= 2 * length
    }
  }
}
