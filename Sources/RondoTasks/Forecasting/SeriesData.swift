import RondoData
import RondoTraining

/// The series of all files of a command.
public struct SeriesData: Sendable {
  /// The series, in the order of the files.
  public let series: [Series]
  /// The prices that the series are returns of, from one step before the first return on; nil if they are no returns.
  public let prices: [[Double]]?
  /// How far their steps are apart; nil if times are not known.
  public let frequency: Frequency?
  /// The steps of a season, if all files say the same.
  let season: Int?
  /// What a person should know of how they were read, a sentence each.
  public let notes: [String]

  /// Reads files; what one file does not say (the frequency), another may.
  ///
  /// - Throws: `FileError`, `FormatError`, or `OptionError` for files that do not go together.
  public init(_ files: [String], _ reading: SeriesReading) throws {
    let tables = try files.map { try SeriesFile.read($0, reading) }
    let frequencies = Set(tables.compactMap(\.frequency))
    guard frequencies.count <= 1 else {
      throw OptionError.conflict(
        "the files have steps of \(frequencies.map(\.description).sorted().joined(separator: " and ")): one model has one kind of steps. "
          + "Train them apart, or give --frequency.")
    }
    frequency = frequencies.first
    let read = tables.flatMap(\.series)
    if reading.returns {
      for one in read {
        if let step = one.firstWithoutReturn {
          let time = one.start.flatMap { start in frequencies.first?.advance(start, by: step).description }
          throw OptionError.conflict(
            "series \(quoted(one.name)) has the price \(one.values[step]) at \(time ?? "step \(step + 1)"): --returns takes logarithms, "
              + "of which there are none of what is not positive")
        }
      }
      prices = read.map(\.values)
      series = read.map { [frequency] in $0.logReturns(frequency) }
    } else {
      prices = nil
      series = read
    }
    let seasons = Set(tables.map(\.season))
    season = seasons.count == 1 ? seasons.first! : nil
    var notes = tables.flatMap(\.notes)
    var names: Set<String> = []
    if tables.count > 1, let again = series.first(where: { !names.insert($0.name).inserted }) {
      notes.append(
        "several files have a series \(quoted(again.name)): they are told apart by their order alone")
    }
    self.notes = notes
  }

  /// What a person should know of series that are too short for a horizon, a sentence each.
  func notes(horizon: Int) -> [String] {
    let short = series.filter { $0.values.count < horizon }
    guard let first = short.first else { return [] }
    return [
      "\(short.count) of \(series.count) series \(short.count == 1 ? "is" : "are") shorter than the horizon of \(horizon) steps, first "
        + "\(quoted(first.name)) with \(first.values.count): nothing shows how good a forecast of so many steps is"
    ]
  }

  /// When a step of a series is, if times are known.
  public func time(of series: Series, step: Int) -> Timestamp? {
    guard let start = series.start, let frequency else { return nil }
    return frequency.advance(start, by: step)
  }
}
