import Foundation
import RondoTestSupport
import Testing

/// Files of series that are not what they should be, given to `rondo forecast`: one message with its place, or a forecast and a warning.
@Suite struct ForecastInputTests {
  private static let small = [
    "--members", "1", "--hidden", "8", "--batch", "8", "--steps", "3", "--dropout", "0",
  ]

  /// Days with values, a column that is known for some more days, and one that is not.
  private func csv(days: Int, known: Int, past: Int) -> String {
    let count = max(days, known)
    return "date,y,p,q\n"
      + (0..<count).map { day in
        let number = day % 28 < 9 ? "0\(1 + day % 28)" : "\(1 + day % 28)"
        return
          "2023-0\(1 + day / 28)-\(number),\(day < days ? "\(5 + day % 7)" : ""),\(day < known ? "\(day)" : ""),\(day < past ? "\(day)" : "")\n"
      }.joined()
  }

  private func train(
    _ file: String, _ folder: TemporaryFolder, horizon: Int = 4, _ options: [String] = [],
    input: String? = nil
  ) throws -> RondoProcess.Result {
    try RondoProcess(
      ["forecast", "train", file, "-o", folder("model"), "--horizon", "\(horizon)"] + Self.small + options,
      input: input
    ).wait()
  }

  @Test func whatCannotBeReadIsRefused() throws {
    let folder = TemporaryFolder()
    expectRefused(
      try train(folder.file("inf.csv", "date,y\n2024-01-01,1\n2024-01-02,inf\n"), folder),
      naming: "inf.csv, line 3, column 12", "finite", "\"inf\"")
    expectRefused(
      try train(folder.file("mixed.csv", "time,y\n2024-01-01T00:00Z,1\n2024-01-01T01:00,2\n"), folder),
      naming: "mixed.csv, line 3, column 1", "offset")
    expectRefused(try train(folder.file("empty.csv", ""), folder), naming: "empty.csv", "an empty file")
    expectRefused(
      try train("-", folder, input: "date;y\n2024-01-01;1\n2024-01-02;x1\n"),
      naming: "standard input, line 3, column 12")
    expectRefused(try train("bundled:c02", folder), naming: "bundled:co2", "seattle-weather")
    expectRefused(
      try train(folder.file("none.csv", "date,y\n2024-01-01,\n2024-01-02,NA\n"), folder, horizon: 1),
      naming: "0 values")
    #expect(!FileManager.default.fileExists(atPath: folder("model")))
  }

  @Test func whatIsDubiousIsSaid() throws {
    let folder = TemporaryFolder()
    let file = folder.file(
      "odd.csv", (0..<40).map { "2024-01-01 00:\(10 + $0):00,\(5 + $0 % 7),3,\n" }.joined())
    expectRefused(try train(file, folder, horizon: 50), naming: "no series is longer than the 50 steps")
    let trained = try train(file, folder, horizon: 5)
    #expect(trained.status == 0, "\(trained.messages)")
    for text in [
      "has values", "has the same value throughout: \"3\"", "left out column 4",
    ] {
      #expect(trained.messages.contains(text), "\(text): \(trained.messages)")
    }
    let predicted = try rondo("forecast", "predict", folder("model"), file, "--horizon", "2")
    let lines = predicted.output.split(separator: "\n")
    #expect(lines.count == 5 && !predicted.output.contains("nan") && !predicted.output.contains("inf"))
  }

  /// A series without any value, one that does not change and one of zeros are forecast as what they are.
  @Test func seriesThatSayNothingHaveForecasts() throws {
    let folder = TemporaryFolder()
    let file = folder.file(
      "flat.csv", "date,a,b,c,y\n" + (10..<28).map { "2024-01-\($0),,5,0,\($0)\n" }.joined())
    #expect(try train(file, folder).status == 0)
    let predicted = try rondo("forecast", "predict", folder("model"), file)
    let rows = predicted.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(rows.count == 16)
    for row in rows {
      let numbers = row.dropFirst(2).compactMap { Double($0) }
      #expect(numbers.count == 6 && numbers.allSatisfy(\.isFinite))
      if row[0] == "c" { #expect(numbers.allSatisfy { $0 == 0 }) }
      // What has no value is like the others.
      if row[0] == "a" { #expect(numbers.contains { $0 > 0 }) }
    }
    #expect(predicted.messages.contains("has no value at all: \"a\""))
    #expect(predicted.messages.contains("have the same value throughout: \"b\", \"c\""))
  }

  @Test func covariatesThatEndBeforeTheHorizon() throws {
    let folder = TemporaryFolder()
    let options = ["--target", "y", "--known", "p", "--past", "q", "--frequency", "1d"]
    let file = folder.file("all.csv", csv(days: 50, known: 54, past: 40))
    let trained = try train(file, folder, options)
    #expect(trained.status == 0, "\(trained.messages)")
    #expect(
      trained.messages.contains("column \"q\"") && trained.messages.contains("10 steps before the values"))
    #expect(try rondo("forecast", "predict", folder("model"), file).status == 0)
    let early = folder.file("early.csv", csv(days: 50, known: 52, past: 50))
    expectRefused(
      try rondo("forecast", "predict", folder("model"), early),
      naming: "column \"p\" of series \"y\" ends 2 steps after its last value")
    #expect(try rondo("forecast", "predict", folder("model"), early, "--horizon", "2").status == 0)
  }

  /// What files of the M competitions say of a series before its values is no value.
  @Test func numbersBeforeTheValues() throws {
    let folder = TemporaryFolder()
    func csv(_ header: String, _ row: String) -> String {
      header + (1...30).map { ",\($0)" }.joined() + "\n"
        + ["a", "b", "c"].map { $0 + row + (0..<30).map { ",\(5 + $0 % 4)" }.joined() + "\n" }.joined()
    }
    let plain = folder.file("plain.csv", csv("Series", ""))
    let more = folder.file("m3.csv", csv("Series,N,NF,Type,Starting Year", ",30,6,MICRO,1975"))
    let trained = try train(more, folder, ["--layout", "m4"])
    #expect(trained.status == 0, "\(trained.messages)")
    #expect(trained.messages.contains("left out column \"Starting Year\" of"))
    let predictions = try [plain, more].map {
      try rondo("forecast", "predict", folder("model"), $0, "--layout", "m4").output
    }
    #expect(predictions[0].split(separator: "\n").count == 13 && predictions[0] == predictions[1])
  }

  @Test func bundledSeries() throws {
    let folder = TemporaryFolder()
    #expect(try train("bundled:co2", folder, ["--context", "52", "--json"]).status == 0)
    let predicted = try rondo("forecast", "predict", folder("model"), "bundled:co2")
    let lines = predicted.output.split(separator: "\n")
    #expect(lines.count == 5 && lines[1].hasPrefix("co2,2002-01-05,"))
    let resumed = try rondo(
      "forecast", "train", "bundled:co2", "-o", folder("model"), "--horizon", "4", "--resume")
    #expect(resumed.status == 0, "\(resumed.messages)")
  }
}
