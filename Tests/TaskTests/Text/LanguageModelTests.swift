import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct LanguageModelTests {
  /// Every registered cell trains, is saved, and predicts after loading what it predicted before.
  @Test(arguments: CellChoice.names)
  func isSavedWithItsEquations(cell: String) throws {
    let folder = TemporaryFolder()
    let settings = smallSettings {
      $0.architecture.cell = cell
      $0.training.learningRate = 0.003
      $0.training.validationFraction = 0
    }
    let request = TextTraining.Request(
      files: [folder.file("text.txt", SampleText.sentences(200))], directory: folder("model"),
      settings: settings, command: "a test")
    let training = try TextTraining(request)
    let config = try training.run { _ in }
    #expect(config.architecture.equations?.hasPrefix("cell ") == true)
    let (model, loaded) = try TextModel.load(folder("model"))
    #expect(loaded == config)
    func score(_ model: TextModel) throws -> TextScore {
      try model.score(model.codec.encode(SampleText.sentences(30, seed: 3)), characters: 1)
    }
    #expect(try score(model) == score(training.currentModel))
    #expect(try score(model).loss.isFinite)
  }

  @Test(arguments: ["elman", "lstm", "gru", "gru-before"], [false, true])
  func learnsMoreThanFrequencies(cell: String, tie: Bool) throws {
    let folder = TemporaryFolder()
    let config = try trainModel(
      in: folder, text: SampleText.sentences(300),
      smallSettings {
        $0.architecture.cell = cell
        $0.architecture.tie = tie
        $0.architecture.hidden = [24]
        $0.training.budget = .steps(250)
      })
    let loss = try #require(config.results.heldOutLoss)
    let unigram = try #require(config.results.unigramLoss)
    #expect(loss < 0.6 * unigram, "\(cell): \(loss) against \(unigram)")
    let (model, loaded) = try TextModel.load(folder("model"))
    #expect(loaded == config)
    let score = try model.score(model.codec.encode(SampleText.sentences(30, seed: 3)), characters: 1)
    #expect(score.loss < 0.7 * unigram)
  }

  @Test func tiedWeightsAreOneParameter() throws {
    func names(_ change: (inout ArchitectureOptions) -> Void) throws -> [String] {
      var options = ArchitectureOptions()
      options.hidden = [6]
      change(&options)
      return try LanguageModel.make(options, vocabularyCount: 11, seed: 1).parameters.parameters.map(\.name)
    }
    let untied = try names { $0.tie = false }
    #expect(untied.contains("output.weight"))
    let tied = try names { $0.tie = true }
    #expect(!tied.contains("output.weight") && !tied.contains("projection.weight"))
    let projected = try names { ($0.tie, $0.embedding) = (true, 4) }
    #expect(projected.contains("projection.weight"))
    #expect(untied.prefix(3) == ["embedding.weight", "rnn.weight_ih_l0", "rnn.bias_ih_l0"])
  }

  @Test func everyWeightFollowsTheInitialiser() throws {
    var options = ArchitectureOptions()
    options.hidden = [16, 16]
    options.initializer = try InitializerOption(parsing: "uniform:0.1")
    options.forgetBias = 0
    let values = try LanguageModel.make(options, vocabularyCount: 50, seed: 1).parameters.values.values
    #expect(values.allSatisfy { abs($0) <= 0.1 })
    #expect(values.contains { abs($0) > 0.09 })
  }

  @Test func windowsCarryTheState() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let (model, _) = try TextModel.load(folder("model"))
    let text = SampleText.sentences(40, seed: 9)
    let tokens = model.codec.encode(text)
    let whole = try model.score(tokens, characters: 1, window: tokens.count)
    for window in [1, 7, 64, 512] {
      let pieces = try model.score(tokens, characters: 1, window: window)
      #expect(pieces == whole, "windows of \(window)")
    }
    // What came before matters: two halves by themselves, each from the start, are another text.
    let half = tokens.count / 2
    let first = try model.score(tokens, 0..<half, characters: 1)
    let second = try model.score(Array(tokens[half...]), characters: 1)
    #expect(first.total + second.total != whole.total)
  }

  @Test func theFirstSymbolIsPredictedFromTheStart() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let (model, _) = try TextModel.load(folder("model"))
    let score = try model.score(model.codec.encode("t"), characters: 1)
    #expect(score.tokens == 1)
    // After a newline, and so as the second symbol of a text that begins with one.
    let both = try model.score(model.codec.encode("\nt"), 1..<2, characters: 1)
    #expect(both == score)
    let other = try model.score(model.codec.encode("at"), characters: 1)
    let first = try model.score(model.codec.encode("a"), characters: 1)
    #expect(abs(other.total - first.total - score.total) > 1e-3)
  }
}

@Suite struct InitializerOptionTests {
  @Test(arguments: ["uniform:0.1", "normal:2", "xavier", "kaiming", "orthogonal"]) func reads(text: String)
    throws
  {
    #expect(try InitializerOption(parsing: text).text == text)
  }

  @Test(arguments: [
    "", "uniform", "uniform:", "uniform:-1", "uniform:0", "normal:x", "xavier:2", "unifrom:0.1",
  ])
  func refuses(text: String) {
    #expect(throws: OptionError.self) { try InitializerOption(parsing: text) }
  }
}
