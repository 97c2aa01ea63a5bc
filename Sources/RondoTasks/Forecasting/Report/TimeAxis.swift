import RondoData

/// Round moments on an axis of steps, or round numbers of steps where times are not known.
package enum TimeAxis {
  /// A mark on the axis.
  package struct Tick: Equatable {
    /// Where it is among the steps, a fraction where it is between two.
    package var place: Double
    /// What it says.
    package var label: String
    /// What is said below where it begins: the day of hours, the year of days and months.
    package var context: String?

    package init(place: Double, label: String, context: String? = nil) {
      (self.place, self.label, self.context) = (place, label, context)
    }
  }

  /// What ticks may be apart.
  private static let distances: [Frequency] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200].map {
      .seconds($0)
    }
    + [1, 2, 7, 14].map { .seconds(86_400 * $0) }
    + [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000].map { .months($0) }

  /// The ticks of a range of steps.
  ///
  /// - Parameter count: How many there are at most.
  package static func ticks(_ steps: ClosedRange<Int>, clock: StepClock?, count: Int) -> [Tick] {
    guard let clock else { return numbers(steps, count: count) }
    if steps.count <= count {
      // Few steps have a tick each.
      return withContext(
        steps.map { (Double($0), clock.time($0)) }, distance: clock.frequency)
    }
    let (first, last) = (clock.time(steps.lowerBound), clock.time(steps.upperBound))
    let distance = distances.first { distance in
      let length = distance.approximateSeconds
      return length >= clock.frequency.approximateSeconds * 9 / 10
        && (last.seconds - first.seconds) / length < count
    }
    guard let distance else { return numbers(steps, count: count) }
    var moments: [(Double, Timestamp)] = []
    var moment = distance.floor(first)
    while moment <= last {
      if moment >= first { moments.append((clock.place(moment, in: steps), moment)) }
      moment = distance.advance(moment, by: 1)
    }
    return withContext(moments, distance: distance)
  }

  private static func numbers(_ steps: ClosedRange<Int>, count: Int) -> [Tick] {
    var distance = 1
    // 1, 2, 5, 10, 20, 50, …
    while (steps.count - 1) / distance >= count {
      distance = distance * (String(distance).hasPrefix("2") ? 5 : 4) / 2
    }
    // Steps are counted from 1 for people.
    let first = (steps.lowerBound + 1 + distance - 1) / distance * distance
    return stride(from: first, through: steps.upperBound + 1, by: distance).map {
      Tick(place: Double($0 - 1), label: NumberText.grouped(Double($0), decimals: 0))
    }
  }

  private static func withContext(_ moments: [(Double, Timestamp)], distance: Frequency) -> [Tick] {
    var before: String?
    return moments.map { place, moment in
      let (label, part, full) = texts(moment, distance)
      defer { before = part }
      return Tick(place: place, label: label, context: before == nil ? full : before == part ? nil : part)
    }
  }

  /// The label of a moment, what it is a part of, and that with all that is around it.
  private static func texts(
    _ moment: Timestamp, _ distance: Frequency
  ) -> (label: String, part: String?, full: String?) {
    let year = "\(moment.date.year)"
    switch distance {
    case .months(let months) where months % 12 == 0: return (year, nil, nil)
    case .months, .monthEnds: return (TimeNames.month(moment), year, year)
    case .seconds(let seconds) where seconds % 86_400 != 0:
      let day = "\(TimeNames.weekday(moment)) \(TimeNames.day(moment))"
      return (TimeNames.clock(moment, hasSeconds: seconds % 60 != 0), day, "\(day) \(year)")
    case .seconds, .weekdays: return (TimeNames.day(moment), year, year)
    }
  }
}
