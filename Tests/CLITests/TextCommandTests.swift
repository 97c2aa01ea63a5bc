import Foundation
import RondoData
import RondoTestSupport
import Testing

/// `rondo text` from training to generating.
@Suite struct TextCommandTests {
  private func trained(_ folder: TemporaryFolder, _ options: [String] = ["--steps", "30"]) throws {
    let text = folder.file("text.txt", sampleText)
    let result = try RondoProcess(["text", "train", text, "-o", folder("model")] + smallModel + options)
      .wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  @Test func resultsAreOneJSONObject() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    let train = try RondoProcess(
      ["text", "train", text, "-o", folder("model"), "--steps", "20", "--json"] + smallModel
    ).wait()
    #expect(try JSON(parsing: train.output)["steps"]?.integer == 20)
    #expect(train.messages.contains("step 20/20"))

    let evaluate = try JSON(parsing: rondo("text", "evaluate", folder("model"), text, "--json").output)
    for key in ["loss", "perplexity", "bits_per_character"] { #expect(evaluate[key]?.double != nil) }
    #expect(evaluate["tokens"]?.integer == sampleText.count)
    #expect(evaluate["baselines"]?["unigram"]?["loss"]?.double != nil)
    #expect(evaluate["baselines"]?["kneser_ney_5"]?["perplexity"]?.double != nil)

    let generate = try JSON(
      parsing: rondo("text", "generate", folder("model"), "--prompt", "the ", "--length", "12", "--json")
        .output)
    #expect(generate["prompt"]?.string == "the ")
    #expect(generate["tokens"]?.array?.count == 12)
    #expect(generate["token_ids"]?.array?.count == 12)
    #expect(generate["log_probabilities"]?.array?.count == 12)
    #expect(generate["text"]?.string?.count == 12)
  }

  @Test func generatingIsRepeatable() throws {
    let folder = TemporaryFolder()
    try trained(folder)
    func generate(_ options: String...) throws -> String {
      try RondoProcess(
        ["text", "generate", folder("model"), "--prompt", "the ", "--length", "80"] + options
      ).wait().output
    }
    let first = try generate()
    #expect(first.hasPrefix("the ") && first.count == 84)
    #expect(try generate() == first)
    #expect(try generate("--threads", "1") == first)
    #expect(try generate("--seed", "2") != first)
    #expect(try generate("--temperature", "0") == generate("--temperature", "0", "--seed", "5"))
  }

  @Test func aReaderWhoHasSeenEnoughIsNoError() throws {
    let folder = TemporaryFolder()
    try trained(folder)
    let result = try rondo(
      "text", "generate", folder("model"), "--length", "200000", shell: "\"$@\" | head -c 5; exit 0")
    #expect(result.output.count == 5)
    #expect(result.messages.isEmpty)
  }

  @Test func standardInputIsAFile() throws {
    let folder = TemporaryFolder()
    let arguments = ["text", "train", "-", "-o", folder("model"), "--steps", "5"] + smallModel
    #expect(try RondoProcess(arguments, input: sampleText).wait().status == 0)
    let score = try rondo("text", "evaluate", folder("model"), "-", "--json", input: "the moon\n")
    let json = try JSON(parsing: score.output)
    #expect(json["tokens"]?.integer == 9)
    #expect(json["baselines"] == [:])
    #expect(json["note"]?.string?.contains("standard input") == true)
    let resumed = try RondoProcess(arguments + ["--resume"], input: sampleText).wait()
    #expect(resumed.status == 64 && resumed.messages.contains("standard input"))
  }

  @Test func aConfigurationRepeatsARunUnderATimeLimit() throws {
    let folder = TemporaryFolder()
    try trained(folder, ["--time-limit", "1500ms", "--validation-fraction", "0.1"])
    let config = try JSON(contentsOf: folder("model/config.json"))
    let steps = try #require(config["run"]?["steps"]?.integer)
    let repeated = try rondo(
      "text", "train", folder("text.txt"), "-o", folder("again"), "--config", folder("model/config.json"),
      "--steps",
      "\(steps)")
    try #require(repeated.status == 0, "\(repeated.messages)")
    #expect(
      try Files.read(folder("again/model.safetensors")) == Files.read(folder("model/model.safetensors")))
    func rates(_ name: String) throws -> [Double?] {
      try Files.readText(folder("\(name)/metrics.jsonl")).split(separator: "\n").map {
        try JSON(parsing: String($0))["learning_rate"]?.double
      }
    }
    #expect(try rates("again") == rates("model"))
    #expect(try rates("again").count == steps)
  }

