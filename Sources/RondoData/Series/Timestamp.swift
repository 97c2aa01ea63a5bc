/// A moment on the calendar and clock of a file, or, where the file says how far that is from UTC, in UTC.
///
/// The calendar is the Gregorian one throughout. Days and dates convert by the algorithms of Hinnant,
/// <https://howardhinnant.github.io/date_algorithms.html>.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
  /// Seconds since 1970 began.
  public let seconds: Int

  public init(seconds: Int) {
    self.seconds = seconds
  }

  /// Midnight at the beginning of a day, or a moment of it.
  ///
  /// - Returns: Nil if the calendar has no such day or the clock no such time. (24:00 is the end of a day, :60 a leap second.)
  public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    guard 1...9999 ~= year, 1...12 ~= month, 1...Self.dayCount(year: year, month: month) ~= day,
      0...23 ~= hour && 0...59 ~= minute && 0...60 ~= second || hour == 24 && minute == 0 && second == 0
    else { return nil }
    seconds = 86_400 * Self.days(year, month, day) + 3600 * hour + 60 * minute + second
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.seconds < b.seconds }

  /// Whether its day is the last of its month.
  var isLastOfMonth: Bool {
    let (year, month, day) = date
    return day == Self.dayCount(year: year, month: month)
  }

  /// Days since 1970 began.
  public var day: Int { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }
  /// Seconds since midnight.
  public var secondOfDay: Int { seconds - 86_400 * day }
  /// 0 for Monday to 6 for Sunday.
  public var weekday: Int { ((day + 3) % 7 + 7) % 7 }

  /// The day on the calendar.
  public var date: (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970 began, of years before and after those of the calendar, too.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Timestamp: CustomStringConvertible {
  /// `2024-02-29`, or `2024-02-29 13:30:00` where it is not midnight.
  public var description: String {
    secondOfDay == 0 ? dateText : withClock
  }

  /// `2024-02-29 00:00:00`: the clock also where it is midnight.
  public var withClock: String {
    let second = secondOfDay
    return dateText
      + " \(Self.digits(second / 3600)):\(Self.digits(second / 60 % 60)):\(Self.digits(second % 60))"
  }

  private var dateText: String {
    let (year, month, day) = date
    return "\(Self.digits(year, 4))-\(Self.digits(month))-\(Self.digits(day))"
  }

  private static func digits(_ number: Int, _ count: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
