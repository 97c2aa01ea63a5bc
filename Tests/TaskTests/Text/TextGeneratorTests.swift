import RondoCore
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct TextGeneratorTests {
  private func generate(
    _ folder: TemporaryFolder, _ change: (inout TextGenerator.Request) -> Void = { _ in }
  ) throws -> (result: TextGenerator.Result, pieces: [[UInt8]]) {
    let generator = TextGenerator(try TextModel.load(folder("model")).model)
    var request = TextGenerator.Request()
    request.prompt = "the "
    request.length = 60
    change(&request)
    var pieces: [[UInt8]] = []
    let result = try generator.generate(request) { pieces.append($0) }
    return (result, pieces)
  }

  @Test func theSameSeedGivesTheSameText() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let first = try generate(folder).result
    #expect(try generate(folder).result.text == first.text)
    #expect(try Parallel.withThreads(1) { try generate(folder).result.text } == first.text)
    #expect(try generate(folder) { $0.sampling.seed = 2 }.result.text != first.text)
    #expect(first.tokens.count == 60 && first.logProbabilities.count == 60)
    #expect(first.tokens.joined() == first.text)
  }

  @Test func greedyTakesTheLikeliest() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder, smallSettings { $0.training.budget = .steps(150) })
    let greedy = try generate(folder) { $0.sampling.temperature = 0 }.result
    #expect(
      try generate(folder) { ($0.sampling.temperature, $0.sampling.seed) = (0, 9) }.result.text == greedy.text
    )
    #expect(try generate(folder) { $0.sampling.topK = 1 }.result.text == greedy.text)
    #expect(try generate(folder) { $0.sampling.topP = 1e-9 }.result.text == greedy.text)
  }

  @Test func logProbabilitiesAreThoseOfTheWholeSequence() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let (model, _) = try TextModel.load(folder("model"))
    let result = try generate(folder) { $0.sampling.temperature = 0.5 }.result
    let prompt = try model.score(model.codec.encode("the "), characters: 1)
    let whole = try model.score(model.codec.encode("the " + result.text), characters: 1)
    let expected = prompt.total - whole.total
    #expect(abs(result.logProbabilities.reduce(0, +) - expected) < 1e-3)
  }

  @Test func piecesAreCompleteCharacters() throws {
    let folder = TemporaryFolder()
    try trainModel(
      in: folder, text: String(repeating: "日本é\n", count: 200),
      smallSettings {
        $0.text.level = .byte
        $0.architecture.hidden = [24]
        $0.architecture.embedding = 32
        $0.training.budget = .steps(400)
      })
    let (result, pieces) = try generate(folder) {
      ($0.prompt, $0.length, $0.sampling.temperature) = ("日", 90, 0.3)
    }
    #expect(result.text.contains("本é"))
    for piece in pieces { #expect(String(validating: piece, as: UTF8.self) != nil) }
    #expect(String(decoding: pieces.flatMap { $0 }, as: UTF8.self) == result.text)
  }

  @Test func theTextEndsBeforeTheStopString() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder, smallSettings { $0.training.budget = .steps(200) })
    let whole = try generate(folder) { $0.length = 200 }.result.text
    let words = whole.split(separator: " ")
    let stop = String(words[words.count / 2])
    let cut = try generate(folder) { ($0.length, $0.stop) = (200, stop) }.result.text
    #expect(cut == String(whole[..<whole.range(of: stop)!.lowerBound]))
  }

  @Test func unknownCharactersOfThePromptAreNamed() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    let codec = try TextModel.load(folder("model")).model.codec
    #expect(codec.unknownSymbols(in: "the ☃ ☂ ☃") == ["☃", "☂"])
    #expect(codec.unknownSymbols(in: "the").isEmpty)
    #expect(try generate(folder).result.text.contains("\u{FFFD}") == false)
  }

  @Test func tokensAreAllThatWasDrawn() throws {
    let folder = TemporaryFolder()
    try trainModel(
      in: folder, text: String(repeating: "né ", count: 300),
      smallSettings { ($0.text.level, $0.training.budget) = (.byte, .steps(200)) })
    let result = try generate(folder) { $0.length = 60 }.result
    #expect(result.tokens.contains("<0xC3>"))
    #expect(result.tokenIDs.contains(0xC3) && result.tokenIDs.count == 60)
    let codec = try TextModel.load(folder("model")).model.codec
    #expect(codec.decode(result.tokenIDs) == result.text)
  }

  @Test func weightsBeyondAllBoundsAreNoCrash() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    var (model, _) = try TextModel.load(folder("model"))
    let huge = model.parameters["output.weight"]!.shape
    var parameters = model.parameters
    try parameters.replace("output.weight", Tensor(repeating: 3e38, huge))
    model = TextModel(model: model.model, parameters: parameters, codec: model.codec)
    #expect(throws: ModelError.notFinite) { try TextGenerator(model).generate(.init(), emit: { _ in }) }
    #expect(throws: ModelError.notFinite) { try model.score(model.codec.encode("the moon"), characters: 8) }
  }

  @Test func optionsAreChecked() throws {
    let folder = TemporaryFolder()
    try trainModel(in: folder)
    #expect(throws: OptionError.self) { try generate(folder) { $0.sampling.temperature = -1 } }
    #expect(throws: OptionError.self) { try generate(folder) { $0.sampling.topK = 0 } }
    #expect(throws: OptionError.self) { try generate(folder) { $0.sampling.topP = 1.5 } }
  }
}

