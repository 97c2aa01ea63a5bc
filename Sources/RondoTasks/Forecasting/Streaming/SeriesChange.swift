import RondoData

/// What new rows changed in the history of a series.
public struct SeriesChange: Sendable, Equatable {
  /// The series.
  public var name: String
  /// Whether it had no history.
  public var isNew = false
  /// Steps that came behind the history.
  public var added = 0
  /// Values that were there already and are others now.
  public var replaced = 0
  /// Values that were missing and are there now.
  public var filled = 0
  /// Values that were there already and are the same.
  public var repeated = 0
  /// Values before the history that is kept.
  public var ignored = 0
  /// Steps between the history and the new rows; their values are missing.
  public var gap: Gap?
  /// The first value that was replaced.
  public var firstReplaced: Replacement?
  /// Whether anything is other than it was before the end of the history.
  var changesPast = false

  /// Steps without rows.
  public struct Gap: Sendable, Equatable {
    /// How many there are.
    public var count: Int
    /// The first and the last of them: their times, or which steps of the series they are.
    public var first: String
    public var last: String
  }

  /// A value in the place of another.
  public struct Replacement: Sendable, Equatable {
    /// The time, or which step of the series it is.
    public var step: String
    public var old: Double
    public var new: Double
  }

  init(name: String) {
    self.name = name
  }

  /// Puts a value in the place of one that is there already; a missing one changes nothing.
  mutating func add(_ value: Double, replacing old: inout Double, _ step: @autoclosure () -> String) {
    if value.isNaN { return }
    if value == old {
      repeated += 1
      return
    }
    if old.isNaN {
      filled += 1
    } else {
      replaced += 1
      if firstReplaced == nil { firstReplaced = .init(step: step(), old: old, new: value) }
    }
    old = value
    changesPast = true
  }

  /// Puts the values of a covariate into a column from a place on.
  ///
  /// - Parameter count: The steps of the history.
  mutating func add(_ values: [Double], at first: Int, to column: inout [Double], count: Int) {
    for (index, value) in values.enumerated() where !value.isNaN && first + index >= 0 {
      let place = first + index
      if place >= column.count {
        column += [Double](repeating: .nan, count: place + 1 - column.count)
      }
      if place < count, column[place] != value { changesPast = true }
      column[place] = value
    }
  }
}

/// What new rows changed in the histories of all series.
public struct StreamChanges: Sendable, Equatable {
  /// What each series with rows was changed by: in the order in which those came, again for a series that came again.
  public var series: [SeriesChange]
  /// The series that have none.
  public var unchanged: [String]

  /// Steps that came behind the histories.
  public var added: Int { sum(\.added) }
  /// Values that were there already and are others now.
  public var replaced: Int { sum(\.replaced) }
  /// Values that were missing and are there now.
  public var filled: Int { sum(\.filled) }
  /// Values that were there already and are the same.
  public var repeated: Int { sum(\.repeated) }
  /// Values before the histories that are kept.
  public var ignored: Int { sum(\.ignored) }
  /// Steps between histories and new rows.
  public var missing: Int { series.reduce(0) { $0 + ($1.gap?.count ?? 0) } }
  /// The series that had no history.
  public var new: [String] { series.filter(\.isNew).map(\.name) }

  private func sum(_ count: KeyPath<SeriesChange, Int>) -> Int {
    series.reduce(0) { $0 + $1[keyPath: count] }
  }

  /// What a person should know, a sentence each.
  public var notes: [String] {
    let count = Set(series.filter { $0.added > 0 }.map(\.name)).count
    var notes = [
      added == 0
        ? "no new steps" : "\(counted(added, "new step")) of \(count) series"
    ]
    if !new.isEmpty {
      notes.append("\(new.count) series without a history so far: \(listed(new, limit: 10))")
    }
    if let one = series.first(where: { $0.gap != nil }), let gap = one.gap {
      notes.append(
        "\(counted(missing, "step")) between the history and the new rows \(missing == 1 ? "has" : "have") no row, so that values are missing: first "
          + (gap.count == 1 ? gap.first : "\(gap.first) to \(gap.last)") + " of series \(quoted(one.name))")
    }
    if let one = series.first(where: { $0.firstReplaced != nil }), let first = one.firstReplaced {
      notes.append(
        "\(counted(replaced, "value")) that \(replaced == 1 ? "was" : "were") there already \(replaced == 1 ? "is" : "are") replaced: first "
          + "\(first.old) by \(first.new) at \(first.step) of series \(quoted(one.name))")
    }
    if filled > 0 {
      notes.append(
        "\(counted(filled, "value")) that \(filled == 1 ? "was" : "were") missing \(filled == 1 ? "is" : "are") there now"
      )
    }
    if repeated > 0 {
      notes.append(
        "\(counted(repeated, "value")) \(repeated == 1 ? "is" : "are") as \(repeated == 1 ? "it was" : "they were") in the history"
      )
    }
    if let one = series.first(where: { $0.ignored > 0 }) {
      notes.append(
        "\(counted(ignored, "value")) before the history that is kept \(ignored == 1 ? "is" : "are") ignored: first of series \(quoted(one.name))"
      )
    }
    if !unchanged.isEmpty, !series.isEmpty {
      notes.append("\(unchanged.count) series without new rows: \(listed(unchanged, limit: 10))")
    }
    return notes
  }
}
