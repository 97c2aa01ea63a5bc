import Foundation
import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

/// Data of which only the order says what it is, so that nothing that counts can tell the labels apart.
enum OrderedSequences {
  /// Words of which "not" before or after "good" decides.
  static func texts(_ count: Int, seed: UInt64 = 1) -> String {
    let random = RandomSource(seed: seed)
    var lines = "sentiment,\"the text\"\n"
    for item in 0..<count {
      func index(_ bound: Int, _ place: Int) -> Int {
        random.index(below: bound, stream: UInt64(item), position: UInt64(place))
      }
      var words = (0..<2 + index(4, 0)).map { ["a", "film", "of", "some", "length"][index(5, 10 + $0)] }
      let isGood = item % 2 == 0
      let place = index(words.count, 1)
      words.insert(contentsOf: isGood ? ["good", "not"] : ["not", "good"], at: place)
      lines += "\(isGood ? "positive" : "negative"),\"\(words.joined(separator: " ")), \"\"really\"\".\"\n"
    }
    return lines
  }

  /// Rising and falling lines of two numbers, of different lengths.
  static func numbers(_ count: Int, seed: UInt64 = 1) -> String {
    let random = RandomSource(seed: seed)
    var lines = "run,first,kind,second\n"
    for item in 0..<count {
      let length = 4 + random.index(below: 6, stream: UInt64(item), position: 0)
      let isRising = item % 2 == 0
      for step in 0..<length {
        let time = Double(isRising ? step : length - 1 - step) / Double(length - 1)
        let noise = 0.05 * random.normal(stream: UInt64(item), position: UInt64(step + 1))
        lines += "r\(item),\(100 + 20 * (time + noise)),\(isRising ? "up" : "down"),\(1 - time)\n"
      }
    }
    return lines
  }
}

@Suite struct ClassifierTests {
  private func settings(
    texts: Bool, _ change: (inout ClassificationSettings) -> Void = { _ in }
  ) -> ClassificationSettings {
    var settings = ClassificationSettings()
    if texts {
      settings.classification.textColumn = "the text"
      settings.classification.labelColumn = "sentiment"
    } else {
      settings.classification.sequenceColumn = "run"
      settings.classification.labelColumn = "kind"
    }
    settings.architecture.hidden = [16]
    if texts { settings.architecture.embedding = 12 }
    settings.architecture.dropout = 0.1
    settings.training.learningRate = 0.02
    settings.training.batch = 16
    settings.training.budget = .steps(60)
    settings.training.validationFraction = 0.2
    change(&settings)
    return settings
  }

  @discardableResult
  private func train(
    in folder: TemporaryFolder, name: String = "model", texts: Bool, _ settings: ClassificationSettings,
    resumes: Bool = false, stop: Int? = nil
  ) throws -> ClassificationConfig {
    let file = folder.file(
      texts ? "texts.csv" : "numbers.csv",
      texts ? OrderedSequences.texts(200) : OrderedSequences.numbers(120))
    var request = ClassifierTraining.Request(
      files: [file], directory: folder(name), settings: settings, command: "a test")
    request.checkpointEvery = 1e-9
    request.resumes = resumes
    return try ClassifierTraining(request).run { report in
      if report.step == stop { throw Stopped() }
    }
  }

  private struct Stopped: Error {}

