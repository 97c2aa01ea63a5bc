import RondoData
import RondoTasks
import Testing

@Suite struct TimeAxisTests {
  private func ticks(_ start: Timestamp?, _ frequency: Frequency, _ steps: Int, count: Int = 8) throws
    -> [TimeAxis.Tick]
  {
    let start = try #require(start)
    let clock = try #require(StepClock(start: start, frequency: frequency, lastStep: steps - 1))
    return TimeAxis.ticks(0...(steps - 1), clock: clock, count: count)
  }

  @Test func hoursOfTwoDays() throws {
    let ticks = try ticks(Timestamp(year: 2024, month: 2, day: 28, hour: 18), .seconds(3600), 48)
    #expect(ticks.map(\.label) == ["18:00", "00:00", "06:00", "12:00", "18:00", "00:00", "06:00", "12:00"])
    #expect(ticks.map(\.place) == [0, 6, 12, 18, 24, 30, 36, 42])
    #expect(
      ticks.map(\.context) == ["Wed 28 Feb 2024", "Thu 29 Feb", nil, nil, nil, "Fri 1 Mar", nil, nil])
  }

  @Test func daysOfTwoWeeks() throws {
    let ticks = try ticks(Timestamp(year: 2024, month: 12, day: 23), .seconds(3600), 24 * 14)
    #expect(
      ticks.map(\.label) == ["24 Dec", "26 Dec", "28 Dec", "30 Dec", "1 Jan", "3 Jan", "5 Jan"]
        || ticks.map(\.label) == ["23 Dec", "25 Dec", "27 Dec", "29 Dec", "31 Dec", "2 Jan", "4 Jan"])
    #expect(ticks.compactMap(\.context) == ["2024", "2025"])
  }

  @Test func monthsAndYears() throws {
    let months = try ticks(Timestamp(year: 2020, month: 5, day: 31), .months(1), 24)
    #expect(months.map(\.label) == ["Jul", "Oct", "Jan", "Apr", "Jul", "Oct", "Jan", "Apr"])
    #expect(months.compactMap(\.context) == ["2020", "2021", "2022"])
    // The first of July is a day after the last of June.
    #expect(months[0].place > 1 && months[0].place < 1.1)
    let years = try ticks(Timestamp(year: 1961, month: 1, day: 1), .months(3), 200)
    #expect(years.map(\.label) == ["1970", "1980", "1990", "2000", "2010"])
    #expect(years.map(\.place) == [36, 76, 116, 156, 196] && years.allSatisfy { $0.context == nil })
  }

  @Test func fewStepsHaveATickEach() throws {
    let days = try ticks(Timestamp(year: 2024, month: 3, day: 1), .weekdays, 3)
    #expect(days.map(\.label) == ["1 Mar", "4 Mar", "5 Mar"] && days.map(\.place) == [0, 1, 2])
    #expect(try ticks(Timestamp(year: 2024, month: 1, day: 1), .months(12), 1).map(\.label) == ["2024"])
  }

  @Test func stepsWithoutTimesAreNumbers() {
    #expect(TimeAxis.ticks(0...99, clock: nil, count: 5).map(\.label) == ["20", "40", "60", "80", "100"])
    #expect(TimeAxis.ticks(0...9, clock: nil, count: 5).map(\.label) == ["2", "4", "6", "8", "10"])
    #expect(TimeAxis.ticks(0...0, clock: nil, count: 5) == [.init(place: 0, label: "1", context: nil)])
    let many = TimeAxis.ticks(12_345...99_999, clock: nil, count: 8)
    #expect(many.first == .init(place: 19_999, label: "20\u{2009}000", context: nil) && many.count == 5)
  }

  /// Ticks of any length of any frequency: enough, not too many, ascending, inside.
  @Test func alwaysSomeTicks() throws {
    let frequencies: [Frequency] = [
      .seconds(1), .seconds(7), .seconds(60), .seconds(900), .seconds(3600), .seconds(86_400), .weekdays,
      .seconds(604_800), .months(1), .months(3), .months(12),
    ]
    for frequency in frequencies {
      for steps in [1, 2, 3, 7, 10, 50, 365, 1000] {
        let ticks = try ticks(Timestamp(year: 1999, month: 12, day: 30, hour: 23), frequency, steps)
        #expect(1...9 ~= ticks.count && (steps < 3 || ticks.count > 1), "\(frequency) \(steps): \(ticks)")
        #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.place < $1.place })
        #expect(ticks.allSatisfy { 0...Double(steps - 1) ~= $0.place })
      }
    }
  }

  @Test func timesThatNoCalendarHas() {
    let late = Timestamp(year: 8990, month: 1, day: 1)!
    #expect(StepClock(start: late, frequency: .months(12), lastStep: 5) != nil)
    #expect(StepClock(start: late, frequency: .months(12), lastStep: 50) == nil)
    #expect(StepClock(start: late, frequency: .seconds(.max), lastStep: 2) == nil)
    #expect(StepClock(start: Timestamp(seconds: .max), frequency: .seconds(1), lastStep: 2) == nil)
    #expect(StepClock(start: Timestamp(seconds: .min), frequency: .months(1), lastStep: 2) == nil)
  }
}
