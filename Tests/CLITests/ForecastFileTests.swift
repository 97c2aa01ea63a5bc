import Foundation
import RondoData
import RondoTestSupport
import Testing

/// `rondo forecast FILE --horizon H`: everything at once.
@Suite struct ForecastFileTests {
  private static let small = ["--members", "1", "--hidden", "8", "--batch", "8", "--no-plot"]

  /// Four days of hours that end before midnight.
  private static let hours =
    "time,load\n"
    + (0..<96).map { hour in
      "2024-03-0\(1 + hour / 24) \(hour % 24 < 10 ? "0" : "")\(hour % 24):00,\(10 + hour % 24 + hour % 5)\n"
    }.joined()

  private func start(
    _ file: String, _ directory: String, horizon: Int = 3, limit: String = "2s", _ options: [String] = []
  ) throws -> RondoProcess {
    try RondoProcess(
      ["forecast", file, "-o", directory, "--horizon", "\(horizon)", "--time-limit", limit] + Self.small
        + options)
  }

  @Test func leavesAModelForecastsAndAReport() throws {
    let folder = TemporaryFolder()
    let file = folder.file("load.csv", Self.hours)
    let result = try start(file, folder("out"), ["--json"]).wait()
    #expect(result.status == 0, "\(result.messages)")
    let object = try JSON(parsing: result.output)
    #expect(object["backtest"]?["baselines"]?["naive"]?["mae"]?.double != nil)
    let lines = try Files.readText(folder("out/forecast.csv")).split(separator: "\n")
    // One kind of times, at midnight too; and nothing below zero of what never was.
    #expect(lines.count == 4 && lines[1].hasPrefix("load,2024-03-05 00:00:00,"))
    #expect(!lines.dropFirst().contains { $0.contains(",-") })
    #expect(try Files.readText(folder("out/report.html")).contains("an hour"))
    let card = try Files.readText(folder("out/card.md"))
    #expect(card.contains("rondo forecast train"))
    let names = try Set(FileManager.default.contentsOfDirectory(atPath: folder("out")))
    #expect(
      names.isSuperset(of: ["model.safetensors", "config.json", "history.csv"])
        && names.isDisjoint(with: ["checkpoint", "metrics.jsonl"]), "\(names)")
    // What it can do is done; the model goes on by itself.
    let predicted = try rondo("forecast", "predict", folder("out"), "--json")
    #expect(try JSON(parsing: predicted.output)["forecast"]?.array?.count == 3)
    let again = try start(file, folder("out")).wait()
    expectRefused(again, naming: "model.safetensors already. Choose another directory.")
    #expect(!again.messages.contains("training"))
  }

  /// Too little for a backtest and for intervals that are made right: that is said where the results are read.
  @Test func whatIsMissingIsSaid() throws {
    let folder = TemporaryFolder()
    let file = folder.file("load.csv", Self.hours)
    let result = try start(file, folder("out"), horizon: 48, ["--json"]).wait()
    #expect(result.status == 0, "\(result.messages)")
    let notes = try JSON(parsing: result.output)["notes"]?.array?.compactMap(\.string) ?? []
    #expect(notes.contains { $0.hasPrefix("no backtest") } && notes.contains { $0.contains("too narrow") })
    let page = try Files.readText(folder("out/report.html"))
    #expect(page.contains("no backtest") && page.contains("too narrow"))
    expectRefused(
      try start(file, folder("long"), horizon: 96).wait(), naming: "no series is longer than the 96 steps")
    #expect(!FileManager.default.fileExists(atPath: folder("long")))
  }

  @Test func placesAreCheckedBeforeTheWork() throws {
    let folder = TemporaryFolder()
    let file = folder.file("load.csv", Self.hours)
    for (directory, words) in [(file, "a file is where a directory should be"), (file + "/out", "directory")]
    {
      let result = try start(file, directory).wait()
      expectRefused(result, naming: words)
      #expect(!result.messages.contains("training"))
    }
    let report = try rondo(
      "forecast", "backtest", file, "--horizon", "3", "--report", folder("none/report.html"))
    expectRefused(report, naming: "Create the folder first")
  }

  /// Ctrl-C leaves nothing, and promises nothing.
  @Test func interrupted() throws {
    let folder = TemporaryFolder()
    let file = folder.file("load.csv", Self.hours)
    let process = try start(file, folder("out"), limit: "10m", ["--no-backtest"])
    while process.isRunning, !FileManager.default.fileExists(atPath: folder("out")) {
      Thread.sleep(forTimeInterval: 0.005)
    }
    Thread.sleep(forTimeInterval: 1)
    process.send(SIGINT)
    let result = process.wait()
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.messages.contains("nothing was saved") && !result.messages.contains("--resume"))
    #expect(!FileManager.default.fileExists(atPath: folder("out")))
  }

  @Test func optionsOfOtherNetworksAreRefused() throws {
    let folder = TemporaryFolder()
    let file = folder.file("load.csv", Self.hours)
    for (options, words) in [
      (["--lags", "1,2"], "--lags is for --model deepar, and this is segment"),
      (["--model", "deepar", "--segment", "4"], "--segment is for --model segment, es-rnn and linear"),
      (["--model", "es-rnn", "--scale", "level"], "--scale is for"),
      (["--model", "linear"], "--model linear has no layers"),
    ] {
      expectRefused(try start(file, folder("out"), options).wait(), naming: words)
    }
    for (options, word) in [([], "--horizon"), (["--horizn", "3"], "--horizn")] {
      let result = try RondoProcess(["forecast", file] + options).wait()
      #expect(result.status == 64 && result.messages.contains(word), "\(result)")
    }
  }
}