  @Test(arguments: [true, false]) func learnsWhatCountingCannot(texts: Bool) throws {
    let folder = TemporaryFolder()
    let config = try train(
      in: folder, texts: texts, settings(texts: texts) { $0.training.budget = .steps(120) })
    #expect(config.labels == (texts ? ["negative", "positive"] : ["down", "up"]))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder("model")).sorted()
    #expect(
      files
        == ["baselines.safetensors", "card.md", "checkpoint", "config.json", "metrics.jsonl"]
        + (texts ? ["model.safetensors", "vocabulary.json"] : ["model.safetensors"]))
    let fresh = folder.file(
      "fresh.csv", texts ? OrderedSequences.texts(100, seed: 9) : OrderedSequences.numbers(100, seed: 9))
    let evaluation = try Classifier.evaluate(folder("model"), [fresh])
    #expect(evaluation.score.count == 100)
    #expect(evaluation.score.accuracy > 0.97)
    #expect(evaluation.score.macroF1 > 0.97)
    #expect(evaluation.calibrationError < 0.1)
    #expect(evaluation.baselines.map(\.name) == ["majority", texts ? "naive_bayes" : "nearest_mean"])
    for (_, score) in evaluation.baselines { #expect(score.accuracy < 0.7) }
  }

  @Test func thePredictionIsTheOneThatIsScored() throws {
    let folder = TemporaryFolder()
    try train(in: folder, texts: true, settings(texts: true) { $0.training.budget = .steps(120) })
    let classifier = try Classifier.load(folder("model"))
    let file = folder.file("new.txt", "a film not good\nsome good, not length\n\n")
    let predictions = try classifier.predict([file], explains: true) {
      $0.textColumn = nil
      $0.labelColumn = nil
    }
    #expect(predictions.map(\.label).prefix(2) == ["negative", "positive"])
    #expect(predictions.count == 3)
    for prediction in predictions {
      #expect(abs(prediction.probabilities.reduce(0, +) - 1) < 1e-12)
      #expect(prediction.explanation!.parts.count == prediction.explanation!.scores.count)
    }
    #expect(predictions[1].explanation?.parts == ["some", "good", ",", "not", "length"])
    // The words that decide move it most.
    let scores = zip(predictions[0].explanation!.parts, predictions[0].explanation!.scores)
    let strongest = scores.sorted { abs($0.1) > abs($1.1) }.prefix(2).map(\.0)
    #expect(strongest.contains("not") || strongest.contains("good"))
    #expect(try classifier.probabilities(of: "a film not good") == predictions[0].probabilities)
  }

  /// The gradient of log p along the embedding, against a difference quotient of the whole classifier.
  @Test func explanationsAreGradientTimesInput() throws {
    let folder = TemporaryFolder()
    try train(in: folder, texts: false, settings(texts: false))
    let classifier = try Classifier.load(folder("model"))
    let rows: [[Float]] = [[104, 0.8], [110, 0.5], [118, 0.2]]
    var csv = "run,first,second\n"
    for row in rows { csv += "a,\(row[0]),\(row[1])\n" }
    let prediction = try classifier.predict([folder.file("one.csv", csv)], explains: true)[0]
    let explanation = try #require(prediction.explanation)
    #expect(explanation.features.map(\.name) == ["first", "second"])
    #expect(abs(explanation.scores.reduce(0, +) - explanation.features.reduce(0) { $0 + $1.score }) < 1e-9)
    // Standardised input is 0 at the mean: the quotient along (x − mean) of one step.
    let text = try Files.readText(folder("model/config.json"))
    let features = try JSON(parsing: text)["features"]!.array!
    let means = features.map { Float($0["mean"]!.double!) }
    let label = classifier.labels.firstIndex(of: prediction.label)!
    func value(_ share: Float) throws -> Double {
      var moved = rows
      for column in 0..<2 { moved[1][column] += share * (moved[1][column] - means[column]) }
      return PortableMath.log(try classifier.probabilities(of: moved)[label])
    }
    let quotient = (try value(0.01) - value(-0.01)) / 0.02
    #expect(abs(quotient - explanation.scores[1]) < 0.02 * max(0.05, abs(quotient)))
  }

