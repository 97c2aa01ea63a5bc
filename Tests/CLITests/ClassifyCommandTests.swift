import Foundation
import RondoCore
import RondoData
import RondoTestSupport
import Testing

/// `rondo classify` as people call it.
@Suite struct ClassifyCommandTests {
  private static let small = [
    "--hidden", "8", "--batch", "8", "--steps", "60", "--learning-rate", "0.02",
    "--dropout", "0",
  ]

  /// Texts with a word that says it all.
  private static func texts(_ count: Int) -> [(label: String, text: String)] {
    let random = RandomSource(seed: 3)
    return (0..<count).map { item in
      let isGood = item % 2 == 0
      let noun = ["film", "story", "cast"][random.index(below: 3, stream: 1, position: UInt64(item))]
      return (isGood ? "good" : "bad", "the \(noun) was \(isGood ? "lovely" : "dreadful") , I think")
    }
  }

  private static let csv =
    "id,opinion,stars\n"
    + texts(80).enumerated().map { "\($0),\"\($1.text)\",\($1.label)\n" }.joined()

  private func train(_ folder: TemporaryFolder, _ file: String, _ options: [String]) throws
    -> RondoProcess.Result
  {
    try RondoProcess(["classify", "train", file, "-o", folder("model")] + Self.small + options).wait()
  }

  @Test func everyFormatOfTexts() throws {
    let texts = Self.texts(80)
    let columns = ["--text-column", "opinion", "--label-column", "stars"]
    let files: [(String, String, [String])] = [
      ("a.csv", Self.csv, columns),
      (
        "a.tsv",
        Self.csv.replacing(",\"", with: "\t").replacing("\",", with: "\t").replacing(
          "id,opinion,stars", with: "id\topinion\tstars"), columns
      ),
      (
        "a.jsonl", texts.map { "{\"opinion\": \"\($0.text)\", \"stars\": \"\($0.label)\"}\n" }.joined(),
        columns
      ),
      ("a.txt", texts.map { "\($0.label) \($0.text)\n" }.joined(), []),
    ]
    for (name, text, options) in files {
      let folder = TemporaryFolder()
      let file = folder.file(name, text)
      let trained = try train(folder, file, options + ["--json"])
      #expect(trained.status == 0, "\(name): \(trained.messages)")
      #expect(try JSON(parsing: trained.output)["validation_accuracy"]?.double == 1, "\(name)")
      let evaluated = try rondo("classify", "evaluate", folder("model"), file, "--json")
      let result = try JSON(parsing: evaluated.output)
      #expect(result["accuracy"]?.double == 1 && result["count"]?.integer == 80, "\(name)")
      #expect(result["macro_f1"]?.double == 1)
      #expect(result["baselines"]?["majority"]?["accuracy"]?.double == 0.5)
      #expect(result["baselines"]?["naive_bayes"]?["accuracy"]?.double == 1)
    }
  }

