/// Reads dates and times as files write them.
///
/// `2024-02-29`, `2024/2/29 13:30`, `2024-02-29T13:30:00.5Z`, `29.2.2024`, `2/29/2024 1:30 PM`, `29-Feb-24`, `Feb 2024`, `2024-02`, `2024Q1`,
/// `2024`, `20240229`, `202402`, `2024022913`, `202402291330`, `20240229133000`, and seconds or milliseconds since 1970 (ten or thirteen digits). Points may stand in a time in the place of
/// colons. A time with an offset from UTC becomes UTC.
public struct TimeText: Sendable {
  /// What comes first in a date that ends with its year.
  public enum Order: String, Sendable, Codable, CaseIterable {
    /// 31/12/1999
    case dayFirst = "day-first"
    /// 12/31/1999
    case monthFirst = "month-first"
  }

  /// How dates that end with their year are read.
  public var order: Order

  public init(order: Order) {
    self.order = order
  }

  /// The moment that a text names; nil if it names none.
  public func parse(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    read(text).map { Timestamp(seconds: $0.clock.seconds - ($0.offset ?? 0)) }
  }

  /// What the clock shows at the moment that a text names, and the seconds that it is ahead of UTC if the text says so.
  func read(_ text: UnsafeBufferPointer<UInt8>) -> (clock: Timestamp, offset: Int?)? {
    var scanner = Scanner(text)
    scanner.skipSpaces()
    guard let date = date(&scanner) else { return nil }
    var (second, offset) = (0, Int?.none)
    if scanner.hasSpacesOnly { return (date, nil) }
    if !scanner.isAtEnd {
      guard scanner.skipBeforeTime(), let clock = clock(&scanner) else { return nil }
      second = clock
      offset = zone(&scanner)
      scanner.skipSpaces()
      guard scanner.isAtEnd else { return nil }
    }
    return (Timestamp(seconds: date.seconds + second), offset)
  }

  // MARK: Dates

  private func date(_ scanner: inout Scanner) -> Timestamp? {
    if let month = scanner.month() {
      // Feb 2024, Feb 29 2024
      scanner.skipSeparator()
      guard let first = scanner.digits() else { return nil }
      if first.count == 4 { return Timestamp(year: first.value, month: month, day: 1) }
      guard first.count <= 2 else { return nil }
      scanner.skipSeparator()
      return scanner.digits().flatMap { Timestamp(year: Self.year($0), month: month, day: first.value) }
    }
    guard let first = scanner.digits() else { return nil }
    switch first.count {
    case 1, 2:
      guard scanner.skipSeparator() else { return nil }
      let month = scanner.month()
      let second = month == nil ? scanner.digits() : nil
      guard month != nil || second.map({ $0.count <= 2 }) == true, scanner.skipSeparator(),
        let last = scanner.digits(), last.count == 2 || last.count == 4
      else { return nil }
      let year = Self.year(last)
      if let month { return Timestamp(year: year, month: month, day: first.value) }
      return order == .dayFirst
        ? Timestamp(year: year, month: second!.value, day: first.value)
        : Timestamp(year: year, month: first.value, day: second!.value)
    case 4:
      if scanner.isAtEnd { return Timestamp(year: first.value, month: 1, day: 1) }
      let hasSeparator = scanner.skipSeparator()
      if let quarter = scanner.quarter() {
        return Timestamp(year: first.value, month: 3 * quarter - 2, day: 1)
      }
      let month =
        scanner.month() ?? (hasSeparator ? scanner.digits().flatMap { $0.count <= 2 ? $0.value : nil } : nil)
      guard let month else { return nil }
      guard scanner.isAtSeparator, scanner.skipSeparator(), let day = scanner.digits(), day.count <= 2 else {
        return scanner.isAtEnd ? Timestamp(year: first.value, month: month, day: 1) : nil
      }
      return Timestamp(year: first.value, month: month, day: day.value)
    case 6: return Timestamp(year: first.value / 100, month: first.value % 100, day: 1)
    case 8:
      return Timestamp(year: first.value / 10_000, month: first.value / 100 % 100, day: first.value % 100)
    case 10:
      // 2024022913; seconds since 1970 look like that from 2030 on, and then only some of them.
      let isYear = 1900...2099 ~= first.value / 1_000_000
      return (isYear ? Self.compact(first.value * 10_000) : nil) ?? Timestamp(seconds: first.value)
    case 12: return Self.compact(first.value * 100)
    case 14: return Self.compact(first.value)
    case 13: return Timestamp(seconds: first.value / 1000)
    default: return nil
    }
  }

  /// 20240229133000
  private static func compact(_ digits: Int) -> Timestamp? {
    let (date, clock) = (digits / 1_000_000, digits % 1_000_000)
    let (hour, minute, second) = (clock / 10_000, clock / 100 % 100, clock % 100)
    guard hour < 24 || clock == 240_000, minute < 60, second <= 60 else { return nil }
    return Timestamp(year: date / 10_000, month: date / 100 % 100, day: date % 100).map {
      Timestamp(seconds: $0.seconds + 3600 * hour + 60 * minute + second)
    }
  }