  @Test(arguments: [true, false]) func equalSeedsGiveEqualFilesAndThreadsDoNotMatter(texts: Bool) throws {
    let folder = TemporaryFolder()
    let settings = settings(texts: texts) {
      if texts { $0.classification.wordDropout = 0.1 } else { $0.classification.noise = 0.1 }
      $0.classification.classWeights = .balanced
      $0.classification.pooling = .attention
      $0.architecture.hidden = [16, 8]
      $0.training.labelSmoothing = 0.1
      $0.training.average = 0.9
      $0.training.budget = .steps(25)
    }
    func weights(_ name: String) throws -> [UInt8] { try Files.read(folder("\(name)/model.safetensors")) }
    try Parallel.withThreads(1) { _ = try train(in: folder, name: "a", texts: texts, settings) }
    try Parallel.withThreads(3) { _ = try train(in: folder, name: "b", texts: texts, settings) }
    #expect(try weights("a") == weights("b"))
    #expect(throws: Stopped.self) { try train(in: folder, name: "c", texts: texts, settings, stop: 14) }
    try train(in: folder, name: "c", texts: texts, settings, resumes: true)
    #expect(try weights("a") == weights("c"))
    // config.json repeats the run.
    let config = try ClassificationConfig(contentsOf: folder("a/config.json"))
    try train(in: folder, name: "d", texts: texts, config.settings)
    #expect(try weights("a") == weights("d"))
  }

  @Test func howManySequencesAreTakenAtOnceDoesNotMatter() throws {
    let folder = TemporaryFolder()
    try train(in: folder, texts: true, settings(texts: true) { $0.classification.pooling = .mean })
    let classifier = try Classifier.load(folder("model"))
    let all = try classifier.predict([folder("texts.csv")])
    for prediction in all.prefix(5) {
      #expect(try classifier.probabilities(of: prediction.text!) == prediction.probabilities)
    }
  }

  @Test func aFileTakesThePlaceOfTheHeldOutPart() throws {
    let folder = TemporaryFolder()
    let other = folder.file("other.csv", OrderedSequences.texts(30, seed: 5))
    let config = try train(in: folder, texts: true, settings(texts: true) { $0.training.validation = other })
    #expect(config.data.trainingCount == 200 && config.data.validationCount == 30)
    #expect(config.data.files.map(\.path) == [folder("texts.csv"), other])
  }

