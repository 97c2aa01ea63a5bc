/// How far the steps of a series are apart.
public enum Frequency: Sendable, Hashable {
  /// A fixed number of seconds: minutes, hours, days, weeks.
  case seconds(Int)
  /// From Monday to Friday, a step each day.
  case weekdays
  /// A number of months: months, quarters, years. The day of the month stays, or is the last one where the month is too short.
  case months(Int)
  /// The same from the last day of a month to that of another.
  case monthEnds(Int)

  /// The moment a number of steps after another.
  public func advance(_ start: Timestamp, by steps: Int) -> Timestamp {
    switch self {
    case .seconds(let seconds): return Timestamp(seconds: start.seconds + seconds * steps)
    case .weekdays:
      let place = Self.weekdayNumber(start) + steps
      let weeks = place >= 0 ? place / 5 : (place - 4) / 5
      // Day 4 of 1970 was a Monday.
      let day = 4 + 7 * weeks + (place - 5 * weeks)
      return Timestamp(seconds: 86_400 * day + start.secondOfDay)
    case .months(let months): return Self.advance(start, byMonths: months * steps, day: start.date.day)
    case .monthEnds(let months): return Self.advance(start, byMonths: months * steps, day: 31)
    }
  }

  /// A moment some months later, on a day of the month, or the last one if the month is too short.
  private static func advance(_ start: Timestamp, byMonths months: Int, day: Int) -> Timestamp {
    let (year, month, _) = start.date
    let place = 12 * year + month - 1 + months
    let movedYear = place >= 0 ? place / 12 : (place - 11) / 12
    let movedMonth = place - 12 * movedYear + 1
    let length = Timestamp.dayCount(year: movedYear, month: movedMonth)
    let days = Timestamp.days(movedYear, movedMonth, min(day, length))
    return Timestamp(seconds: 86_400 * days + start.secondOfDay)
  }

  /// The number of the weekday, counted from the Monday of the first full week of 1970; of a weekend that of the Friday before.
  private static func weekdayNumber(_ time: Timestamp) -> Int {
    let days = time.day - 4
    let weeks = days >= 0 ? days / 7 : (days - 6) / 7
    return 5 * weeks + min(days - 7 * weeks, 4)
  }
}

extension Frequency {
  /// The steps of the season that series of this frequency mostly have: a day, a week of days, a year of months or quarters; 1 if none.
  public var season: Int {
    switch self {
    case .seconds(86_400): 7
    case .seconds(let step) where 60 <= step && step < 86_400 && 86_400 % step == 0: 86_400 / step
    case .months(let months), .monthEnds(let months): months < 12 && 12 % months == 0 ? 12 / months : 1
    case .seconds, .weekdays: 1
    }
  }

  /// The seasons that series of this frequency can have, in steps: a day, a week and a year, those of at least two steps and at most 660.
  public var seasons: [Int] {
    switch self {
    case .seconds(let step):
      return [86_400, 604_800, 31_557_600].compactMap { length in
        let steps = (length + step / 2) / step
        return 2...660 ~= steps ? steps : nil
      }
    case .weekdays: return [5]
    case .months(let months), .monthEnds(let months):
      return months < 12 && 12 % months == 0 ? [12 / months] : []
    }
  }

  /// The beginning of the step that a moment lies in: of whole minutes, hours, days, weeks from Monday on, months, quarters, years. (Of what is
  /// counted by its ends the last day.)
  public func floor(_ time: Timestamp) -> Timestamp {
    switch self {
    case .seconds(let step):
      // Day 4 of 1970 was a Monday.
      let since = time.seconds - 4 * 86_400
      let rest = since % step
      return Timestamp(seconds: time.seconds - (rest < 0 ? rest + step : rest))
    case .weekdays: return advance(Timestamp(seconds: 86_400 * time.day), by: 0)
    case .months(let months):
      let (year, month, _) = time.date
      let place = (12 * year + month - 1) / months * months
      return Timestamp(year: place / 12, month: place % 12 + 1, day: 1) ?? time
    case .monthEnds(let months):
      let first = Self.months(months).floor(time)
      return Self.advance(Timestamp(seconds: 86_400 * first.day), byMonths: months - 1, day: 31)
    }
  }

  /// The number of the step that a moment lies in, counted from the beginning of 1970: where a series is in its season, wherever it begins.
  public func stepNumber(of time: Timestamp) -> Int {
    switch self {
    case .seconds(let step):
      return time.seconds >= 0 ? time.seconds / step : (time.seconds - step + 1) / step
    case .weekdays: return Self.weekdayNumber(time)
    case .months(let months), .monthEnds(let months):
      let (year, month, _) = time.date
      return (12 * year + month - 1) / months
    }
  }

