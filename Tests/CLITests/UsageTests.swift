import Foundation
import RondoData
import RondoTestSupport
import Testing

@Suite struct UsageTests {
  @Test func theVersionComesAtOnce() throws {
    var times: [Double] = []
    for _ in 0..<5 {
      let begin = Date()
      let result = try rondo("--version")
      times.append(Date().timeIntervalSince(begin))
      #expect(result.status == 0 && result.output == "0.1.0\n" && result.messages.isEmpty)
    }
    // 50 ms is the promise; the median of five, on a machine that may be busy with other tests.
    #expect(times.sorted()[2] < 0.25)
  }

  @Test(arguments: [
    [], ["text"], ["text", "train"], ["text", "evaluate"], ["text", "generate"], ["demo"], ["gradcheck"],
    ["bench"], ["forecast"], ["forecast", "train"], ["forecast", "predict"], ["forecast", "evaluate"],
    ["forecast", "backtest"], ["forecast", "update"],
    ["cells", "list"],
  ])
  func everyCommandHasHelp(command: [String]) throws {
    let result = try RondoProcess(command + ["--help"]).wait()
    #expect(result.status == 0)
    #expect(result.output.contains("USAGE: rondo"))
    #expect(result.output.contains("OVERVIEW:"))
  }

  @Test func cellsAreListed() throws {
    let result = try rondo("cells", "list")
    let json = try JSON(parsing: rondo("cells", "list", "--json").output)
    for name in ["elman", "lstm", "gru", "gru-before"] {
      #expect(result.output.contains(name))
      #expect(json.array?.contains { $0["name"]?.string == name } == true)
    }
  }

  @Test func gradcheckPrintsAnArray() throws {
    let result = try rondo("gradcheck", "--json")
    #expect(result.status == 0)
    let checks = try #require(JSON(parsing: result.output).array)
    #expect(checks.count > 20)
    for check in checks {
      let error = try #require(check["max_relative_error"]?.double)
      let isOperation = try #require(check["cell"]?.string).hasPrefix("op:")
      #expect(error < (isOperation ? 1e-5 : 1e-6))
      #expect(check["options"]?.string != nil && check["direction"]?.string != nil)
    }
  }

  @Test func benchPrintsItsKeys() throws {
    let result = try rondo(
      "bench", "gru", "--batch", "2", "--length", "5", "--input", "8", "--hidden", "8", "--json")
    let json = try JSON(parsing: result.output)
    for key in ["forward_ms", "train_ms", "forward_gflops", "train_gflops", "peak_gflops"] {
      #expect(try #require(json[key]?.double) > 0, "\(key)")
    }
    #expect(json["threads"]?.integer != nil)
    // Three products of 8 × 16 for ten rows, twice.
    let rate = 2.0 * 3 * 8 * 16 * 10 / (json["forward_ms"]!.double! * 1e6)
    #expect(abs(json["forward_gflops"]!.double! / rate - 1) < 1e-9)
    let trainRate = 3 * rate * json["forward_ms"]!.double! / json["train_ms"]!.double!
    #expect(abs(json["train_gflops"]!.double! / trainRate - 1) < 1e-9)
  }

  @Test func benchTimesSteps() throws {
    let result = try rondo(
      "bench", "lstm", "--batch", "1", "--length", "50", "--input", "4", "--hidden", "4", "--stream",
      "--interval",
      "2ms", "--json")
    let json = try JSON(parsing: result.output)
    let p50 = try #require(json["step_us_p50"]?.double)
    let p99 = try #require(json["step_us_p99"]?.double)
    let max = try #require(json["step_us_max"]?.double)
    #expect(p50 > 0 && p50 <= p99 && p99 <= max)
  }

