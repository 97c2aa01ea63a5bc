import Foundation
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct TextEvaluatorTests {
  @Test func baselinesAreCountedFromTheTrainingFiles() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let test = folder.file("test.txt", SampleText.sentences(30, seed: 5))
    let evaluation = try TextEvaluator.evaluate(folder("model"), [test])
    #expect(evaluation.baselines.map(\.name) == ["unigram", "kneser_ney_5"])
    #expect(evaluation.baselines[1].score.loss < evaluation.baselines[0].score.loss)
    #expect(evaluation.note == nil)
    #expect(evaluation.score.tokens == evaluation.score.characters)
    #expect(abs(evaluation.score.bitsPerCharacter - evaluation.score.loss / 0.6931471805599453) < 1e-12)
  }

  @Test func withoutThemThereIsANote() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let test = folder.file("test.txt", SampleText.sentences(30, seed: 5))
    _ = folder.file("text.txt", "changed")
    let changed = try TextEvaluator.evaluate(folder("model"), [test])
    #expect(changed.baselines.isEmpty && changed.note!.contains("has changed"))
    try FileManager.default.removeItem(atPath: folder("text.txt"))
    let gone = try TextEvaluator.evaluate(folder("model"), [test])
    #expect(gone.baselines.isEmpty && gone.note!.contains("is gone"))
    #expect(gone.score == changed.score)
  }

  @Test(arguments: ["", #"{"path" : "/dev/zero", "sha256" : "0"}"#]) func strangeTrainingFilesAreNoted(
    entry: String
  ) throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let config = try Files.readText(folder("model/config.json"))
    let begin = try #require(config.range(of: "\"files\" : ["))
    let end = try #require(config.range(of: "]", range: begin.upperBound..<config.endIndex))
    _ = folder.file(
      "model/config.json", config.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: entry))
    let evaluation = try TextEvaluator.evaluate(folder("model"), [folder("text.txt")])
    #expect(evaluation.baselines.isEmpty && evaluation.note != nil)
  }

  @Test func theHeldOutPartIsNotCounted() throws {
    let folder = TemporaryFolder()
    // The second half has symbols of its own.
    let text = String(repeating: "abcab\n", count: 100) + String(repeating: "xyzxy\n", count: 100)
    try trainModel(in: folder, text: text, smallSettings { $0.training.validationFraction = 0.5 })
    let test = folder.file("test.txt", "xyzxy\nxyzxy\n")
    let evaluation = try TextEvaluator.evaluate(folder("model"), [test])
    #expect(evaluation.baselines[0].score.loss > 2.5)
  }

  @Test func bytesOfACharacterAreOneCharacter() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder, smallSettings { $0.text.level = .byte })
    let test = folder.file("test.txt", "日本é\n")
    let evaluation = try TextEvaluator.evaluate(folder("model"), [test])
    #expect(evaluation.score.tokens == 9)
    #expect(evaluation.score.characters == 4)
  }

  @Test func everyLineOfWordsEnds() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder, smallSettings { $0.text.level = .word })
    let test = folder.file("test.txt", "the moon sees\nthe stone unheard-of\n")
    let evaluation = try TextEvaluator.evaluate(folder("model"), [test])
    #expect(evaluation.score.tokens == 8)
    #expect(evaluation.unknownTokens == 1)
  }
}