  /// The number of steps from one moment to another; nil if that is not a whole number.
  public func steps(from start: Timestamp, to end: Timestamp) -> Int? {
    let estimate: Int
    switch self {
    case .seconds(let seconds): estimate = (end.seconds - start.seconds) / seconds
    case .weekdays: estimate = Self.weekdayNumber(end) - Self.weekdayNumber(start)
    case .months(let months), .monthEnds(let months):
      let (a, b) = (start.date, end.date)
      estimate = (12 * (b.year - a.year) + b.month - a.month) / months
    }
    return advance(start, by: estimate) == end ? estimate : nil
  }

  /// A moment in writing: of steps shorter than a day with the clock, be it midnight or not, so that a file has times of one kind.
  public func text(of time: Timestamp) -> String {
    guard case .seconds(let step) = self, step % 86_400 != 0 else { return time.description }
    return time.withClock
  }

  /// The frequency of series by the times of their values, each ascending: the months or the seconds that are most often between two of them.
  ///
  /// - Returns: Nil if no series has two values.
  public static func inferred(_ series: [[Timestamp]]) -> Frequency? {
    let times = series.joined()
    guard let first = times.first else { return nil }
    let pairs = series.flatMap { zip($0, $0.dropFirst()) }.filter { $0 != $1 }
    guard !pairs.isEmpty else { return nil }
    func mostOften(_ distances: [Int]) -> Int {
      var counts: [Int: Int] = [:]
      for distance in distances { counts[distance, default: 0] += 1 }
      return counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }!.key
    }
    guard times.allSatisfy({ $0.secondOfDay == first.secondOfDay }) else {
      return .seconds(mostOften(pairs.map { $1.seconds - $0.seconds }))
    }
    func months() -> Int {
      mostOften(pairs.map { 12 * ($1.date.year - $0.date.year) + $1.date.month - $0.date.month })
    }
    if times.allSatisfy(\.isLastOfMonth) { return .monthEnds(months()) }
    if times.allSatisfy({ $0.date.day == first.date.day }) { return .months(months()) }
    let seconds = mostOften(pairs.map { $1.seconds - $0.seconds })
    let hasNoWeekend =
      seconds == 86_400 && times.allSatisfy { $0.weekday < 5 }
      && pairs.contains { $0.weekday == 4 && $1.weekday == 0 }
    return hasNoWeekend ? .weekdays : .seconds(seconds)
  }

  /// What is meant by a number of months where all times are last days of months, of unlike days.
  func suited(to series: [[Timestamp]]) -> Frequency {
    guard case .months(let months) = self, let first = series.joined().first,
      series.joined().allSatisfy(\.isLastOfMonth),
      series.joined().contains(where: { $0.date.day != first.date.day })
    else { return self }
    return .monthEnds(months)
  }
}

extension Frequency: CustomStringConvertible {
  private static let units: [(name: String, frequency: Frequency)] = [
    ("y", .months(12)), ("q", .months(3)), ("mo", .months(1)), ("me", .monthEnds(1)),
    ("w", .seconds(604_800)),
    ("d", .seconds(86_400)),
    ("h", .seconds(3600)), ("min", .seconds(60)), ("s", .seconds(1)), ("b", .weekdays),
  ]

  /// A number and a unit: `15min`, `1h`, `1d`, `1b` (a day from Monday to Friday), `1w`, `1mo`, `1me` (a month by its last day), `1q`, `1y`.
  public init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits.isEmpty ? "1" : digits), 1...100_000 ~= count,
      let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) })
    else { return nil }
    switch unit.frequency {
    case .seconds(let seconds): self = .seconds(count * seconds)
    case .months(let months): self = .months(count * months)
    case .monthEnds(let months): self = .monthEnds(count * months)
    case .weekdays:
      guard count == 1 else { return nil }
      self = .weekdays
    }
  }

  /// What a step is, for people: an hour, 15 minutes, a day from Monday to Friday.
  public var words: String {
    let text = description
    let digits = text.prefix { $0.isNumber }
    let names = [
      "y": "year", "q": "quarter", "mo": "month", "me": "month", "w": "week", "d": "day", "h": "hour",
      "min": "minute",
      "s": "second", "b": "day from Monday to Friday",
    ]
    guard let count = Int(digits), let name = names[String(text.dropFirst(digits.count))] else { return text }
    return count > 1 ? "\(count) \(name)s" : "\(name.first == "h" ? "an" : "a") \(name)"
  }

  public var description: String {
    for unit in Self.units {
      switch (self, unit.frequency) {
      case (.weekdays, .weekdays): return "1b"
      case (.seconds(let own), .seconds(let unit_)) where own % unit_ == 0:
        return "\(own / unit_)\(unit.name)"
      case (.months(let own), .months(let unit_)) where own % unit_ == 0: return "\(own / unit_)\(unit.name)"
      case (.monthEnds(let own), .monthEnds(let unit_)): return "\(own / unit_)\(unit.name)"
      default: continue
      }
    }
    return "\(self)"
  }
}

extension Frequency: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let frequency = Frequency(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no frequency: \(quoted(text))")
    }
    self = frequency
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
