import ArgumentParser
import RondoData
import RondoTasks
import RondoTraining

/// `rondo text generate DIR --prompt "…"`
struct TextGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Let a model go on writing.",
    discussion: """
      The prompt and what the model adds are printed as they are produced. The same seed gives the same text.

        rondo text generate book --prompt "Once upon" --temperature 0.8
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Option(parsing: .unconditional, help: "The text to go on from. (default: the beginning of a text)")
  var prompt = ""

  @Option(
    parsing: .unconditional, help: "Symbols to write at most. (default: 500, of words 100)",
    transform: OptionParsing.count)
  var length: Int?

  @Option(
    parsing: .unconditional, help: "Below 1 the likely becomes likelier; 0 takes the likeliest. (default: 1)",
    transform: OptionParsing.notNegative)
  var temperature: Double?

  @Option(
    parsing: .unconditional, help: "Choose among so many of the likeliest symbols. (default: all)",
    transform: OptionParsing.count)
  var topK: Int?

  @Option(
    parsing: .unconditional,
    help: "Choose among the likeliest symbols that together have this probability. (default: 1)",
    transform: OptionParsing.probability)
  var topP: Double?

  @OptionGroup var random: SeedOption

  @Option(parsing: .unconditional, help: "End before this string.")
  var stop: String?

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print text, tokens and their log-probabilities as one JSON object.")
  var json = false

  func validate() throws {
    if stop?.isEmpty == true { throw ValidationError("--stop needs a string of one character or more") }
  }

  func run() throws {
    threads.apply()
    let (model, config) = try TextModel.load(model)
    var request = TextGenerator.Request()
    request.prompt = prompt
    request.length = length ?? (config.text.level == .word ? 100 : 500)
    request.stop = stop
    request.keepsResult = json
    request.sampling.temperature = temperature ?? 1
    request.sampling.topK = topK
    request.sampling.topP = topP
    request.sampling.seed = random.seed ?? 1
    let unknown = model.codec.unknownSymbols(in: prompt)
    if !unknown.isEmpty {
      StandardError.write(
        "rondo: not in the model's vocabulary: \(unknown.map { quoted($0) }.joined(separator: ", "))\n")
    }
    let generator = TextGenerator(model)
    if !json { try StandardOutput.write(Array(prompt.utf8)) }
    var last: UInt8?
    let result = try generator.generate(request) { bytes in
      if !json { try StandardOutput.write(bytes) }
      last = bytes.last ?? last
    }
    guard json else {
      // For the prompt of a shell; whatever else reads it gets the text as it is.
      if last != 0x0A, StandardOutput.isTerminal { try StandardOutput.write([0x0A]) }
      return
    }
    try StandardOutput.print(
      .object([
        "prompt": .string(prompt), "text": .string(result.text),
        "tokens": .array(result.tokens.map { .string($0) }),
        "token_ids": .array(result.tokenIDs.map { .integer(Int($0)) }),
        "log_probabilities": .array(result.logProbabilities.map { .number($0) }),
      ]))
  }
}
