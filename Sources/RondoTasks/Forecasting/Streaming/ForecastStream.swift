import Foundation
import RondoCore
import RondoData
import RondoTraining

/// A forecaster that goes on with its series row by row, without being trained again and without their old files.
///
/// ```swift
/// var stream = try ForecastStream.load("power")  // what training left there
/// let rows = try SeriesFile.read("today.csv").series
/// for note in try stream.append(rows).notes { print(note) }
/// let forecasts = try stream.forecast(horizon: 24)
/// for (series, forecast) in zip(stream.series, forecasts) {
///   print(series.name, forecast.quantile(0.5, step: 0))
/// }
/// try stream.save(to: "power")
/// ```
///
/// Of each series as many of the latest values are kept as a forecast depends on, and a few seasons. A network that reads value after value
/// (`deepar`) keeps its states, too, and reads nothing but the new rows: its window grows with the series, scaled as when it began, and is begun
/// anew from the latest context when it has become longer than four of them. Other networks read their window from the history.
public struct ForecastStream: Sendable {
  /// The forecaster.
  public let forecaster: Forecaster
  /// What a person should know of how it was loaded, a sentence each.
  public private(set) var notes: [String] = []
  private var histories: [SeriesHistory]
  /// Of each series the members' windows; nil where they are begun anew for each forecast.
  package private(set) var windows: [[StreamedWindow]?]

  /// A stream that begins with series as their files have them: if the forecaster is one of returns, the prices.
  ///
  /// - Throws: `OptionError` if a series has other covariates than the forecaster was trained with, or returns of it cannot be made.
  public init(_ forecaster: Forecaster, _ series: [Series]) throws {
    try self.init(forecaster, series.map { SeriesHistory($0) })
    keepLatest()
  }

  private init(_ forecaster: Forecaster, _ histories: [SeriesHistory]) throws {
    (self.forecaster, self.histories, windows) = (forecaster, histories, [])
    windows = forecaster.ensemble.begunWindows(try input())
  }

  // MARK: Going on

  /// Adds new rows to the series of the same names: by their times if those are known, otherwise behind the last ones.
  ///
  /// Values at times that are there already replace those; steps that are left out between are missing values; rows before the history that is
  /// kept are ignored. A series of a new name begins with its rows. Several series of one name are told apart by their order.
  ///
  /// - Returns: What has changed.
  /// - Throws: `OptionError` for rows that do not go with the history; then nothing has changed.
  @discardableResult
  public mutating func append(_ rows: [Series]) throws -> StreamChanges {
    var next = self
    let changes = try next.add(rows)
    self = next
    return changes
  }

  private mutating func add(_ rows: [Series]) throws -> StreamChanges {
    let frequency = forecaster.config.frequency
    // Where each series ended, as networks see it.
    var ends: [Int?] = try input().items.map { $0.before + $0.values.count }
    var places: [String: [Int]] = [:]
    for (index, history) in histories.enumerated() { places[history.series.name, default: []].append(index) }
    var turns: [String: Int] = [:]
    var changes: [SeriesChange] = []
    for one in rows {
      guard let same = places[one.name] else {
        places[one.name] = [histories.count]
        histories.append(SeriesHistory(one))
        windows.append(nil)
        ends.append(nil)
        var change = SeriesChange(name: one.name)
        (change.isNew, change.added) = (true, one.values.count)
        changes.append(change)
        continue
      }
      let turn = turns[one.name, default: 0]
      turns[one.name] = turn + 1
      guard same.count == 1 || turn < same.count else { throw ambiguity(one.name, same.count) }
      let index = same.count == 1 ? same[0] : same[turn]
      let change = try histories[index].append(one, frequency)
      if change.changesPast { (windows[index], ends[index]) = (nil, nil) }
      changes.append(change)
    }
    for (name, turn) in turns where places[name]!.count > 1 && turn < places[name]!.count {
      throw ambiguity(name, places[name]!.count)
    }
    let changed = Set(changes.map(\.name))
    windows = forecaster.ensemble.readWindows(windows, from: ends, try input())
    keepLatest()
    return StreamChanges(
      series: changes, unchanged: histories.map(\.series.name).filter { !changed.contains($0) })
  }

