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
  /// The series as the files have them: prices, if the series are their returns.
  public let rows: [Series]
  /// How files are read as these were: as it was asked for, and what was found in all of them.
  public let reading: SeriesReading
  /// What a person should know of how they were read, a sentence each.
  public let notes: [String]

  /// Reads files; what one file does not say (the frequency), another may.
  ///
  /// - Parameter areParts: Whether a series goes on from one file to the next.
  /// - Throws: `FileError`, `FormatError`, or `OptionError` for files that do not go together.
  public init(_ files: [String], _ reading: SeriesReading, areParts: Bool = false) throws {
    let tables = try files.map { try SeriesFile.read($0, reading) }
    let frequencies = Set(tables.compactMap(\.frequency))
    guard frequencies.count <= 1 else {
      throw OptionError.conflict(
        "the files have steps of \(frequencies.map(\.description).sorted().joined(separator: " and ")): one model has one kind of steps. "
          + "Train them apart, or give --frequency.")
    }
    frequency = frequencies.first
    rows = tables.flatMap(\.series)
    prices = reading.returns ? rows.map(\.values) : nil
    series = reading.returns ? try Self.returns(of: rows, frequency) : rows
    self.reading = Self.common(tables, reading)
    let seasons = Set(tables.map(\.season))
    season = seasons.count == 1 ? seasons.first! : nil
    var notes = tables.flatMap(\.notes)
    var names: Set<String> = []
    if tables.count > 1, !areParts, let again = series.first(where: { !names.insert($0.name).inserted }) {
      notes.append(
        "several files have a series \(quoted(again.name)): they are told apart by their order alone")
    }
    if reading.returns {
      notes.append("what is forecast are returns, log p(t) - log p(t-1), and not prices")
    }
    self.notes = notes
  }

  /// The returns of prices.
  ///
  /// - Throws: `OptionError` for a price that is not positive.
  static func returns(of prices: [Series], _ frequency: Frequency?) throws(OptionError) -> [Series] {
    for one in prices {
      guard let step = one.firstWithoutReturn else { continue }
      let time = one.timeText(ofStep: step, frequency)
      throw OptionError.conflict(
        "series \(quoted(one.name)) has the price \(one.values[step]) at \(time ?? "step \(step + 1)"): --returns takes logarithms, "
          + "of which there are none of what is not positive")
    }
    return prices.map { $0.logReturns(frequency) }
  }

  /// What was asked for, and what was found alike in all files.
  private static func common(_ tables: [SeriesTable], _ asked: SeriesReading) -> SeriesReading {
    var common = asked
    func take<Value: Equatable>(_ member: WritableKeyPath<SeriesReading, Value>) {
      let found = tables.map { $0.reading[keyPath: member] }
      if let first = found.first, found.allSatisfy({ $0 == first }) { common[keyPath: member] = first }
    }
    take(\.layout)
    take(\.time)
    take(\.id)
    take(\.targets)
    take(\.dateOrder)
    take(\.decimal)
    take(\.header)
    take(\.hasOffsets)
    return common
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
}
