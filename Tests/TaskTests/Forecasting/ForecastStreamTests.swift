import Foundation
import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct ForecastStreamTests {
  private static let start = Timestamp(year: 2023, month: 1, day: 2)!
  private static let days = Frequency.seconds(86_400)

  /// Two series of days with a week in them and some values missing.
  private static func series(_ count: Int, gaps: Bool = true) -> [Series] {
    let random = RandomSource(seed: 3)
    return (0..<2).map { item in
      let values = (0..<count).map { step -> Double in
        let draw = random.uniform(stream: UInt64(item), position: UInt64(step))
        if gaps, step % 23 == 5 { return .nan }
        return Double(1 + item) * (20 + 5 * sin(Double(step % 7)) + Double(draw))
      }
      return Series(name: "s\(item)", values: values, start: start)
    }
  }

  private static func settings(_ model: ForecastModel) -> ForecastSettings {
    var settings = ForecastSettings()
    settings.forecast.model = model
    settings.forecast.horizon = 7
    settings.forecast.season = 7
    settings.forecast.context = 14
    settings.forecast.members = 2
    settings.forecast.paths = 20
    settings.architecture.cell = "lstm"
    settings.architecture.hidden = [8, 6]
    settings.architecture.dropout = 0
    settings.training.batch = 8
    settings.training.budget = .steps(4)
    return settings
  }

  private static func forecaster(_ model: ForecastModel) throws -> Forecaster {
    try Forecaster.trained(on: series(200), frequency: days, settings(model))
  }

  /// The part of series from a step on, as new rows have it.
  private static func rows(_ series: [Series], _ steps: Range<Int>) -> [Series] {
    series.map { one in
      var part = one
      part.values = Array(one.values[steps])
      part.start = one.start.map { days.advance($0, by: steps.lowerBound) }
      part.covariates.past = one.covariates.past.map { Array($0[steps]) }
      part.covariates.known = one.covariates.known.map {
        Array($0[steps.lowerBound..<min($0.count, steps.upperBound + 7)])
      }
      return part
    }
  }

  // MARK: Forecasts

  @Test(arguments: ForecastModel.allCases) func beginsAsTheForecasterForecasts(_ model: ForecastModel) throws
  {
    let forecaster = try Self.forecaster(model)
    // So long that the first values are not kept, and so short that all are.
    for count in [4, 20, 200, 203] {
      let series = Self.series(count)
      let stream = try ForecastStream(forecaster, series)
      let kept = stream.series[0].values.count
      #expect(count < 200 ? kept == count : kept < 180)
      #expect(try stream.forecast() == forecaster.forecast(series), "\(count)")
    }
  }

  @Test(arguments: [ForecastModel.segment, .smoothing, .linear])
  func goesOnAsOnTheWholeFile(_ model: ForecastModel) throws {
    let forecaster = try Self.forecaster(model)
    let whole = Self.series(260)
    var stream = try ForecastStream(forecaster, Self.rows(whole, 0..<200))
    var end = 200
    for count in [1, 5, 13, 41] {
      let changes = try stream.append(Self.rows(whole, end..<end + count))
      end += count
      #expect(changes.added == 2 * count && changes.replaced == 0 && changes.missing == 0)
      #expect(try stream.forecast() == forecaster.forecast(Self.rows(whole, 0..<end)), "\(end)")
      #expect(stream.series[0].values.count < 120)
      let time = ForecastCSV.time(of: stream.series[0], Self.days, step: 0)
      #expect(time == Self.days.advance(Self.start, by: end).description)
    }
  }

  /// Negative values that are not kept any more are remembered, in the file, too: temperatures may fall below zero again.
  @Test func negativesThatAreNotKeptAreRemembered() throws {
    let whole = Self.series(260, gaps: false).map { one in
      var one = one
      one.values = one.values.enumerated().map { $0 < 100 ? -$1 : 0.01 * $1 }
      return one
    }
    var csv = "day,s0,s1\n"
    for step in 0..<250 {
      csv += "\(Self.days.advance(Self.start, by: step)),\(whole[0].values[step]),\(whole[1].values[step])\n"
    }
    let folder = TemporaryFolder()
    let request = ForecastTraining.Request(
      files: [folder.file("whole.csv", csv)], directory: folder("model"), settings: Self.settings(.segment),
      command: "test")
    let forecaster = try ForecastTraining(request).run { _ in }.forecaster
    var stream = try ForecastStream.load(folder("model"))
    #expect(stream.series.allSatisfy { $0.values.allSatisfy { $0 > 0 } })
    let expected = try forecaster.forecast(Self.rows(whole, 0..<250))
    #expect(try stream.forecast() == expected && expected[0].values.contains { $0 < 0 })
    try stream.append(Self.rows(whole, 250..<260))
    #expect(try stream.forecast() == forecaster.forecast(whole))

    let path = folder("model") + "/history.csv"
    let text = try Files.readText(path)
    #expect(text.hasPrefix("series,step,time,negative,value\n"))
    try Data(text.replacing(",1,", with: ",x,", maxReplacements: 1).utf8).write(
      to: URL(fileURLWithPath: path))
    let error = #expect(throws: FormatError.self) { try ForecastStream.load(folder("model")) }
    #expect(error?.expected == "0 or 1")
  }

  @Test func statesGoOnAsInTheWholeWindow() throws {
    let forecaster = try Self.forecaster(.deepAR)
    let whole = Self.series(240, gaps: false)
    var stream = try ForecastStream(forecaster, Self.rows(whole, 0..<200))
    var end = 200
    for count in [1, 1, 2, 7, 25] {
      try stream.append(Self.rows(whole, end..<end + count))
      end += count
      // The same windows before anything of them was read.
      let unread = stream.windows.map { windows in
        windows?.map { window in
          var window = window
          (window.end, window.states) = (window.begin, [])
          return window
        }
      }
      #expect(unread.allSatisfy { $0?.count == 2 && $0?[0].begin == 186 })
      #expect(stream.windows.allSatisfy { $0?[1].end == end && $0?[1].states.count == 2 })
      let series = Self.rows(whole, 0..<end)
      let all = try forecaster.forecast(series, after: nil, windows: unread, horizon: nil)
      #expect(try stream.forecast() == all, "\(end)")
      #expect(try all != forecaster.forecast(series))
    }
  }

  @Test(arguments: ForecastModel.allCases) func manyPartsAreAsOne(_ model: ForecastModel) throws {
    let forecaster = try Self.forecaster(model)
    let whole = Self.series(340)
    let past = Self.rows(whole, 0..<200)
    var (parts, one) = (try ForecastStream(forecaster, past), try ForecastStream(forecaster, past))
    var end = 200
    for count in [1, 2, 30, 1, 24, 3, 50, 29] {
      try parts.append(Self.rows(whole, end..<end + count))
      end += count
    }
    try one.append(Self.rows(whole, 200..<end))
    #expect(end == 340)
    #expect(try parts.forecast() == one.forecast())
    #expect(parts.windows == one.windows)
    #expect(parts.series.map(\.values.description) == one.series.map(\.values.description))
    if model == .deepAR {
      // Four contexts are 56 steps.
      #expect(one.windows.allSatisfy { 340 - $0![0].begin <= 56 })
    }
  }

  @Test func returnsOfPrices() throws {
    var settings = Self.settings(.segment)
    settings.forecast.reading.returns = true
    let prices = Self.series(240)
    func returns(_ count: Int) -> [Series] { Self.rows(prices, 0..<count).map { $0.logReturns(Self.days) } }
    let forecaster = try Forecaster.trained(on: returns(200), frequency: Self.days, settings)
    var stream = try ForecastStream(forecaster, Self.rows(prices, 0..<200))
    #expect(try stream.forecast() == forecaster.forecast(returns(200)))
    try stream.append(Self.rows(prices, 200..<201))
    try stream.append(Self.rows(prices, 201..<240))
    #expect(try stream.forecast() == forecaster.forecast(returns(240)))
    #expect(
      ForecastCSV.time(of: stream.series[1], Self.days, step: 0)
        == Self.days.advance(Self.start, by: 240).description)
    var bad = Self.rows(prices, 239..<240)
    bad[0].values[0] = 0
    #expect(throws: OptionError.self) { try stream.append(bad) }
  }

  @Test(arguments: [ForecastModel.segment, .deepAR]) func covariatesGoAlong(_ model: ForecastModel) throws {
    func series(_ count: Int) -> [Series] {
      Self.series(count).enumerated().map { index, one in
        var one = one
        one.covariates.known = [(0..<count + 7).map { Double($0 % 5) }]
        one.covariates.past = [(0..<count).map { Double($0 % 3 + index) }]
        one.covariates.statics = [index == 0 ? "a" : "b"]
        return one
      }
    }
    let forecaster = try Forecaster.trained(on: series(200), frequency: Self.days, Self.settings(model))
    let whole = series(240)
    var stream = try ForecastStream(forecaster, series(200))
    #expect(try stream.forecast() == forecaster.forecast(series(200)))
    try stream.append(Self.rows(whole, 200..<210))
    if model == .segment {
      #expect(try stream.forecast() == forecaster.forecast(series(210)))
    }
    // What is known ahead may come alone.
    var rows = Self.rows(whole, 210..<215)
    for index in rows.indices {
      rows[index].covariates.known[0] = Array(rows[index].covariates.known[0].prefix(5))
    }
    try stream.append(rows)
    #expect(throws: OptionError.self) { try stream.forecast() }
    _ = try stream.forecast(horizon: 2)
    var ahead = Self.rows(whole, 215..<215)
    for index in ahead.indices { ahead[index].covariates.known[0] = (215..<222).map { Double($0 % 5) } }
    let changes = try stream.append(ahead)
    #expect(changes.added == 0 && changes.missing == 0)
    if model == .segment {
      #expect(try stream.forecast() == forecaster.forecast(series(215)))
    } else {
      #expect(stream.windows.allSatisfy { $0?[0].begin == 186 })
    }
    var other = Self.rows(whole, 215..<216)
    other[0].covariates.statics = ["b"]
    #expect(throws: OptionError.self) { try stream.append(other) }
    other[0].covariates = Covariates()
    #expect(throws: OptionError.self) { try stream.append(other) }
  }

  // MARK: Rows

  @Test func rowsAreMergedByTheirTimes() throws {
    let forecaster = try Self.forecaster(.segment)
    let whole = Self.series(240, gaps: false)
    let begin = try ForecastStream(forecaster, Self.rows(whole, 0..<200))

    // What is there already changes nothing, and can be another.
    var stream = begin
    var changes = try stream.append(Self.rows(whole, 195..<205))
    #expect(changes.added == 10 && changes.repeated == 10 && changes.replaced == 0)
    var other = Self.rows(whole, 200..<205)
    other[1].values[2] = 1000
    other[1].values[3] = .nan
    changes = try stream.append(other)
    var expected = Self.rows(whole, 0..<205)
    expected[1].values[202] = 1000
    #expect(changes.added == 0 && changes.replaced == 1 && changes.repeated == 8)
    #expect(changes.notes[0] == "no new steps")
    #expect(changes.notes[1].contains("by 1000.0 at 2023-07-23 of series \"s1\""), "\(changes.notes)")
    #expect(try stream.forecast() == forecaster.forecast(expected))

    // Steps that are left out are missing until they come.
    stream = begin
    changes = try stream.append(Self.rows(whole, 203..<206))
    #expect(changes.added == 6 && changes.missing == 6)
    #expect(changes.notes[1].contains("2023-07-21 to 2023-07-23"), "\(changes.notes)")
    expected = Self.rows(whole, 0..<206)
    for index in expected.indices { for step in 200..<203 { expected[index].values[step] = .nan } }
    #expect(try stream.forecast() == forecaster.forecast(expected))
    changes = try stream.append(Self.rows(whole, 200..<203))
    #expect(changes.filled == 6 && changes.added == 0)
    #expect(try stream.forecast() == forecaster.forecast(Self.rows(whole, 0..<206)))

    // What is too old is ignored, a series without rows stays, and another begins.
    stream = begin
    let kept = stream.series[0].values.count
    changes = try stream.append([
      Self.rows(whole, 10..<202)[0], Series(name: "new", values: [1, 2, 3], start: Self.start),
    ])
    #expect(changes.added == 5 && changes.ignored == 190 - kept && changes.repeated == kept)
    #expect(changes.new == ["new"] && changes.unchanged == ["s1"])
    #expect(stream.series.map(\.name) == ["s0", "s1", "new"])
    expected = [
      Self.rows(whole, 0..<202)[0], Self.rows(whole, 0..<200)[1],
      Series(name: "new", values: [1, 2, 3], start: Self.start),
    ]
    #expect(try stream.forecast() == forecaster.forecast(expected))

    // Rows that do not go with the history change nothing.
    let before = stream.series
    var wrong = Self.rows(whole, 202..<203)
    wrong[1].start = Timestamp(seconds: wrong[1].start!.seconds + 60)
    #expect(throws: OptionError.self) { try stream.append(wrong) }
    wrong[1].start = Timestamp(year: 2203, month: 1, day: 1)
    #expect(throws: OptionError.self) { try stream.append(wrong) }
    wrong[1].start = nil
    #expect(throws: OptionError.self) { try stream.append(wrong) }
    #expect(stream.series == before)
  }

  @Test func replacedValuesAreReadAnew() throws {
    let forecaster = try Self.forecaster(.deepAR)
    let whole = Self.series(240, gaps: false)
    var stream = try ForecastStream(forecaster, Self.rows(whole, 0..<200))
    try stream.append(Self.rows(whole, 200..<220))
    let begin = stream.windows
    try stream.append(Self.rows(whole, 215..<220))
    #expect(stream.windows == begin)
    var rows = Self.rows(whole, 0..<220)
    rows[0].values[212] += 1
    try stream.append(Self.rows(rows, 212..<213))
    #expect(stream.windows[0]?[0].begin == 206 && stream.windows[1] == begin[1])
    #expect(try stream.forecast()[0] == forecaster.forecast(rows)[0])
  }

  @Test func withoutTimesRowsComeBehind() throws {
    func plain(_ series: [Series]) -> [Series] { series.map { Series(name: "x", values: $0.values) } }
    let whole = Self.series(240)
    let forecaster = try Forecaster.trained(on: plain(Self.rows(whole, 0..<200)), Self.settings(.smoothing))
    // Two of the same name are told apart by their order.
    var stream = try ForecastStream(forecaster, plain(Self.rows(whole, 0..<200)))
    try stream.append(plain(Self.rows(whole, 200..<211)))
    let expected = try forecaster.forecast(plain(Self.rows(whole, 0..<211)))
    #expect(try stream.forecast() == expected)
    #expect(throws: OptionError.self) { try stream.append([Series(name: "x", values: [1])]) }
    #expect(try stream.forecast() == expected)
  }

  @Test func monthsKeepTheirDays() throws {
    var settings = Self.settings(.segment)
    settings.forecast.season = 12
    for (day, month) in [(30, 1), (31, 1), (29, 2), (15, 6)] {
      let start = Timestamp(year: 2000, month: month, day: day)!
      let values = (0..<150).map { Double(10 + $0 % 12) }
      let series = [Series(name: "m", values: values, start: start)]
      let forecaster = try Forecaster.trained(on: series, frequency: .months(1), settings)
      for count in 120..<135 {
        let stream = try ForecastStream(
          forecaster, [Series(name: "m", values: Array(values.prefix(count)), start: start)])
        #expect(stream.series[0].values.count < 70)
        for step in 0..<7 {
          #expect(
            ForecastCSV.time(of: stream.series[0], .months(1), step: step)
              == Frequency.months(1).advance(start, by: count + step).description)
        }
      }
    }
  }

  // MARK: Files

  /// A model of a file with a covariate that is known ahead, one that is known as far as the values, and one of each series.
  private func trained(_ model: ForecastModel, _ folder: TemporaryFolder) throws -> (
    file: (Range<Int>) -> String, directory: String
  ) {
    let whole = Self.series(240)
    func csv(_ steps: Range<Int>) -> String {
      var text = "shop,day,sales,price,visits,kind\n"
      for one in whole {
        for step in steps.lowerBound..<steps.upperBound + 7 {
          let isKnown = step < steps.upperBound && !one.values[step].isNaN
          text +=
            "\"\(one.name), A\",\(Self.days.advance(Self.start, by: step)),\(isKnown ? "\(one.values[step])" : ""),\(step % 5),"
            + "\(step < steps.upperBound ? "\(step % 3)" : ""),k\(one.name)\n"
        }
      }
      return text
    }
    var settings = Self.settings(model)
    settings.forecast.reading.known = ["price"]
    settings.forecast.reading.past = ["visits"]
    settings.forecast.reading.statics = ["kind"]
    settings.forecast.reading.id = "shop"
    let request = ForecastTraining.Request(
      files: [folder.file("whole.csv", csv(0..<200))], directory: folder("model"), settings: settings,
      command: "test")
    _ = try ForecastTraining(request).run { _ in }
    return ({ folder.file("part.csv", csv($0)) }, folder("model"))
  }

  @Test(arguments: [ForecastModel.segment, .deepAR]) func whatIsSavedGoesOn(_ model: ForecastModel) throws {
    let folder = TemporaryFolder()
    let (file, directory) = try trained(model, folder)
    let forecaster = try Forecaster.load(directory)
    let reading = try #require(forecaster.config.data.reading)
    #expect(reading.layout == .long && reading.time == ["day"] && reading.targets == ["sales"])
    func rows(_ steps: Range<Int>) throws -> [Series] { try SeriesData([file(steps)], reading).series }
    var stream = try ForecastStream(forecaster, rows(0..<200))
    #expect(try ForecastStream.load(directory).forecast() == stream.forecast())
    #expect(try stream.forecast() == forecaster.forecast(rows(0..<200)))
    for steps in [200..<203, 203..<204, 204..<240] {
      var saved = try ForecastStream.load(directory)
      #expect(saved.notes.isEmpty)
      try saved.append(rows(steps))
      try saved.save(to: directory)
      try stream.append(rows(steps))
      #expect(try saved.forecast() == stream.forecast())
      let loaded = try ForecastStream.load(directory)
      #expect(try loaded.forecast() == stream.forecast())
      #expect(loaded.windows == stream.windows || model != .deepAR)
      #expect(loaded.series.map(\.values.count) == stream.series.map(\.values.count))
    }
    let hasState = FileManager.default.fileExists(atPath: directory + "/state.safetensors")
    #expect(hasState == (model == .deepAR))
    let text = try Files.readText(directory + "/history.csv")
    #expect(text.hasPrefix("series,step,time,value,price,visits,kind\n\"s0, A\","))
    // What is known ahead has rows without a value.
    #expect(text.contains(",241,2023-08-30,,0.0,NA,ks1\n"), "\(text.suffix(300))")
  }

  @Test func damagedHistoriesAreRefused() throws {
    let folder = TemporaryFolder()
    let directory = try trained(.segment, folder).directory
    let path = directory + "/history.csv"
    let good = try Files.readText(path)
    func refused(_ text: String, _ words: String...) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      do {
        _ = try ForecastStream.load(directory)
        Issue.record("not refused: \(words)")
      } catch let error as FormatError {
        for word in ["history.csv"] + words { #expect("\(error)".contains(word), "\(error)") }
      }
    }
    var lines = good.split(separator: "\n").map(String.init)
    let last = lines.count - 1
    try refused(String(good.dropLast(12)), "truncated")
    try refused(String(good.dropLast(12)) + "\n", "expected 7 fields")
    try refused("", "an empty file", "--begin")
    try refused(lines[0] + "\n", "rows of series", "none")
    try refused(good.replacing("value", with: "sales"), "line 1", "the columns series,step,time,value")
    lines.remove(at: 5)
    try refused(lines.joined(separator: "\n") + "\n", "line 6", "expected step")
    lines = good.split(separator: "\n").map(String.init)
    try refused(
      (lines[..<3] + [lines[3].replacing("ks0", with: "ks1")] + lines[4...]).joined(separator: "\n") + "\n",
      "line 4", "\"ks0\" as in line 2")
    var fields = lines[3].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    fields[4] = "x"
    try refused(
      (lines[..<3] + [fields.joined(separator: ",")] + lines[4...]).joined(separator: "\n") + "\n", "line 4",
      "a number", "\"x\"")
    fields[4] = ""
    try refused(
      (lines[..<3] + [fields.joined(separator: ",")] + lines[4...]).joined(separator: "\n") + "\n", "line 5",
      "nothing behind a value that has not come yet")
    fields = lines[3].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    fields[3] = "2023-01-01"
    try refused(
      (lines[..<3] + [fields.joined(separator: ",")] + lines[4...]).joined(separator: "\n") + "\n", "line 4",
      "after the row before")
    try refused(
      (lines + [lines[1]]).joined(separator: "\n") + "\n", "line \(last + 2)", "one below the other")
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: FormatError.self) { try ForecastStream.load(directory) }
  }

  @Test func damagedStatesAreRefused() throws {
    let folder = TemporaryFolder()
    let (file, directory) = try trained(.deepAR, folder)
    var stream = try ForecastStream.load(directory)
    let reading = try #require(stream.forecaster.config.data.reading)
    try stream.append(SeriesData([file(200..<210)], reading).series)
    let history = try Data(contentsOf: URL(fileURLWithPath: directory + "/history.csv"))
    try stream.save(to: directory)
    let state = directory + "/state.safetensors"
    let good = try SafeTensors(contentsOf: state)
    let tensors = try good.entries.map { (name: $0.name, tensor: try good.tensor($0.name)) }
    func refused(_ word: String) {
      do {
        _ = try ForecastStream.load(directory)
        Issue.record("not refused: \(word)")
      } catch {
        #expect("\(error)".contains("state.safetensors") && "\(error)".contains(word), "\(error)")
      }
    }
    var broken = tensors
    broken[0].tensor = Tensor(repeating: .infinity, broken[0].tensor.shape)
    try SafeTensors.write(broken, metadata: good.metadata, to: state)
    refused("finite")
    broken[0].tensor = Tensor(zeros: [2, 3])
    try SafeTensors.write(broken, metadata: good.metadata, to: state)
    refused("of shape [2, ")
    try SafeTensors.write(Array(tensors.dropFirst()), metadata: good.metadata, to: state)
    refused("found none")
    try SafeTensors.write(tensors, to: state)
    refused("a record of the windows")
    try SafeTensors.write(
      tensors,
      metadata: ["windows": good.metadata["windows"]!.replacing("\"begin\":[", with: "\"begin\":[9,")],
      to: state)
    refused("a window of each")
    // Windows that are longer than any.
    let record = good.metadata["windows"]!.replacing(/"begin":\[[0-9,]*\]/, with: "\"begin\":[0,0]")
    try SafeTensors.write(tensors, metadata: ["windows": record], to: state)
    refused("a window of each")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: state))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: state))
    refused("truncated")

    // States of another history are no damage: a command may have ended between the two files.
    try stream.save(to: directory)
    try history.write(to: URL(fileURLWithPath: directory + "/history.csv"))
    let loaded = try ForecastStream.load(directory)
    #expect(loaded.notes.count == 1 && loaded.notes[0].contains("another history"))
    _ = try loaded.forecast()
  }
}