  private func ambiguity(_ name: String, _ count: Int) -> OptionError {
    .conflict(
      "\(count) series of the model are called \(quoted(name)), told apart by the order of their files alone: give new rows of all of them, "
        + "in that order")
  }

  private mutating func keepLatest() {
    let config = forecaster.config
    let hasReturns = config.forecast.reading.returns
    let count = forecaster.ensemble.reach + 3 * config.season + (hasReturns ? 1 : 0)
    for index in histories.indices {
      histories[index].keep(count, config.frequency, hasReturns: hasReturns)
    }
  }

  // MARK: Forecasts

  /// The series as networks read them, as far back as they are kept: returns, if the forecaster is one of those.
  ///
  /// Steps that are forecast come after the last value of each.
  public var series: [Series] {
    let rows = histories.map(\.series)
    guard forecaster.config.forecast.reading.returns else { return rows }
    return rows.map { $0.logReturns(frequency) }
  }

  /// How far steps are apart; nil if times are not known.
  public var frequency: Frequency? { forecaster.config.frequency }

  private func input() throws -> ForecastInput {
    let rows = histories.map(\.series)
    return try ForecastInput(
      forecaster.config.forecast.reading.returns ? SeriesData.returns(of: rows, frequency) : rows,
      forecaster.config.covariates, earlier: histories.map(\.earlier))
  }

  /// The forecast of each series' next steps, as many as the model was trained for.
  ///
  /// - Parameter horizon: The steps that are wanted, if not all: covariates need be known no further.
  /// - Throws: As ``Forecaster/forecast(_:horizon:)``.
  public func forecast(horizon: Int? = nil) throws -> [QuantileForecast] {
    try forecaster.forecast(series, after: histories.map(\.earlier), windows: windows, horizon: horizon)
  }

  // MARK: Files

  /// Loads a forecaster with the history that training, or ``save(to:)``, left in its directory.
  ///
  /// - Throws: `FileError` or `FormatError`.
  public static func load(_ path: String) throws -> ForecastStream {
    let forecaster = try Forecaster.load(path)
    let directory = ModelDirectory(path, task: ForecastConfig.task)
    guard FileManager.default.fileExists(atPath: directory.historyPath) else {
      throw FormatError(
        .init(path), expected: "history.csv, which training leaves there", found: "none",
        hint: "Give the whole series to `rondo forecast update --begin`.")
    }
    let bytes = try Files.read(directory.historyPath, limit: 1 << 36)
    let histories = try HistoryFile(forecaster.config).histories(bytes, path: directory.historyPath)
    var stream = try ForecastStream(forecaster, histories)
    guard let networks = forecaster.ensemble.streaming,
      FileManager.default.fileExists(atPath: directory.statePath)
    else { return stream }
    let ends = try stream.input().items.map { $0.before + $0.values.count }
    let state = StreamStateFile(directory.statePath, networks)
    if let windows = try state.windows(ends: ends, history: SHA256.hash(bytes)) {
      for (index, window) in windows.enumerated() where window != nil { stream.windows[index] = window }
    } else {
      stream.notes.append(
        "\(directory.statePath) belongs to another history than history.csv: the networks begin to read anew")
    }
    return stream
  }

  /// Writes `history.csv` and, if networks have read on, `state.safetensors` into the forecaster's directory, each at once.
  ///
  /// - Throws: `FileError`.
  public func save(to path: String) throws {
    let directory = ModelDirectory(path, task: ForecastConfig.task)
    let text = Array(HistoryFile(forecaster.config).text(histories).utf8)
    let hasRead = windows.contains { $0?.contains { !$0.states.isEmpty } ?? false }
    if let networks = forecaster.ensemble.streaming,
      hasRead || FileManager.default.fileExists(atPath: directory.statePath)
    {
      // States of a history that is not there yet are not read; the history comes last.
      try StreamStateFile(directory.statePath, networks).write(windows, history: SHA256.hash(text))
    }
    try AtomicFile.write(text, to: directory.historyPath)
  }
}
