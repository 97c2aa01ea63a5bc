import Foundation
import RondoCore
import RondoData
import Testing

@Suite struct TimestampTests {
  /// Days and dates as Foundation has them, over all centuries.
  @Test func datesAreThoseOfTheCalendar() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    let random = RandomSource(seed: 2)
    for item in 0..<2000 {
      // After the Gregorian reform, before which Foundation has another calendar.
      let seconds = -12_000_000_000 + random.index(below: 260_000_000_000, stream: 0, position: UInt64(item))
      let time = Timestamp(seconds: seconds)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second, .weekday],
        from: Date(timeIntervalSince1970: Double(seconds)))
      let (year, month, day) = time.date
      #expect(year == parts.year && month == parts.month && day == parts.day, "\(seconds)")
      #expect(time.weekday == (parts.weekday! + 5) % 7)
      #expect(
        Timestamp(
          year: year, month: month, day: day, hour: parts.hour!, minute: parts.minute!, second: parts.second!)
          == time)
    }
  }

  @Test func daysThatAreNotOnTheCalendar() {
    #expect(
      Timestamp(year: 2023, month: 2, day: 29) == nil && Timestamp(year: 2024, month: 2, day: 29) != nil)
    #expect(
      Timestamp(year: 1900, month: 2, day: 29) == nil && Timestamp(year: 2000, month: 2, day: 29) != nil)
    #expect(
      Timestamp(year: 2024, month: 13, day: 1) == nil && Timestamp(year: 2024, month: 4, day: 31) == nil)
    #expect(Timestamp(year: 2024, month: 1, day: 1, hour: 25) == nil)
  }

  @Test(
    arguments: [
      ("2024-02-29", "2024-02-29"), (" 2024/2/9 5:07 ", "2024-02-09 05:07:00"),
      ("2024-02-29T13:30:00.5Z", "2024-02-29 13:30:00"),
      ("2024-02-29 13:30:00+02:00", "2024-02-29 11:30:00"),
      ("2024-01-01T00:30:00+0130", "2023-12-31 23:00:00"),
      ("29.2.2024", nil), ("2/29/2024 1:30 PM", "2024-02-29 13:30:00"),
      ("2/29/2024 12:05 am", "2024-02-29 00:05:00"),
      ("29-Feb-24", "2024-02-29"), ("Feb 2024", "2024-02-01"), ("February 3, 1999", "1999-02-03"),
      ("2024-02", "2024-02-01"),
      ("2024Q3", "2024-07-01"), ("2024-Q1", "2024-01-01"), ("2024", "2024-01-01"), ("20240229", "2024-02-29"),
      ("202402", "2024-02-01"), ("2024022913", "2024-02-29 13:00:00"), ("2024022924", "2024-03-01"),
      ("202402291330", "2024-02-29 13:30:00"), ("20240229133005", "2024-02-29 13:30:05"),
      ("202402301330", nil), ("20240229136005", nil), ("2024022925", "2034-02-20 04:35:25"),
      ("1709164800", "2024-02-29"), ("1709164800000", "2024-02-29"),
      ("2024-02-29 24:00", "2024-03-01"), ("2024-02-29 ", "2024-02-29"),
      ("2024-02-30", nil), ("2024-02-29 25:00", nil), ("12", nil), ("x", nil), ("", nil),
      ("2024-02-29 1:2:3", nil),
      ("2024-02-29 13:30 PM", nil), ("1.5", nil), ("2024-02-29x", nil),
    ] as [(String, String?)])
  func texts(text: String, expected: String?) {
    let parsed = Array(text.utf8).withUnsafeBufferPointer { TimeText(order: .monthFirst).parse($0) }
    #expect(parsed?.description == expected)
  }
}

@Suite struct FrequencyTests {
  @Test(
    arguments: [
      ("2024-01-31", Frequency.months(1), 1, "2024-02-29"), ("2024-01-31", .months(1), 3, "2024-04-30"),
      ("2023-02-28", .months(1), 1, "2023-03-28"), ("2023-02-28", .months(12), 1, "2024-02-28"),
      ("2023-02-28", .monthEnds(1), 1, "2023-03-31"), ("2024-02-29", .monthEnds(3), 3, "2024-11-30"),
      ("2023-02-28", .monthEnds(12), 1, "2024-02-29"),
      ("2024-02-29", .months(12), 1, "2025-02-28"), ("2024-01-30", .months(1), 1, "2024-02-29"),
      ("2024-01-15", .months(3), -1, "2023-10-15"), ("2024-01-05", .weekdays, 1, "2024-01-08"),
      ("2024-01-08", .weekdays, -1, "2024-01-05"), ("1969-12-29", .weekdays, 5, "1970-01-05"),
      ("2024-02-28", .seconds(86_400), 2, "2024-03-01"),
    ])
  func advances(start: String, frequency: Frequency, steps: Int, expected: String) throws {
    let start = try #require(
      Array(start.utf8).withUnsafeBufferPointer { TimeText(order: .dayFirst).parse($0) }
    )
    let end = frequency.advance(start, by: steps)
    #expect(end.description == expected)
    #expect(frequency.steps(from: start, to: end) == steps)
  }

  @Test(arguments: ["15min", "1h", "1d", "1b", "1w", "1mo", "1me", "12me", "1q", "1y", "90s", "2q"])
  func textsAndBack(
    text: String
  ) throws {
    #expect(try #require(Frequency(text)).description == text)
  }

  @Test(arguments: ["", "0h", "h1", "1x", "-1d", "2b", "1 h"]) func whatIsNoFrequency(text: String) {
    #expect(Frequency(text) == nil)
  }

  private func times(_ texts: [String]) throws -> [Timestamp] {
    try texts.map { text in
      try #require(Array(text.utf8).withUnsafeBufferPointer { TimeText(order: .dayFirst).parse($0) })
    }
  }

  /// A first row on the last day of its month does not make a series one of last days.
  @Test func infersMonths() throws {
    func inferred(_ texts: String...) throws -> Frequency? { Frequency.inferred([try times(texts)]) }
    #expect(try inferred("2022-02-28", "2022-03-28", "2022-04-28") == .months(1))
    #expect(try inferred("2022-04-30", "2022-05-30", "2022-06-30") == .months(1))
    #expect(try inferred("2022-04-30", "2022-05-31", "2022-06-30") == .monthEnds(1))
    #expect(try inferred("1983-02-28", "1984-02-28", "1985-02-28") == .months(12))
    #expect(try inferred("2022-03-31", "2022-06-30", "2022-09-30") == .monthEnds(3))
    #expect(try inferred("2022-01-31 01:00", "2022-02-28 02:00") == .seconds(28 * 86_400 + 3600))
  }

  /// The last day of what a moment lies in, of months that are counted by their ends.
  @Test func floorsToMonthEnds() throws {
    let moments = try times(["2024-02-03 12:00", "2024-11-30"])
    #expect(moments.map { Frequency.monthEnds(1).floor($0).description } == ["2024-02-29", "2024-11-30"])
    #expect(moments.map { Frequency.monthEnds(3).floor($0).description } == ["2024-03-31", "2024-12-31"])
  }

  @Test func stepsBeforeAMoment() throws {
    let series = Series(name: "s", values: [1, 2, 3], start: try times(["2024-01-31"])[0])
    let moments = try times([
      "2024-01-01", "2024-01-31", "2024-02-01", "2024-02-29", "2024-03-31", "2025-01-01",
    ])
    #expect(moments.map { series.stepCount(before: $0, .monthEnds(1)) } == [0, 0, 1, 1, 2, 3])
    #expect(series.stepCount(before: moments[0], nil) == nil)
  }
}
