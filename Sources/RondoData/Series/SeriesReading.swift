/// How files hold series: the options of ``SeriesFile``.
public struct SeriesReading: Sendable, Equatable, Codable {
  /// The layout; found if nil.
  public var layout: SeriesLayout?
  /// The columns of the time: one, or year, month, day, … side by side; found if empty.
  public var time: [String] = []
  /// The column of the series' names, in the layout `long`.
  public var id: String?
  /// The columns of values; every other column of numbers if empty.
  public var targets: [String] = []
  /// The columns of covariates that are known ahead.
  public var known: [String] = []
  /// The columns of covariates that are known as far as the values.
  public var past: [String] = []
  /// The columns of what belongs to a series as a whole.
  public var statics: [String] = []
  /// How far steps are apart; found if nil.
  public var frequency: Frequency?
  /// Whether values are prices whose returns are forecast.
  public var returns = false
  /// Steps within which rows are averaged; as they are if nil.
  public var resample: Frequency?
  /// How dates that end with their year are read; found if nil.
  public var dateOrder: TimeText.Order?
  /// What stands between two fields; found if nil.
  public var delimiter: DelimitedText.Delimiter?
  /// What may stand around a field; found if nil.
  public var quote: DelimitedText.Quote?
  /// The decimal mark of numbers; found if nil.
  public var decimal: DecimalMark?
  /// Whether times have an offset from UTC and have become UTC by it; found, and nil if there are no times.
  public var hasOffsets: Bool?
  /// Whether the first row names the columns; found if nil.
  public var header: Bool?

  /// Everything found.
  public init() {}
}

/// How a file holds series.
public enum SeriesLayout: String, Sendable, Codable, CaseIterable {
  /// A column for each series and a row for each time.
  case wide
  /// A row for each series and time: the series' name in a column, its values in others.
  case long
  /// A row for each series: its name, then its values from the oldest on, as the files of the M competitions have them.
  case m4
}
