import ArgumentParser
import RondoData
import RondoTasks
import RondoTraining

/// How files with series are read.
struct SeriesOptionGroup: ParsableArguments {
  /// What a file of series can be.
  static let fileHelp =
    "The series: a file, - for standard input, or one of "
    + BundledSeries.all.map { BundledSeries.prefix + $0.name }.joined(separator: ", ") + "."

  @Option(
    help: ArgumentHelp(
      "How the file holds series: wide has a column for each and a row for each time; long a row for each series and time; m4 a row for each series, its name first. (default: found)",
      valueName: SeriesLayout.allCases.map(\.rawValue).joined(separator: "|")))
  var layout: SeriesLayout?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The column of the time, or those of year, month, day, hour, …. (default: found)", valueName: "column"))
  var time: [String] = []

  @Option(
    help: ArgumentHelp(
      "The column with the names of the series, in the layout long. (default: found)", valueName: "column"))
  var id: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The columns to forecast. (default: all columns of numbers)", valueName: "column"))
  var target: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Columns that help and are known ahead (holidays, prices that are set): they go on after the last value to forecast.",
      valueName: "column"))
  var known: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Columns that help and are known as far as the series.", valueName: "column"))
  var past: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Columns that say what kind of series it is: numbers or names, the same in all rows of a series.",
      valueName: "column"))
  var `static`: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far steps are apart: 15min, 1h, 1d, 1b (Monday to Friday), 1w, 1mo, 1me (by last days), 1q, 1y. (default: found)",
      valueName: "step"),
    transform: Self.frequency)
  var frequency: Frequency?

  @Flag(help: "The values are prices: forecast their returns, log p(t) - log p(t-1).")
  var returns = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Average rows within steps of this length.", valueName: "step"),
    transform: Self.frequency)
  var resample: Frequency?

  @Option(
    help: ArgumentHelp(
      "How dates that end with their year begin. (default: found)",
      valueName: TimeText.Order.allCases.map(\.rawValue).joined(separator: "|")))
  var dateOrder: TimeText.Order?

  @Option(
    help: ArgumentHelp(
      "What stands between two fields. (default: found)",
      valueName: DelimitedText.Delimiter.allCases.map(\.rawValue).joined(separator: "|")))
  var delimiter: DelimitedText.Delimiter?

  @Option(
    help: ArgumentHelp(
      "What may stand around a field. (default: found)",
      valueName: DelimitedText.Quote.allCases.map(\.rawValue).joined(separator: "|")))
  var quote: DelimitedText.Quote?

  @Option(
    help: ArgumentHelp(
      "The decimal mark of numbers, where 1,234 and 1.234 could be read in two ways. (default: found)",
      valueName: DecimalMark.allCases.map(\.rawValue).joined(separator: "|")))
  var decimal: DecimalMark?

  @Flag(inversion: .prefixedNo, help: "The first row names the columns. (default: found)")
  var header: Bool?

  func validate() throws {
    guard id.count > 1 else { return }
    throw ValidationError(
      "--id is given \(id.count) times, and one column names the series: put the names of several together in one column"
    )
  }

  func apply(to reading: inout SeriesReading) {
    reading.layout = layout ?? reading.layout
    if !time.isEmpty { reading.time = time }
    reading.id = id.first ?? reading.id
    if !target.isEmpty { reading.targets = target }
    if !known.isEmpty { reading.known = known }
    if !past.isEmpty { reading.past = past }
    if !`static`.isEmpty { reading.statics = `static` }
    reading.frequency = frequency ?? reading.frequency
    reading.returns = returns || reading.returns
    reading.resample = resample ?? reading.resample
    reading.dateOrder = dateOrder ?? reading.dateOrder
    reading.delimiter = delimiter ?? reading.delimiter
    reading.quote = quote ?? reading.quote
    reading.decimal = decimal ?? reading.decimal
    reading.header = header ?? reading.header
  }

  /// The series of files, read as those that a model was trained on unless options say otherwise.
  func data(_ files: [String], of forecaster: Forecaster) throws -> SeriesData {
    var reading = forecaster.config.forecast.reading
    reading.frequency = forecaster.config.frequency
    // A short file does not show by itself how its dates and numbers are to be read.
    if let found = forecaster.config.data.reading {
      (reading.dateOrder, reading.decimal) = (found.dateOrder, found.decimal)
    }
    apply(to: &reading)
    let data = try SeriesData(files, reading)
    try Self.requireSameClock(data.reading, forecaster)
    Self.show(data.notes)
    return data
  }

  /// Throws if times have an offset from UTC, and those that a model was trained on have none, or the other way round.
  private static func requireSameClock(_ reading: SeriesReading, _ forecaster: Forecaster) throws {
    guard let own = reading.hasOffsets, let trained = forecaster.config.data.reading?.hasOffsets,
      own != trained
    else { return }
    throw OptionError.conflict(
      "the times have \(own ? "offsets" : "no offset") from UTC, and those that the model was trained on have \(trained ? "offsets" : "none"): "
        + "nothing says how many hours they are apart")
  }

  /// New rows of a model's series, read as those that it was trained on were unless options say otherwise: as the files have them.
  func rows(_ files: [String], of forecaster: Forecaster) throws -> [Series] {
    let config = forecaster.config
    var reading = config.data.reading ?? config.forecast.reading
    // Columns that were found are those of the layout that was found.
    if let layout, layout != reading.layout { reading = config.forecast.reading }
    reading.frequency = config.frequency
    apply(to: &reading)
    // The first return of new prices needs the last price before them.
    reading.returns = false
    let data = try SeriesData(files, reading, areParts: true)
    if let frequency = config.frequency, let found = data.frequency, found != frequency {
      throw OptionError.conflict(
        "the model's steps are of \(frequency), and those of the new rows of \(found)")
    }
    try Self.requireSameClock(data.reading, forecaster)
    Self.show(data.notes)
    return data.rows
  }

  /// What was noticed while files were read.
  static func show(_ notes: [String]) {
    for note in notes { StandardError.write("rondo: \(note)\n") }
  }

  private static func frequency(_ text: String) throws -> Frequency {
    guard let frequency = Frequency(text) else {
      throw OptionParsing.Requirement(
        description:
          "it must be a number and a unit, one of s, min, h, d, w, mo, q and y, or 1b for Monday to Friday")
    }
    return frequency
  }
}

extension SeriesLayout: ExpressibleByArgument {}
extension TimeText.Order: ExpressibleByArgument {}
extension DelimitedText.Delimiter: ExpressibleByArgument {}
extension DelimitedText.Quote: ExpressibleByArgument {}
extension DecimalMark: ExpressibleByArgument {}
