/// The series of a file.
public struct SeriesTable: Sendable, Equatable {
  /// The series in the order of the file.
  public var series: [Series]
  /// How far their steps are apart; nil if the file has no times.
  public var frequency: Frequency?
  /// The steps of its season, if the file says so.
  public var season: Int?
  /// What a person should know of how the file was read, a sentence each.
  public var notes: [String] = []
  /// How the file was read: as it was asked for, and what was found.
  public var reading = SeriesReading()
}

extension SeriesTable {
  /// What is to be said of series that have nothing to learn from.
  func notesOfValues(file: String) -> [String] {
    func note(_ names: [String], _ what: String) -> [String] {
      guard !names.isEmpty else { return [] }
      return [
        "\(names.count) of \(series.count) series of \(file) \(names.count == 1 ? "has" : "have") \(what): \(listed(names, limit: 10))"
      ]
    }
    var (empty, constant) = ([String](), [String]())
    for one in series {
      guard let first = one.values.first(where: { !$0.isNaN }) else {
        empty.append(one.name)
        continue
      }
      if one.values.count(where: { !$0.isNaN }) > 1, one.values.allSatisfy({ $0 == first || $0.isNaN }) {
        constant.append(one.name)
      }
    }
    let longest = series.map { $0.values.count }.max() ?? 0
    // In the layout of the M competitions, series of a file end each at its time.
    let ending = series.filter { one in
      one.values.count == longest && one.values.last?.isNaN ?? false
        && one.values.contains { !$0.isNaN }
    }
    return note(empty, "no value at all") + note(constant, "the same value throughout")
      + note(ending.map(\.name), "no value in the last row, behind which the forecast begins")
  }
}

/// Puts rows with times on a grid of equal steps, gaps as missing values.
struct SeriesGrid {
  /// Rows of one group, of which each target is a series.
  struct Group {
    /// The names of the targets' series.
    var names: [String]
    /// The number of covariates that are known ahead.
    var knownCount: Int
    var statics: [String] = []
    var times: [Timestamp] = []
    /// Seconds that the clocks of the times are ahead of UTC, if the file says so.
    var offsets: [Int] = []
    var lines: [Int] = []
    /// The values of each target, then of the covariates, known ones first, in the order of the rows.
    var values: [[Double]]

    /// Leaves out all rows but some.
    mutating func keep(_ rows: Range<Int>) {
      times = Array(times[rows])
      lines = Array(lines[rows])
      values = values.map { Array($0[rows]) }
    }
  }

  let file: String
  var groups: [Group]
  /// The names of the columns of covariates, known ones first.
  var covariates: [String] = []
  var notes: [String] = []
  private var (unsorted, again, gap): (Finding, Finding, Finding) = (.init(), .init(), .init())

  /// The column known as far as the values that ends longest before them.
  private var early: (column: String, series: String, steps: Int)?

  /// Something that was found in rows: how often, and what is to be said of the first.
  private struct Finding {
    var count = 0
    var first: String?
  }

  init(file: String, groups: [Group], covariates: [String], notes: [String]) {
    (self.file, self.groups, self.covariates, self.notes) = (file, groups, covariates, notes)
  }

  /// - Throws: ``FormatError`` with the line of a time that lies between two steps.
  mutating func table(_ reading: SeriesReading) throws -> SeriesTable {
    let rows = groups.reduce(0) { $0 + $1.times.count }
    for index in groups.indices { groups[index] = sorted(groups[index]) }
    if let resample = reading.resample { average(within: resample) }
    for index in groups.indices where !groups[index].times.isEmpty {
      groups[index] = averaged(groups[index])
    }
    if let first = unsorted.first {
      notes.append(first + (unsorted.count > 1 ? " in \(unsorted.count) series" : ""))
    }
    if let first = again.first, reading.resample == nil {
      guard 2 * again.count < rows else {
        throw FormatError(
          .init(file), expected: "a row for each time\(groups.count > 1 ? " of a series" : "")",
          found: "\(counted(rows, "row")) for \(counted(rows - again.count, "time")) (\(first))",
          hint:
            "If a column has the names of the series, give it by --id; --resample 1d averages the rows of a day."
        )
      }
      notes.append(
        "\(file), \(first); the values of \(counted(again.count, "such row")) are averaged with those before")
    }
    let times = groups.map(\.times)
    guard let frequency = reading.resample ?? reading.frequency?.suited(to: times) ?? .inferred(times)
    else {
      let series = try series(.seconds(86_400), reading)
      return SeriesTable(series: series, frequency: nil, notes: notes + notesOfCovariates)
    }
    let series = try series(frequency, reading)
    if let first = gap.first {
      notes.append(
        "\(gap.count) of \(rows - again.count + gap.count) steps of \(frequency) have no row in \(file): their values are missing, first \(first)"
      )
    }
    return SeriesTable(series: series, frequency: frequency, notes: notes + notesOfCovariates)
  }