  @Test func wordVectorsBeginTheEmbedding() throws {
    let folder = TemporaryFolder()
    let vectors = folder.file("vectors.txt", "good 1 2 3\nunheard 4 5 6\nnot -1 -2 -3\n")
    let settings = settings(texts: true) {
      $0.classification.vectors = vectors
      $0.classification.freezeVectors = true
      $0.architecture.embedding = nil
    }
    let config = try train(in: folder, texts: true, settings)
    #expect(config.architecture.embedding == 3)
    let vocabulary = try Vocabulary(directory: folder("model"))
    let table = try SafeTensors(contentsOf: folder("model/model.safetensors")).tensor("embedding.weight")
    func row(_ word: String) -> [Float] {
      let number = Int(vocabulary.number(of: word)!)
      return Array(table.values[3 * number..<3 * number + 3])
    }
    #expect(row("good") == [1, 2, 3] && row("not") == [-1, -2, -3])
    var other = settings
    other.architecture.embedding = 4
    #expect {
      try train(in: folder, name: "b", texts: true, other)
    } throws: {
      "\($0)".contains("--embedding is 4") && "\($0)".contains("3 numbers")
    }
  }

  @Test func theTreebankByPhrases() throws {
    let folder = TemporaryFolder()
    var trees = ""
    for item in 0..<60 {
      let isGood = item % 2 == 0
      trees +=
        "(\(isGood ? 4 : 0) (2 A) (\(isGood ? 3 : 1) (\(isGood ? 4 : 0) \(isGood ? "fine" : "dull")) (2 film)))\n"
    }
    let file = folder.file("train.txt", trees)
    var settings = settings(texts: true)
    settings.classification.textColumn = nil
    settings.classification.labelColumn = nil
    settings.classification.phrases = true
    settings.classification.labelMap = ["0": "0", "1": "0", "2": "", "3": "1", "4": "1"]
    let config = try ClassifierTraining(
      .init(files: [file], directory: folder("model"), settings: settings, command: "")
    ).run { _ in }
    #expect(config.labels == ["0", "1"])
    // Three phrases of each of 48 sentences, none of them neutral; whole sentences are held out.
    #expect(config.data.trainingCount == 3 * 48)
    #expect(config.data.validationCount == 12)
    let evaluation = try Classifier.evaluate(folder("model"), [file])
    #expect(evaluation.score.count == 60)
    let lines = folder.file("lines", "1 a fine film\n0 a dull film\n")
    // Its labels are the model's, so none is given another name.
    let plain = try Classifier.evaluate(folder("model"), [lines])
    #expect(plain.score.accuracy == 1)
  }

  // MARK: What is refused

  private func message(_ texts: String, _ settings: ClassificationSettings) -> String {
    let folder = TemporaryFolder()
    do {
      let request = ClassifierTraining.Request(
        files: [folder.file("data.csv", texts)], directory: folder("model"), settings: settings, command: "")
      _ = try ClassifierTraining(request).run { _ in }
      return ""
    } catch {
      #expect(!FileManager.default.fileExists(atPath: folder("model")))
      return "\(error)"
    }
  }

  @Test func labelsThatAreMissingEmptyOrAllTheSame() {
    let texts = settings(texts: true)
    #expect(message("label,the text\na,b\n", texts).contains("\"sentiment\""))
    #expect(message("sentiment,the text\na,b\n,c\n", texts).contains("line 3"))
    #expect(message("sentiment,the text\na,b\na,c\n", texts).contains("only \"a\""))
    #expect(message("sentiment,the text\n", texts).contains("data.csv"))
  }

  @Test func numbersThatAreNone() {
    let numbers = settings(texts: false)
    let found = message("run,kind,x\n1,a,0.5\n1,a,nan\n2,b,1\n", numbers)
    #expect(found.contains("line 3, column 5") && found.contains("\"x\""))
    #expect(message("run,kind,x\n1,a,0.5\n1,b,0.5\n", numbers).contains("line 3"))
    #expect(message("run,kind,x\n1,a\n", numbers).contains("line 2"))
  }

  @Test func labelsAndFeaturesThatTrainingNeverSaw() throws {
    let folder = TemporaryFolder()
    try train(in: folder, texts: false, settings(texts: false) { $0.training.budget = .steps(3) })
    func message(_ text: String) -> String {
      do {
        _ = try Classifier.evaluate(folder("model"), [folder.file("other.csv", text)])
        return ""
      } catch { return "\(error)" }
    }
    let label = message("run,kind,first,second\n1,up,1,2\n2,sideways,1,2\n")
    #expect(label.contains("line 3") && label.contains("\"sideways\"") && label.contains("down, up"))
    #expect(message("run,kind,first,second,third\n1,up,1,2,3\n").contains("third"))
    #expect(message("run,kind,first\n1,up,1\n").contains("second"))
    #expect(throws: FormatError.self) { try TextModel.load(folder("model")) }
  }

  @Test(arguments: ["model.safetensors", "config.json", "vocabulary.json", "baselines.safetensors"])
  func everyCutIsRefused(name: String) throws {
    let folder = TemporaryFolder()
    try train(
      in: folder, texts: true,
      settings(texts: true) {
        $0.architecture.hidden = [2]
        $0.architecture.embedding = 2
        $0.training.budget = .steps(1)
      })
    let whole = try Files.read(folder("model/\(name)"))
    for length in stride(from: 0, to: whole.count - 1, by: max(1, whole.count / 150)) {
      _ = folder.file("model/\(name)", whole[..<length])
      #expect(throws: (any Error).self, "\(name) cut at byte \(length)") {
        try Classifier.evaluate(folder("model"), [folder("texts.csv")])
      }
    }
  }
}
