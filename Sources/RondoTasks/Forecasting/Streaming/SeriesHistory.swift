import RondoData
import RondoTraining

/// The latest part of a series, to which new rows are added.
struct SeriesHistory: Sendable, Equatable {
  /// The values that are kept, as the series' files have them.
  private(set) var series: Series
  /// The steps of the series before them.
  private(set) var earlier: EarlierSteps

  /// A history that begins with the series, or after steps of it.
  init(_ series: Series, after earlier: EarlierSteps = EarlierSteps()) {
    (self.series, self.earlier) = (series, earlier)
    fitCovariates()
  }

  /// The number of steps before those that are kept.
  var before: Int { earlier.count }

  /// The number of steps of the whole series.
  var end: Int { before + series.values.count }

  /// When a kept step is, or which of the series it is if times are not known.
  func name(ofStep step: Int, _ frequency: Frequency?) -> String {
    series.timeText(ofStep: step, frequency) ?? "step \(before + step + 1)"
  }

  /// Adds rows: by their times if those are known, otherwise behind the last one.
  ///
  /// - Returns: What that changed.
  /// - Throws: `OptionError` for rows that do not go with the history.
  mutating func append(_ rows: Series, _ frequency: Frequency?) throws(OptionError) -> SeriesChange {
    let covariates = rows.covariates
    try requireSameCovariates(covariates)
    let count = series.values.count
    if count == 0, series.start == nil { series.start = rows.start }
    let first = try place(of: rows, frequency)
    var change = SeriesChange(name: series.name)
    for (index, value) in rows.values.enumerated() {
      let place = first + index
      if place < 0 {
        if !value.isNaN { change.ignored += 1 }
      } else if place < count {
        var kept = series.values[place]
        change.add(value, replacing: &kept, name(ofStep: place, frequency))
        series.values[place] = kept
      } else {
        if place > series.values.count {
          change.gap = .init(
            count: place - count, first: name(ofStep: count, frequency),
            last: name(ofStep: place - 1, frequency))
          series.values += [Double](repeating: .nan, count: place - count)
        }
        series.values.append(value)
        change.added += 1
      }
    }
    for (column, values) in covariates.past.enumerated() {
      change.add(values, at: first, to: &series.covariates.past[column], count: count)
    }
    for (column, values) in covariates.known.enumerated() {
      change.add(values, at: first, to: &series.covariates.known[column], count: count)
    }
    fitCovariates()
    return change
  }

  /// Leaves out what is further back than a number of steps, so that a value is the first that is kept.
  ///
  /// - Parameter hasReturns: Whether returns are made of the values: then the first two are there.
  mutating func keep(_ count: Int, _ frequency: Frequency?, hasReturns: Bool) {
    let values = series.values
    func canBegin(_ cut: Int) -> Bool {
      guard !values[cut].isNaN, !hasReturns || cut + 1 < values.count && !values[cut + 1].isNaN else {
        return false
      }
      guard let start = series.start, let frequency else { return true }
      // Counted from a short month, the last days of long ones would be others.
      let begin = frequency.advance(start, by: cut)
      return (0...24).allSatisfy {
        frequency.advance(begin, by: $0) == frequency.advance(start, by: cut + $0)
      }
    }
    var cut = values.count - count
    while cut > 0, !canBegin(cut) { cut -= 1 }
    guard cut > 0 else { return }
    series.start = series.time(ofStep: cut, frequency)
    series.values = Array(values.dropFirst(cut))
    series.covariates.past = series.covariates.past.map { Array($0.dropFirst(cut)) }
    series.covariates.known = series.covariates.known.map { Array($0.dropFirst(cut)) }
    earlier.count += cut
    // Of prices networks see the returns, of which one is negative where a price falls.
    earlier.haveNegative =
      earlier.haveNegative
      || (hasReturns
        ? zip(values, values.dropFirst()).prefix(cut).contains { $1 < $0 }
        : values.prefix(cut).contains { $0 < 0 })
  }

  /// Where rows begin, counted from the first step that is kept.
  private func place(of rows: Series, _ frequency: Frequency?) throws(OptionError) -> Int {
    let count = series.values.count
    guard let frequency, let start = series.start else { return count }
    guard let begin = rows.start else {
      throw .conflict(
        "the new rows of series \(quoted(series.name)) have no times, and those of its history have: name their column by --time"
      )
    }
    guard let place = frequency.steps(from: start, to: begin) else {
      throw .conflict(
        "the new rows of series \(quoted(series.name)) begin at \(begin), which is no whole number of steps of \(frequency) after \(start), "
          + "where its history begins")
    }
    guard place - count <= 100 * rows.values.count + 10_000 else {
      throw .conflict(
        "the new rows of series \(quoted(series.name)) begin at \(begin), \(place - count) steps of \(frequency) after its history: "
          + "if that is no mistake, begin it anew by --begin")
    }
    return place
  }

  private func requireSameCovariates(_ other: Covariates) throws(OptionError) {
    let own = series.covariates
    guard other.known.count == own.known.count, other.past.count == own.past.count,
      other.statics.count == own.statics.count
    else {
      throw .conflict(
        "the new rows of series \(quoted(series.name)) have \(other.known.count) known, \(other.past.count) past and "
          + "\(other.statics.count) static covariates, and its history has \(own.known.count), \(own.past.count) and "
          + "\(own.statics.count)")
    }
    for (old, new) in zip(own.statics, other.statics) where old != new {
      throw .conflict(
        "a static column of series \(quoted(series.name)) has \(quoted(new)) in the new rows and \(quoted(old)) in its history: it is the same "
          + "in all rows of a series")
    }
  }

  /// Makes covariates as long as the values, known ones at least: they end with the last that is known.
  private mutating func fitCovariates() {
    let count = series.values.count
    func fitted(_ column: [Double], _ count: Int) -> [Double] {
      column.count > count
        ? Array(column.prefix(count)) : column + [Double](repeating: .nan, count: count - column.count)
    }
    series.covariates.past = series.covariates.past.map { fitted($0, count) }
    let known = series.covariates.known.map { ($0.lastIndex { !$0.isNaN } ?? -1) + 1 }.max() ?? 0
    series.covariates.known = series.covariates.known.map { fitted($0, max(count, known)) }
  }
}