  private var notesOfCovariates: [String] {
    early.map { early in
      [
        "column \(quoted(early.column)) of \(file) ends \(early.steps) step\(early.steps == 1 ? "" : "s") before the values of series "
          + "\(quoted(early.series)); where it is missing, its mean is read"
      ]
    } ?? []
  }

  /// Gives rows the times of the steps that they lie in. The means of a step that the rows of a series begin or end within would be those of a part
  /// of it: where rows come at equal distances, such steps are left out.
  private mutating func average(within step: Frequency) {
    let distance = equalDistance
    var (parts, first, only) = (0, String?.none, String?.none)
    for index in groups.indices {
      let times = groups[index].times
      let floors = times.map(step.floor)
      groups[index].times = floors
      guard let distance, let begin = floors.first, let end = floors.last else { continue }
      let (earliest, latest) = (times[0], times[times.count - 1])
      var kept = 0..<floors.count
      if distance.advance(earliest, by: -1) >= begin {
        kept = (floors.firstIndex { $0 != begin } ?? floors.count)..<kept.upperBound
      }
      if distance.advance(latest, by: 1) < step.advance(end, by: 1), groups[index].knownCount == 0 {
        kept = kept.lowerBound..<max(kept.lowerBound, floors.firstIndex(of: end)!)
      }
      guard kept.count < floors.count else { continue }
      guard !kept.isEmpty else {
        if only == nil { only = groups[index].names[0] }
        continue
      }
      parts += floors.count - kept.count
      first = first ?? "\(kept.lowerBound > 0 ? begin : end) of \(quoted(groups[index].names[0]))"
      groups[index].keep(kept)
    }
    if let only {
      notes.append(
        "the rows of series \(quoted(only)) of \(file) cover steps of \(step) in part only: their means are those of the parts"
      )
    }
    if let first {
      notes.append(
        "\(counted(parts, "row")) of \(file) \(parts == 1 ? "lies" : "lie") in steps of \(step) that are there in part only and left out: first that of \(first)"
      )
    }
  }

  /// How far rows are apart, if nearly all are equally far.
  private var equalDistance: Frequency? {
    guard let distance = Frequency.inferred(groups.map(\.times)) else { return nil }
    var (equal, all) = (0, 0)
    for group in groups {
      for (time, next) in zip(group.times, group.times.dropFirst()) where time != next {
        all += 1
        if distance.advance(time, by: 1) == next { equal += 1 }
      }
    }
    return 10 * equal >= 9 * all ? distance : nil
  }

  private mutating func sorted(_ group: Group) -> Group {
    let times = group.times
    guard let place = times.indices.dropFirst().first(where: { times[$0] < times[$0 - 1] }) else {
      return group
    }
    unsorted.count += 1
    if unsorted.first == nil {
      unsorted.first =
        "\(file), line \(group.lines[place]): earlier than the row before it; rows are sorted by time"
    }
    var group = group
    let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    group.times = order.map { times[$0] }
    group.lines = order.map { [lines = group.lines] in lines[$0] }
    group.values = group.values.map { values in order.map { values[$0] } }
    return group
  }