  /// Two digits are a year from 1970 to 2069.
  private static func year(_ digits: (value: Int, count: Int)) -> Int {
    digits.count == 2 ? digits.value + (digits.value < 70 ? 2000 : 1900) : digits.value
  }

  // MARK: Times

  /// Seconds since midnight; parts of a second are dropped.
  private func clock(_ scanner: inout Scanner) -> Int? {
    guard let hour = scanner.digits(), hour.count <= 2 else { return nil }
    var (minute, second) = (0, 0)
    if scanner.skip(":") || scanner.skip(".") {
      guard let digits = scanner.digits(), digits.count == 2, digits.value < 60 else { return nil }
      minute = digits.value
      if scanner.skip(":") || scanner.skip(".") {
        guard let digits = scanner.digits(), digits.count == 2, digits.value <= 60 else { return nil }
        second = digits.value
        if scanner.skip(".") || scanner.skip(",") { guard scanner.digits() != nil else { return nil } }
      }
    }
    var value = hour.value
    if let isAfternoon = scanner.halfOfDay() {
      guard 1...12 ~= value else { return nil }
      value = value % 12 + (isAfternoon ? 12 : 0)
    }
    guard value < 24 || value == 24 && minute == 0 && second == 0 else { return nil }
    return 3600 * value + 60 * minute + second
  }

  /// Seconds that a clock is ahead of UTC: Z, UTC, +02, +0200 or +02:00.
  private func zone(_ scanner: inout Scanner) -> Int? {
    scanner.skipSpaces()
    if scanner.skip("Z") || scanner.skip("UTC") || scanner.skip("GMT") { return 0 }
    var rest = scanner
    let isBehind = rest.skip("-")
    guard isBehind || rest.skip("+"), let digits = rest.digits(), digits.count == 4 || digits.count <= 2
    else {
      return nil
    }
    let hours = digits.count == 4 ? digits.value / 100 : digits.value
    var minutes = digits.count == 4 ? digits.value % 100 : 0
    if digits.count <= 2, rest.skip(":") {
      guard let digits = rest.digits(), digits.count == 2 else { return nil }
      minutes = digits.value
    }
    guard hours < 24, minutes < 60 else { return nil }
    scanner = rest
    return (isBehind ? -60 : 60) * (60 * hours + minutes)
  }
}

/// A place in a text that goes forwards over what it knows.
private struct Scanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var next = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { next == bytes.count }
  var isAtSeparator: Bool { next < bytes.count && Self.separators.contains(bytes[next]) }

  private static let separators = Set("-/.".utf8)

  mutating func skipSpaces() {
    while next < bytes.count, bytes[next] == 0x20 || bytes[next] == 0x09 { next += 1 }
  }

  /// Over one of - / . or spaces and a comma.
  @discardableResult
  mutating func skipSeparator() -> Bool {
    let begin = next
    if isAtSeparator { next += 1 } else { _ = skip(",") }
    skipSpaces()
    return next > begin
  }

  mutating func skip(_ text: String) -> Bool {
    let text = text.utf8
    guard bytes.count - next >= text.count, zip(bytes[next...], text).allSatisfy({ $0 == $1 }) else {
      return false
    }
    next += text.count
    return true
  }

  /// Over the T or the spaces between a date and a time.
  mutating func skipBeforeTime() -> Bool {
    if skip("T") { return true }
    let begin = next
    skipSpaces()
    return next > begin
  }

  mutating func digits() -> (value: Int, count: Int)? {
    let begin = next
    var value = 0
    while next < bytes.count, bytes[next] &- 0x30 <= 9, next - begin < 18 {
      value = 10 * value + Int(bytes[next] - 0x30)
      next += 1
    }
    return next > begin ? (value, next - begin) : nil
  }

  /// Whether nothing but spaces is left.
  var hasSpacesOnly: Bool { bytes[next...].allSatisfy(DecimalNumber.isSpace) }

  /// The letters here, in lower case.
  private func word() -> [UInt8] {
    bytes[next...].prefix { ($0 | 0x20) &- 0x61 < 26 }.map { $0 | 0x20 }
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
  ]

  /// An English name of a month or its first letters, three at least.
  mutating func month() -> Int? {
    let word = word()
    guard word.count >= 3, let index = Self.months.firstIndex(where: { $0.utf8.starts(with: word) }) else {
      return nil
    }
    next += word.count
    return index + 1
  }

  /// Q1 to Q4.
  mutating func quarter() -> Int? {
    guard next + 1 < bytes.count, bytes[next] | 0x20 == 0x71, 1...4 ~= Int(bytes[next + 1]) - 0x30 else {
      return nil
    }
    next += 2
    return Int(bytes[next - 1]) - 0x30
  }

  /// Whether PM stands here; nil if neither AM nor PM does.
  mutating func halfOfDay() -> Bool? {
    let begin = next
    skipSpaces()
    let word = word()
    guard word == Array("am".utf8) || word == Array("pm".utf8) else {
      next = begin
      return nil
    }
    next += 2
    return word[0] == 0x70
  }
}