@Suite struct TokenSamplerTests {
  /// The shares in which symbols are drawn.
  private func shares(_ logits: [Float], draws: Int = 20_000, _ options: SamplingOptions) throws -> [Double] {
    var sampler = TokenSampler(options, excluding: nil)
    var counts = logits.map { _ in 0.0 }
    for _ in 0..<draws {
      counts[Int(try logits.withUnsafeBufferPointer { try sampler.next($0) }.token)] += 1
    }
    return counts.map { $0 / Double(draws) }
  }

  private func expect(_ found: [Double], _ expected: [Double]) {
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 0.015, "\(found) is not \(expected)") }
  }

  /// The logits of the probabilities 0.5, 0.3 and 0.2.
  private let logits = [0.5, 0.3, 0.2].map { Float(PortableMath.log($0)) + 3 }

  @Test func followsTheProbabilities() throws {
    try expect(shares(logits, SamplingOptions()), [0.5, 0.3, 0.2])
  }

  @Test func temperatureSharpens() throws {
    var options = SamplingOptions()
    options.temperature = 0.5
    try expect(shares(logits, options), [0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38])
  }

  @Test func topKAndTopPCut() throws {
    var options = SamplingOptions()
    options.topK = 2
    try expect(shares(logits, options), [0.625, 0.375, 0])
    options.topK = nil
    options.topP = 0.7
    try expect(shares(logits, options), [0.625, 0.375, 0])
    options.topP = 0.4
    try expect(shares(logits, options), [1, 0, 0])
  }

  @Test func excludedSymbolsAreNeverDrawn() throws {
    var sampler = TokenSampler(SamplingOptions(), excluding: 0)
    for _ in 0..<1000 {
      #expect(try logits.withUnsafeBufferPointer { try sampler.next($0) }.token != 0)
    }
  }

  /// However likely the excluded symbol is, and however low the temperature.
  @Test func theLikeliestOfTheOthersIsDrawn() throws {
    var options = SamplingOptions()
    options.temperature = 1e-3
    var sampler = TokenSampler(options, excluding: 0)
    let logits: [Float] = [40, 1, 2, 1.5]
    #expect(try logits.withUnsafeBufferPointer { try sampler.next($0) }.token == 2)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func logitsAreFinite(logit: Float) {
    var sampler = TokenSampler(SamplingOptions(), excluding: nil)
    let logits: [Float] = [1, logit, 2]
    #expect(throws: ModelError.notFinite) { try logits.withUnsafeBufferPointer { try sampler.next($0) } }
  }

  @Test func logProbabilitiesAreTheModels() throws {
    var options = SamplingOptions()
    options.temperature = 0
    var sampler = TokenSampler(options, excluding: nil)
    let (token, logProbability) = try logits.withUnsafeBufferPointer { try sampler.next($0) }
    #expect(token == 0)
    #expect(abs(logProbability - PortableMath.log(0.5)) < 1e-6)
  }
}

@Suite struct TextStreamTests {
  private func feed(_ bytes: [UInt8], stop: String? = nil) -> (pieces: [String], isStopped: Bool) {
    var stream = TextStream(stop: stop)
    var pieces: [[UInt8]] = bytes.map { stream.push([$0]) }
    pieces.append(stream.finish())
    return (pieces.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }, stream.isStopped)
  }

  @Test func holdsBackIncompleteCharacters() {
    #expect(feed(Array("aé日😀b".utf8)).pieces == ["a", "é", "日", "😀", "b"])
  }

  @Test func handsOutWhatIsNoCharacter() {
    #expect(feed([0x61, 0xFF, 0x62, 0x80, 0xC3]).pieces == ["a", "\u{FFFD}", "b", "\u{FFFD}", "\u{FFFD}"])
  }

  @Test func stopsWithoutAnythingOfTheStopString() {
    let (pieces, isStopped) = feed(Array("one\n\ntwo".utf8), stop: "\n\n")
    #expect(pieces.joined() == "one" && isStopped)
    let other = feed(Array("one\ntwo\n".utf8), stop: "\n\n")
    #expect(other.pieces.joined() == "one\ntwo\n" && !other.isStopped)
  }
}