  /// A row for each time: rows of the same time have the means of their values.
  private mutating func averaged(_ group: Group) -> Group {
    let times = group.times
    guard let twice = times.indices.dropFirst().first(where: { times[$0] == times[$0 - 1] }) else {
      return group
    }
    if again.first == nil {
      again.first =
        "line \(group.lines[twice]): \(times[twice]) again, after line \(group.lines[twice - 1])"
        + Self.remark(
          times[twice], "where clocks go back, only times with an offset from UTC tell which is which")
    }
    var result = group
    (result.times, result.lines, result.values) = ([], [], group.values.map { _ in [] })
    var first = 0
    while first < times.count {
      var next = first + 1
      while next < times.count, times[next] == times[first] { next += 1 }
      again.count += next - first - 1
      result.times.append(times[first])
      result.lines.append(group.lines[first])
      for (index, values) in group.values.enumerated() {
        let there = values[first..<next].filter { !$0.isNaN }
        result.values[index].append(there.isEmpty ? .nan : there.reduce(0, +) / Double(there.count))
      }
      first = next
    }
    return result
  }

  /// What is to be said of a time in the small hours of a Sunday, when clocks change.
  private static func remark(_ time: Timestamp, _ text: String) -> String {
    time.weekday == 6 && 1...3 * 3600 ~= time.secondOfDay ? " (\(text))" : ""
  }

  private mutating func series(_ frequency: Frequency, _ reading: SeriesReading) throws -> [Series] {
    var all: [Series] = []
    let rows = groups.reduce(0) { $0 + $1.times.count }
    var steps = 0
    for group in groups {
      guard let start = group.times.first else {
        all += series(group, group.values, start: nil)
        continue
      }
      var places: [Int] = []
      places.reserveCapacity(group.times.count)
      for (row, time) in group.times.enumerated() {
        guard let place = frequency.steps(from: start, to: time) else {
          throw FormatError(
            .init(file, line: group.lines[row]),
            expected:
              "a time some whole number of steps of \(frequency) after \(start) in line \(group.lines[0])",
            found: "\(time)",
            hint: (reading.frequency == nil ? "Give the length of steps by --frequency, or let" : "Let")
              + " --resample \(frequency) average what lies within them."
          )
        }
        if let last = places.last, place > last + 1 {
          gap.count += place - last - 1
          if gap.first == nil {
            let missing = frequency.advance(start, by: last + 1)
            gap.first =
              "\(missing) after line \(group.lines[row - 1])"
              + Self.remark(missing, "where clocks go forward, times with an offset from UTC have no gap")
          }
        }
        places.append(place)
      }
      let count = places[places.count - 1] + 1
      steps += count
      guard count <= 100 * places.count + 10_000, steps <= 100 * rows + 1_000_000 else {
        throw FormatError(
          .init(file, line: group.lines[places.count - 1]),
          expected: "more than one row for a hundred steps of \(frequency)",
          found: "\(places.count) rows for \(count) steps", hint: "Give a longer --frequency.")
      }
      let columns =
        count == places.count
        ? group.values
        : group.values.map { values in
          var all = [Double](repeating: .nan, count: count)
          for (place, value) in zip(places, values) { all[place] = value }
          return all
        }
      all += series(group, columns, start: start)
    }
    return all
  }

  /// The series of a group. Where something is known ahead, rows at the end without any value have not come yet.
  private mutating func series(_ group: Group, _ columns: [[Double]], start: Timestamp?) -> [Series] {
    let targets = columns[..<group.names.count]
    var own = Covariates()
    own.known = Array(columns[group.names.count...].prefix(group.knownCount))
    own.past = Array(columns[(group.names.count + group.knownCount)...])
    own.statics = group.statics
    let end: Int
    if group.knownCount == 0 {
      end = targets.first?.count ?? 0
    } else {
      end = targets.map { ($0.lastIndex { !$0.isNaN } ?? -1) + 1 }.max() ?? 0
    }
    for (name, values) in zip(covariates.dropFirst(group.knownCount), own.past) {
      let last = (values.prefix(end).lastIndex { !$0.isNaN } ?? -1) + 1
      if last < end, early == nil || end - last > early!.steps { early = (name, group.names[0], end - last) }
    }
    return zip(group.names, targets).map { name, values in
      Series(name: name, values: values, start: start, covariates: own).before(end)
    }
  }
}