  /// A run that ends before a time limit has given it a plan validates by steps alone, and is repeated all the same.
  @Test func aConfigurationRepeatsARunThatStoppedEarly() throws {
    let folder = TemporaryFolder()
    try trained(
      folder,
      [
        "--time-limit", "1h", "--validate-every", "2", "--patience", "2", "--validation-fraction", "0.1",
        "--learning-rate", "0.1",
      ])
    let config = try JSON(contentsOf: folder("model/config.json"))
    #expect(config["run"]?["ended"]?.string == "early stopping")
    let steps = try #require(config["run"]?["steps"]?.integer)
    let repeated = try rondo(
      "text", "train", folder("text.txt"), "-o", folder("again"), "--config", folder("model/config.json"),
      "--steps", "\(steps)")
    try #require(repeated.status == 0, "\(repeated.messages)")
    #expect(
      try Files.read(folder("again/model.safetensors")) == Files.read(folder("model/model.safetensors")))
  }

  @Test func aRunThatWasResumedWithAnotherBudgetClaimsNoRepetition() throws {
    let folder = TemporaryFolder()
    try trained(folder, ["--steps", "10"])
    #expect(try JSON(contentsOf: folder("model/config.json"))["run"]?["plan"]?.object != nil)
    try trained(folder, ["--steps", "20", "--resume"])
    #expect(try JSON(contentsOf: folder("model/config.json"))["run"]?["plan"]?.object == nil)
    #expect(try !Files.readText(folder("model/card.md")).contains("bit for bit"))
    let config = try Files.read(folder("model/config.json"))
    // Complete: nothing to do, and nothing is done.
    try trained(folder, ["--steps", "20", "--resume"])
    #expect(try Files.read(folder("model/config.json")) == config)
    let less = try RondoProcess(
      ["text", "train", folder("text.txt"), "-o", folder("model"), "--steps", "5", "--resume"] + smallModel
    ).wait()
    #expect(less.status == 64 && less.messages.contains("20 steps"))
    #expect(try Files.read(folder("model/config.json")) == config)
  }

  /// The demo keeps its text, so that it can be gone on with when it is interrupted.
  @Test func anInterruptedDemoSaysHowToGoOn() throws {
    let folder = TemporaryFolder()
    _ = folder.file("Package.swift", String(repeating: sampleText, count: 30))
    let process = try RondoProcess(["demo", "--time", "1h"], shell: "cd '\(folder.path)' && exec \"$@\"")
    while process.isRunning, (try? Files.read(folder("rondo-demo/metrics.jsonl"))) == nil {
      Thread.sleep(forTimeInterval: 0.01)
    }
    Thread.sleep(forTimeInterval: 2)
    process.send(SIGINT)
    let result = process.wait()
    #expect(result.status == 1 && result.messages.contains("which is saved"))
    let command = try #require(result.messages.split(separator: "\n").last)
    let next = try rondo(
      shell: "cd '\(folder.path)' && \(command) --steps 100000 & sleep 2; kill -INT $!; wait $!")
    #expect(next.messages.contains("going on after step"), "\(next.messages)")
  }

  @Test func optionsWinOverTheConfiguration() throws {
    let folder = TemporaryFolder()
    try trained(folder)
    let result = try rondo(
      "text", "train", folder("text.txt"), "-o", folder("wider"), "--config", folder("model/config.json"),
      "--hidden",
      "9", "--steps", "3")
    #expect(result.status == 0)
    let config = try JSON(contentsOf: folder("wider/config.json"))
    #expect(config["architecture"]?["hidden"]?.array?.allSatisfy { $0.integer == 9 } == true)
    #expect(config["training"]?["batch"]?.integer == 4)
    #expect(config["training"]?["budget"]?["steps"]?.integer == 3)
  }

  @Test func theRunOfZarembaIsOneCommand() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    let result = try rondo(
      "text", "train", text, "-o", folder("model"), "--level", "word", "--cell", "lstm", "--hidden", "10",
      "--layers",
      "2", "--embedding", "10", "--dropout", "0", "--init", "uniform:0.1", "--forget-bias", "0", "--batch",
      "5",
      "--length", "20", "--optimizer", "sgd", "--learning-rate", "1", "--schedule", "step:0.5",
      "--schedule-start", "4",
      "--schedule-every", "1", "--epochs", "6", "--clip", "5", "--loss-reduction", "sequence",
      "--validation-fraction", "0")
    try #require(result.status == 0, "\(result.messages)")
    let lines = try Files.readText(folder("model/metrics.jsonl")).split(separator: "\n").map {
      try JSON(parsing: String($0))
    }
    let perEpoch = lines.count / 6
    let rates = (0..<6).map { lines[$0 * perEpoch]["learning_rate"]?.double }
    #expect(rates == [1, 1, 1, 1, 0.5, 0.25])
    #expect(lines.last!["loss"]!.double! < 0.9 * lines[0]["loss"]!.double!)
  }

  @Test func theDemoShowsResultsAndWorksTwice() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", String(repeating: sampleText, count: 5))
    for directory in ["rondo-demo", "rondo-demo-2"] {
      let result = try rondo("demo", text, "--time", "3s", shell: "cd '\(folder.path)' && exec \"$@\"")
      try #require(result.status == 0, "\(result.messages)")
      #expect(result.output.contains("kneser_ney_5") && result.output.contains("unigram"))
      #expect(result.output.contains("saved in \(directory)"))
      #expect(result.messages.contains("nats/char"))
      let commands = result.output.split(separator: "\n").suffix(3)
      #expect(commands.allSatisfy { $0.contains("rondo text") })
      let first = String(commands.first!).trimmingCharacters(in: .whitespaces)
      let next = try rondo(shell: "cd '\(folder.path)' && \(first) --length 10")
      #expect(next.status == 0 && next.output.hasPrefix("The "))
    }
  }
}
