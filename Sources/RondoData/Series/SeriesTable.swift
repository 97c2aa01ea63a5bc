/// The series of a file.
public struct SeriesTable: Sendable, Equatable {
  /// The series in the order of the file.
  public var series: [Series]
  /// How far their steps are apart; nil if the file has no times.
  public var frequency: Frequency?
  /// What a person should know of how the file was read, a sentence each.
  public var notes: [String] = []
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
    var lines: [Int] = []
    /// The values of each target, then of the covariates, known ones first, in the order of the rows.
    var values: [[Double]]
  }

  let file: String
  var groups: [Group]
  var notes: [String] = []

  /// - Throws: ``FormatError`` with the line of a time that lies between two steps.
  mutating func table(_ reading: SeriesReading) throws -> SeriesTable {
    for index in groups.indices where !groups[index].times.isEmpty {
      if let resample = reading.resample { groups[index].times = groups[index].times.map(resample.floor) }
      groups[index] = sorted(groups[index], saysRepeats: reading.resample == nil)
    }
    guard let frequency = reading.resample ?? reading.frequency ?? Frequency.inferred(groups.map(\.times))
    else {
      return SeriesTable(series: try series(.seconds(86_400)), frequency: nil, notes: notes)
    }
    let series = try series(frequency)
    let (steps, rows) = (
      groups.reduce(0) { $0 + $1.times.count },
      series.reduce(0) { $0 + ($1.covariates.known.first ?? $1.values).count }
        / max(1, groups.first?.names.count ?? 1)
    )
    if rows > steps {
      notes.append(
        "\(rows - steps) of \(rows) steps of \(frequency) have no row in \(file): their values are missing")
    }
    return SeriesTable(series: series, frequency: frequency, notes: notes)
  }

  private mutating func sorted(_ group: Group, saysRepeats: Bool) -> Group {
    var group = group
    let times = group.times
    if let place = times.indices.dropFirst().first(where: { times[$0] < times[$0 - 1] }) {
      notes.append(
        "\(file), line \(group.lines[place]): earlier than the row before it; rows are sorted by time")
      let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
      group.times = order.map { times[$0] }
      group.lines = order.map { [lines = group.lines] in lines[$0] }
      group.values = group.values.map { values in order.map { values[$0] } }
    }
    return averaged(group, saysRepeats: saysRepeats)
  }

  /// A row for each time: rows of the same time have the means of their values.
  private mutating func averaged(_ group: Group, saysRepeats: Bool) -> Group {
    var result = group
    (result.times, result.lines, result.values) = ([], [], group.values.map { _ in [] })
    var rows = 0..<0
    var twice: Int?
    while rows.upperBound < group.times.count {
      let first = rows.upperBound
      let next = group.times[first...].firstIndex { $0 != group.times[first] } ?? group.times.count
      rows = first..<next
      if rows.count > 1, twice == nil { twice = first + 1 }
      result.times.append(group.times[first])
      result.lines.append(group.lines[first])
      for (index, values) in group.values.enumerated() {
        let there = values[rows].filter { !$0.isNaN }
        result.values[index].append(there.isEmpty ? .nan : there.reduce(0, +) / Double(there.count))
      }
    }
    if let twice, saysRepeats {
      notes.append(
        "\(file), line \(group.lines[twice]): \(group.times[twice]) again, after line \(group.lines[twice - 1]); the values of "
          + "\(group.times.count - result.times.count) such rows are averaged with those before")
    }
    return result
  }

  private func series(_ frequency: Frequency) throws -> [Series] {
    try groups.flatMap { group -> [Series] in
      guard let start = group.times.first else {
        return Self.series(group, group.values, start: nil)
      }
      let places = try group.times.indices.map { row -> Int in
        guard let place = frequency.steps(from: start, to: group.times[row]) else {
          throw FormatError(
            .init(file, line: group.lines[row]),
            expected:
              "a time some whole number of steps of \(frequency) after \(start) in line \(group.lines[0])",
            found: "\(group.times[row])", hint: "If steps are not of \(frequency), give --frequency.")
        }
        return place
      }
      let count = places[places.count - 1] + 1
      guard count <= 100 * places.count + 10_000 else {
        throw FormatError(
          .init(file, line: group.lines[places.count - 1]),
          expected: "more than one row for a hundred steps of \(frequency)",
          found: "\(places.count) rows for \(count) steps", hint: "Give a longer --frequency.")
      }
      let columns = group.values.map { values in
        var all = [Double](repeating: .nan, count: count)
        for (place, value) in zip(places, values) { all[place] = value }
        return all
      }
      return Self.series(group, columns, start: start)
    }
  }

  /// The series of a group. Where something is known ahead, rows at the end without any value have not come yet.
  private static func series(_ group: Group, _ columns: [[Double]], start: Timestamp?) -> [Series] {
    let targets = columns[..<group.names.count]
    var covariates = Covariates()
    covariates.known = Array(columns[group.names.count...].prefix(group.knownCount))
    covariates.past = Array(columns[(group.names.count + group.knownCount)...])
    covariates.statics = group.statics
    let end: Int
    if group.knownCount == 0 {
      end = targets.first?.count ?? 0
    } else {
      end = targets.map { ($0.lastIndex { !$0.isNaN } ?? -1) + 1 }.max() ?? 0
    }
    return zip(group.names, targets).map { name, values in
      Series(name: name, values: values, start: start, covariates: covariates).before(end)
    }
  }
}
