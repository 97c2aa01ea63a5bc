import Foundation
import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct TextTrainingTests {
  private func weights(_ folder: TemporaryFolder, _ name: String = "model") throws -> [UInt8] {
    try Files.read(folder("\(name)/model.safetensors"))
  }

  @Test(arguments: TextLevel.allCases) func aModelIsADirectory(level: TextLevel) throws {
    let folder = TemporaryFolder()
    let config = try trainModel(in: folder, smallSettings { $0.text.level = level })
    let files = try FileManager.default.contentsOfDirectory(atPath: folder("model")).sorted()
    #expect(
      files == [
        "card.md", "checkpoint", "config.json", "metrics.jsonl", "model.safetensors", "vocabulary.json",
      ])
    #expect(try TextConfig(contentsOf: folder("model/config.json")) == config)
    #expect(config.run.steps == 30)
    #expect(config.data.files[0].path == folder("text.txt"))
    #expect(try config.data.files[0].sha256 == Files.checksum(folder("text.txt")))
    let card = try Files.readText(folder("model/card.md"))
    #expect(card.contains("a test") && card.contains("nats per"))
    let steps = try Files.readText(folder("model/metrics.jsonl")).split(separator: "\n")
    #expect(steps.count == 30)
  }

  @Test func equalSeedsGiveEqualFilesAndThreadsDoNotMatter() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder, name: "a")
    try Parallel.withThreads(1) { _ = try trainModel(in: folder, name: "b") }
    try Parallel.withThreads(3) { _ = try trainModel(in: folder, name: "c") }
    try trainModel(in: folder, name: "d", smallSettings { $0.training.seed = 2 })
    #expect(try weights(folder, "a") == weights(folder, "b"))
    #expect(try weights(folder, "a") == weights(folder, "c"))
    #expect(try weights(folder, "a") != weights(folder, "d"))
  }

  @Test func theHeldOutPartIsNotTrainedOn() throws {
    let text = SampleText.sentences(200)
    let config = try trainModel(
      in: TemporaryFolder(), text: text, smallSettings { $0.training.validationFraction = 0.25 })
    let count = text.unicodeScalars.count
    #expect(config.data.heldOutTokens == count / 4)
    #expect(config.data.trainingTokens == count - count / 4)

    // Whatever stands there changes nothing but the choice of the best weights: without validations between, nothing at all.
    let folder = TemporaryFolder()
    let settings = smallSettings {
      $0.training.validationFraction = 0.25
      $0.training.validateEvery = 1000
    }
    try trainModel(in: folder, name: "a", text: text, settings)
    let kept = text.unicodeScalars.prefix(count - count / 4)
    let rest = text.unicodeScalars.suffix(count / 4).reversed()
    let other = String(String.UnicodeScalarView(kept + rest))
    try trainModel(in: folder, name: "b", text: other, settings)
    #expect(try weights(folder, "a") == weights(folder, "b"))
  }

  @Test func aFileTakesThePlaceOfTheHeldOutPart() throws {
    let folder = TemporaryFolder()
    let text = SampleText.sentences(200)
    let other = folder.file("other.txt", SampleText.sentences(30, seed: 5) + "Ω")
    let config = try trainModel(in: folder, text: text, smallSettings { $0.training.validation = other })
    #expect(config.data.trainingTokens == text.unicodeScalars.count)
    #expect(config.data.heldOutTokens == SampleText.sentences(30, seed: 5).unicodeScalars.count + 1)
    #expect(config.data.files.map(\.path) == [folder("text.txt"), other])
    #expect(try !Files.readText(folder("model/vocabulary.json")).contains("Ω"))
    // The baselines are counted from what was trained on.
    #expect(try TextEvaluator.evaluate(folder("model"), [other]).baselines.count == 2)
  }

  @Test func anotherRunIsNeverOverwritten() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let before = try weights(folder)
    #expect {
      try trainModel(in: folder)
    } throws: {
      "\($0)".contains("--resume")
    }
    #expect(try weights(folder) == before)
  }

  @Test func resumingWantsTheSameOptionsAndTheSameText() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    func resume(_ settings: TextSettings) throws {
      var request = TextTraining.Request(
        files: [folder("text.txt")], directory: folder("model"), settings: settings, command: "a test")
      request.resumes = true
      _ = try TextTraining(request).run { _ in }
    }
    try resume(smallSettings { $0.training.budget = .steps(35) })
    #expect(try TextConfig(contentsOf: folder("model/config.json")).run.steps == 35)
    #expect {
      try resume(smallSettings { $0.architecture.hidden = [13, 13] })
    } throws: {
      "\($0)".contains("--hidden is 12,12 there and 13,13 here")
    }
    _ = folder.file("text.txt", SampleText.sentences(200, seed: 2))
    #expect {
      try resume(smallSettings())
    } throws: {
      "\($0)".contains("other files")
    }
  }

  @Test func aShorterTextIsReadInFewerStreams() throws {
    let folder = TemporaryFolder()
    let file = folder.file("text.txt", SampleText.sentences(20))
    let training = try TextTraining(
      .init(
        files: [file], directory: folder("model"), settings: smallSettings { $0.training.batch = 500 },
        command: ""))
    #expect(training.textDescription.contains("streams, not 500"))
  }

  /// The unigram model is scored on the very symbols that the network is: here on nothing but "z", which it has never seen.
  @Test func theHeldOutLossesAreOfTheSameSymbols() throws {
    let text =
      String(repeating: "ab", count: 200) + String(repeating: "z", count: 60)
      + String(repeating: "a", count: 40)
    let config = try trainModel(
      in: TemporaryFolder(), text: text,
      smallSettings {
        $0.training.validationFraction = 0.2
        $0.training.batch = 1
        $0.training.budget = .steps(4)
      })
    #expect(config.results.scoredTokens == 10)
    #expect(config.results.unigramLoss! > 4)
  }

  @Test func aTextShorterThanAWindowIsRefused() {
    #expect {
      try trainModel(in: TemporaryFolder(), text: "hello", smallSettings { $0.training.length = 64 })
    } throws: {
      $0 is FormatError && "\($0)".contains("64")
    }
  }
}