  @Test(arguments: [
    (["flytext"], "flytext"), (["text", "fly"], "fly"), (["tex", "train"], "did you mean text?"),
    (["text", "trian", "x"], "did you mean train?"), (["bench", "lstm", "--hidden", "1000000000"], "100000"),
    (["bench", "lstm", "--hidden", "100000", "--input", "100000"], "GB of memory"),
    (["text", "generate", "x", "--stop", ""], "--stop"), (["bench", "lstm", "--foo"], "--foo"),
    (["bench", "lstmm"], "did you mean lstm?"), (["bench", "lstm", "--batch", "0"], "whole number"),
    (["bench", "lstm", "--interval", "10ms"], "--stream"), (["text", "train", "x"], "--output"),
    (["text", "train", "x", "-o", "y", "--steps", "3", "--epochs", "4"], "one of"),
  ])
  func wrongUsageIsAnsweredWith64(arguments: [String], word: String) throws {
    let result = try RondoProcess(arguments).wait()
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.messages.contains(word))
    #expect(result.messages.split(separator: "\n").count <= 12)
  }

  @Test(arguments: [
    ["--hidden", "0"], ["--hidden", "-3"], ["--layers", "0"], ["--batch", "0"], ["--length", "0"],
    ["--learning-rate", "nan"], ["--learning-rate", "-1"], ["--dropout", "1.5"], ["--threads", "0"],
    ["--threads", "x"], ["--steps", "-1"], ["--time-limit", "5parsecs"], ["--time-limit", "10"],
    ["--seed", "x"],
    ["--clip", "-1"], ["--cell", "lstmm"], ["--level", "chars"], ["--optimizer", "adamm"],
    ["--schedule", "step:x"],
    ["--schedule", "cosin"], ["--init", "unifrom:1"], ["--validation-fraction", "1"],
    ["--loss-reduction", "sum"],
    ["--min-count", "0"], ["--vocabulary-size", "2"], ["--warmup", "-1"], ["--nesterov"],
    ["--patience", "2", "--validation-fraction", "0"],
    ["-o", ""], ["--hidden", "100000", "--layers", "90"], ["--layers", "100000"], ["--momentum", "0.9"],
    ["--optimizer", "sgd", "--beta1", "0.8"], ["--schedule", "constant:0.3"],
    ["--schedule", "constant", "--schedule-start", "3"], ["--schedule-every", "2"],
    ["--level", "byte", "--vocabulary-size", "50"], ["--level", "byte", "--min-count", "2"],
    ["--level", "word", "--vocabulary-size", "3"], ["--validation-fraction", "0.00001"],
    ["--steps", "9223372036854775807"],
  ])
  func wrongValuesSayWhatIsRight(arguments: [String]) throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    let result = try RondoProcess(["text", "train", text, "-o", folder("model")] + arguments).wait()
    #expect(result.status == 64, "\(arguments): \(result.messages)")
    #expect(result.output.isEmpty)
    #expect(!result.messages.isEmpty && result.messages.split(separator: "\n").count <= 12)
    #expect(folder.names == ["text.txt"])
  }

  @Test(arguments: [("RONDO_THREADS", "many"), ("RONDO_THREADS", "0"), ("RONDO_ISA", "sse9")])
  func nonsenseInTheEnvironmentIsNamed(variable: String, value: String) throws {
    let result = try rondo("cells", "list", environment: [variable: value])
    #expect(result.status == 64)
    #expect(result.messages.contains(variable) && result.messages.contains(value))
    #expect(result.messages.split(separator: "\n").count == 1)
    #expect(result.output.isEmpty)
  }

  /// More threads than processors are no error, but slower, which is said in a line.
  @Test func moreThreadsThanProcessorsAreNamed() throws {
    let arguments = ["bench", "elman", "--stream", "--length", "20", "--input", "4", "--hidden", "4"]
    let result = try RondoProcess(arguments + ["--threads", "1000"]).wait()
    #expect(result.status == 0)
    #expect(result.messages.contains("1000 threads on ") && result.messages.contains("take turns"))
    #expect(result.messages.split(separator: "\n").count == 1)
    #expect(try RondoProcess(arguments + ["--threads", "1"]).wait().messages.isEmpty)
    let variable = try RondoProcess(arguments, environment: ["RONDO_THREADS": "1000"]).wait()
    #expect(variable.status == 0 && variable.messages == result.messages)
  }
}
