/// Small series that come with Rondo, to try things on: facts whose sources say that they are in the public domain.
///
/// In the place of a file, `bundled:co2` names one.
public struct BundledSeries: Sendable {
  /// What it is called after `bundled:`.
  public let name: String
  /// What it holds, in a few words.
  public let title: String
  /// Who published it, and where it is from.
  public let source: String
  /// What its source says of its use.
  public let licence: String
  /// The steps of its season; nil if it has none.
  public let season: Int?
  /// The time of the first values.
  public let start: Timestamp
  /// How far steps are apart.
  public let frequency: Frequency
  private let columns: [(name: String, values: String)]

  init(
    name: String, title: String, source: String, licence: String, season: Int?,
    start: (year: Int, month: Int, day: Int), frequency: Frequency, columns: [(name: String, values: String)]
  ) {
    (self.name, self.title, self.source, self.licence) = (name, title, source, licence)
    (self.season, self.frequency, self.columns) = (season, frequency, columns)
    self.start = Timestamp(year: start.year, month: start.month, day: start.day)!
  }

  /// All of them.
  public static let all = [maunaLoaCO2, seattleWeather, elNino, usEconomy, sunspots]

  /// The one with a name.
  public static func named(_ name: String) -> BundledSeries? { all.first { $0.name == name } }

  /// What a path begins with that names one of them.
  public static let prefix = "bundled:"

  /// The one that a path names, as in `bundled:co2`; nil if it is the path of a file.
  ///
  /// - Throws: ``FormatError`` if there is none of this name.
  public static func at(_ path: String) throws(FormatError) -> BundledSeries? {
    guard path.hasPrefix(prefix) else { return nil }
    let name = String(path.dropFirst(prefix.count))
    if let series = named(name) { return series }
    let names = all.map(\.name)
    throw FormatError(
      .init(path),
      expected: "the name of a series that comes with Rondo, one of \(names.joined(separator: ", "))",
      found: quoted(name), hint: NearestName.of(name, among: names).map { "Did you mean \(prefix)\($0)?" })
  }

  /// Its series.
  public func table() -> SeriesTable {
    do { return try SeriesFile.read(Self.prefix + name) } catch { preconditionFailure("\(error)") }
  }

  /// A CSV file of it: a column of dates, and one of each series.
  public var csv: [UInt8] {
    let values = columns.map { $0.values.split { $0 == " " || $0 == "\n" } }
    var text = "date," + columns.map(\.name).joined(separator: ",") + "\n"
    for step in values[0].indices {
      text += frequency.advance(start, by: step).description
      for column in values { text += column[step] == "-" ? "," : ",\(column[step])" }
      text += "\n"
    }
    return Array(text.utf8)
  }

  /// The SHA-256 of ``csv``, as 64 hexadecimal digits.
  public var checksum: String { SHA256.hash(csv) }
}
