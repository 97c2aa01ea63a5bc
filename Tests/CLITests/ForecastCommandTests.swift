import Foundation
import RondoData
import RondoTestSupport
import Testing

/// `rondo forecast` as people call it.
@Suite struct ForecastCommandTests {
  private static let small = [
    "--horizon", "7", "--members", "1", "--hidden", "8", "--batch", "16", "--steps", "20", "--dropout", "0",
  ]

  /// Two columns of days with a week in them, a gap and a column of words.
  private static let csv =
    "day;shop;sales;visits\n"
    + (0..<120).map { day in
      "\(1 + day % 28).\(1 + day / 28).2023;main;\(10 + day % 7),5;\(day == 40 ? "NA" : "\(100 + (day * 3) % 7)")\n"
    }.joined()

  private func run(_ arguments: [String]) throws -> RondoProcess.Result { try RondoProcess(arguments).wait() }

  @Test func trainPredictAndBacktest() throws {
    let folder = TemporaryFolder()
    let file = folder.file("shops.csv", Self.csv)
    let trained = try run(
      ["forecast", "train", file, "-o", folder("model"), "--frequency", "1d", "--json"] + Self.small)
    #expect(trained.status == 0, "\(trained.messages)")
    // Months of 28 days leave days out: they are missing, and that is said.
    #expect(trained.messages.contains("have no row") && trained.messages.contains("\"shop\""))
    let result = try JSON(parsing: trained.output)
    #expect(result["series"]?.integer == 2 && result["validation"]?["windows"]?.integer == 12)
    #expect(result["validation"]?["baselines"]?["naive"]?["smape"]?.double != nil)

    let predicted = try run(["forecast", "predict", folder("model"), file, "--quantiles", "0.1,0.9"])
    let lines = predicted.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines[0] == ["series", "time", "mean", "median", "q0.1", "q0.9"])
    #expect(lines.count == 15 && lines[1][0] == "sales" && lines[8][0] == "visits")
    #expect(lines[1][1] == "2023-05-09" && lines[2][1] == "2023-05-10")
    for line in lines.dropFirst() {
      let numbers = line.dropFirst(2).compactMap { Double($0) }
      #expect(numbers.count == 4 && numbers[2] <= numbers[1] && numbers[1] <= numbers[3])
    }
    let output = folder("forecast.csv")
    let written = try run([
      "forecast", "predict", folder("model"), file, "--horizon", "2", "--output", output,
    ])
    #expect(written.status == 0 && written.output.isEmpty)
    #expect(try Files.readText(output).split(separator: "\n").count == 5)

    let evaluated = try run(["forecast", "evaluate", folder("model"), file, "--windows", "2"])
    #expect(evaluated.status == 0 && evaluated.output.hasPrefix("4 windows of 7 steps"))
    #expect(evaluated.output.contains("this model") && evaluated.output.contains("seasonal-naive"))

    let tested = try run(
      ["forecast", "backtest", file, "--windows", "3", "--frequency", "1d", "--json"] + Self.small)
    let score = try JSON(parsing: tested.output)
    for key in ["smape", "mase", "wql", "coverage_80", "coverage_95"] {
      #expect(score[key]?.double != nil, "\(key)")
    }
    #expect(score["windows"]?.integer == 6 && score["baselines"]?["seasonal-naive"]?["wql"]?.double != nil)
  }

  @Test func standardInputAndCompressedFiles() throws {
    let folder = TemporaryFolder()
    let file = folder.file("shops.csv", Self.csv)
    _ = try run(["forecast", "train", file, "-o", folder("model"), "--frequency", "1d"] + Self.small)
    let compressed = Process()
    compressed.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compressed.arguments = ["gzip", file]
    try compressed.run()
    compressed.waitUntilExit()
    let predicted = try run(["forecast", "predict", folder("model"), file + ".gz"])
    #expect(predicted.status == 0 && predicted.output.split(separator: "\n").count == 15)
  }

  @Test func whatIsWrongIsSaid() throws {
    let folder = TemporaryFolder()
    let file = folder.file("shops.csv", Self.csv)
    func message(_ arguments: [String]) throws -> String {
      let result = try run(["forecast"] + arguments)
      #expect(result.status != 0 && result.output.isEmpty)
      return result.messages
    }
    let train = ["train", file, "-o", folder("model")]
    #expect(try message(train).contains("--horizon"))
    #expect(try message(train + ["--horizon", "0"]).contains("whole number"))
    #expect(try message(train + ["--horizon", "7", "--target", "sale"]).contains("Did you mean \"sales\"?"))
    #expect(
      try message(train + ["--horizon", "7", "--frequency", "2 weeks"]).contains("a number and a unit"))
    #expect(try message(train + ["--horizon", "7", "--layout", "long"]).contains("--id"))
    #expect(
      try message(["backtest", file, "--horizon", "50", "--windows", "9", "--steps", "1"]).contains(
        "fewer --windows"))
    #expect(try message(train + ["--horizon", "7", "--bidirectional"]).contains("--bidirectional"))
    #expect(!FileManager.default.fileExists(atPath: folder("model")))

    _ = try run(["forecast"] + train + ["--frequency", "1d"] + Self.small)
    #expect(try message(["predict", folder("model"), file, "--horizon", "8"]).contains("at most 7"))
    #expect(
      try message(["predict", folder("model"), file, "--quantiles", "1.5"]).contains("between 0 and 1"))
    #expect(try message(["predict", folder("model"), folder("missing.csv")]).contains("missing.csv"))
  }
}