  @Test func predictionsAreOneObjectALine() throws {
    let folder = TemporaryFolder()
    #expect(
      try train(
        folder, folder.file("a.csv", Self.csv), ["--text-column", "opinion", "--label-column", "stars"]
      ).status == 0)
    let predicted = try rondo(
      "classify", "predict", folder("model"), "-", "--json", "--explain",
      input: "a lovely cast\nso dreadful\n")
    let lines = try predicted.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
    try #require(lines.map { $0["label"]?.string } == ["good", "bad"])
    for line in lines {
      let probabilities = try #require(line["probabilities"]?.object)
      #expect(probabilities.members.map(\.name) == ["bad", "good"])
      #expect(abs(probabilities.members.reduce(0) { $0 + $1.value.double! } - 1) < 1e-9)
    }
    let parts = try #require(lines[1]["explanation"]?.array)
    #expect(parts.map { $0["part"]?.string } == ["so", "dreadful"])
    #expect(parts[1]["score"]!.double! > 0)
    let plain = try rondo("classify", "predict", folder("model"), "-", "--explain", input: "so dreadful\n")
    #expect(plain.output.hasPrefix("bad\t") && plain.output.contains("dreadful +"))
    let evaluated = try rondo("classify", "evaluate", folder("model"), folder("a.csv"))
    #expect(evaluated.output.contains("naive_bayes") && evaluated.output.contains("precision"))
  }

  @Test func numbersOfEveryKind() throws {
    let folder = TemporaryFolder()
    var (csv, ts) = ("run,speed,kind\n", "@problemName x\n@classLabel true up down\n@data\n")
    for item in 0..<40 {
      let values = (0..<4 + item % 3).map { Double($0) * (item % 2 == 0 ? 1 : -1) + 0.01 * Double(item) }
      for value in values { csv += "r\(item),\(value),\(item % 2 == 0 ? "up" : "down")\n" }
      ts += values.map { "\($0)" }.joined(separator: ",") + ":\(item % 2 == 0 ? "up" : "down")\n"
    }
    for (name, text, options) in [
      ("a.csv", csv, ["--sequence-column", "run", "--label-column", "kind"]), ("a.ts", ts, []),
    ] {
      let folder = TemporaryFolder()
      let file = folder.file(name, text)
      let trained = try train(folder, file, options)
      #expect(trained.status == 0, "\(trained.messages)")
      let result = try JSON(parsing: rondo("classify", "evaluate", folder("model"), file, "--json").output)
      #expect(result["accuracy"]?.double == 1)
      #expect(result["baselines"]?["nearest_mean"] != nil)
    }
    // Without labels, in another order of the columns: numbers are found by the names of their columns.
    let file = folder.file("a.csv", csv)
    #expect(try train(folder, file, ["--sequence-column", "run", "--label-column", "kind"]).status == 0)
    let new = folder.file("new.csv", "speed,run\n0,x\n1,x\n2,x\n0,y\n-1,y\n-2,y\n")
    let predicted = try rondo("classify", "predict", folder("model"), new, "--json")
    let lines = try predicted.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
    #expect(lines.map { $0["sequence"]?.string } == ["x", "y"])
    #expect(lines.map { $0["label"]?.string } == ["up", "down"])
  }

  @Test func aKilledRunGoesOn() throws {
    let folder = TemporaryFolder()
    let file = folder.file("a.csv", Self.csv)
    let options = [
      "--text-column", "opinion", "--label-column", "stars", "--steps", "2000", "--hidden", "32",
    ]
    let arguments =
      ["classify", "train", file, "-o", folder("model"), "--checkpoint-every", "10ms"] + options
    let first = try RondoProcess(arguments)
    while first.isRunning, !FileManager.default.fileExists(atPath: folder("model/checkpoint/run.safetensors"))
    {
      usleep(2000)
    }
    first.send(SIGKILL)
    #expect(first.wait().wasKilled)
    #expect(try RondoProcess(arguments + ["--resume"]).wait().status == 0)
    #expect(
      try RondoProcess(["classify", "train", file, "-o", folder("whole")] + options).wait().status == 0)
    #expect(
      try Files.read(folder("model/model.safetensors")) == Files.read(folder("whole/model.safetensors")))
  }

  @Test func whatIsRefused() throws {
    let folder = TemporaryFolder()
    let file = folder.file("a.csv", Self.csv)
    let columns = ["--text-column", "opinion", "--label-column", "stars"]
    func refuse(_ options: [String], _ word: String) throws {
      expectRefused(try train(folder, file, options), naming: word)
      #expect(!FileManager.default.fileExists(atPath: folder("model")))
    }
    /// What the parser of arguments answers, with the usage.
    func misuse(_ options: [String], _ word: String) throws {
      let result = try train(folder, file, columns + options)
      #expect(result.status == 64 && result.messages.contains(word), "\(result.messages)")
    }
    try refuse(["--text-column", "opinion", "--label-column", "star"], "stars")
    try refuse(["--text-column", "opinio", "--label-column", "stars"], "opinion")
    try refuse(columns + ["--sequence-column", "id"], "not both")
    try misuse(["--pooling", "sum"], "sum")
    try misuse(["--tie"], "--tie")
    try misuse(["--map-labels", "good"], "OLD=NEW")
    try refuse(columns + ["--map-labels", "good=bad"], "only \"bad\"")
    try refuse(columns + ["--freeze-vectors"], "--vectors")
    try refuse(columns + ["--validation", "none.csv"], "none.csv")
    try refuse(columns + ["--noise", "0.5"], "--noise is for sequences of numbers")
    try refuse(columns + ["--level", "byte", "--no-lowercase"], "--no-lowercase")
    try refuse(columns + ["--hidden", "8,4", "--skip"], "--skip")
    try refuse(columns + ["--bidirectional", "--bidirectional-sum"], "not both")
    try refuse(
      ["--sequence-column", "id", "--label-column", "stars", "--embedding", "4"], "--embedding is for texts")
    try refuse(["--sequence-column", "id", "--label-column", "stars", "--level", "byte"], "--level")
    try refuse(
      ["--sequence-column", "id", "--label-column", "stars", "--word-dropout", "0.1"], "--word-dropout")
    try misuse(["--hidden", "8,x"], "8,x")
    try refuse(columns + ["--hidden", "8,4", "--layers", "3"], "--layers is 3")
    try refuse(["--sequence-column", "id", "--label-column", "stars"], "line 2")
    try refuse(["--phrases"], "trees")
    let text = folder.file("text.txt", sampleText)
    expectRefused(
      try rondo("text", "train", text, "-o", folder("m"), "--bidirectional", "--steps", "1"),
      naming: "--bidirectional")
  }
}
