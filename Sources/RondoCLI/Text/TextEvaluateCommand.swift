import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo text evaluate DIR FILE…`
struct TextEvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a text with a model, beside a unigram and a Kneser-Ney 5-gram baseline.",
    discussion: """
      The text is read as one stream, the state carried from its first symbol to its last. The baselines are counted from the files that \
      the model was trained on, if they are still there and unchanged.
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Argument(help: ArgumentHelp("The text; - is standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    threads.apply()
    let progress = ProgressDisplay()
    let evaluation = try TextEvaluator.evaluate(model, files) {
      progress.update(done: $0, of: $1, "symbols scored")
    }
    progress.clear()
    if let note = evaluation.note { StandardError.write("rondo: \(note)\n") }
    if json { return try StandardOutput.print(.object(Self.object(evaluation))) }
    try StandardOutput.print(Self.line("model", evaluation.score))
    for (name, score) in evaluation.baselines { try StandardOutput.print(Self.line(name, score)) }
    let unknown = evaluation.unknownTokens > 0 ? ", \(evaluation.unknownTokens) of them unknown" : ""
    try StandardOutput.print(
      "\(evaluation.score.tokens) tokens\(unknown), \(evaluation.score.characters) characters")
  }

  static func line(_ name: String, _ score: TextScore) -> String {
    let name = name.padding(toLength: 14, withPad: " ", startingAt: 0)
    return name
      + String(
        format: "loss %.4f  perplexity %.3f  bits per character %.4f", score.loss, score.perplexity,
        score.bitsPerCharacter)
  }

  static func object(_ evaluation: TextEvaluation) -> JSON.Object {
    func members(_ score: TextScore) -> JSON.Object {
      [
        "loss": .number(score.loss), "perplexity": .number(score.perplexity),
        "bits_per_character": .number(score.bitsPerCharacter),
      ]
    }
    var object = members(evaluation.score)
    object["tokens"] = .integer(evaluation.score.tokens)
    object["characters"] = .integer(evaluation.score.characters)
    object["unknown_tokens"] = .integer(evaluation.unknownTokens)
    var baselines = JSON.Object()
    for (name, score) in evaluation.baselines { baselines[name] = .object(members(score)) }
    object["baselines"] = .object(baselines)
    if let note = evaluation.note { object["note"] = .string(note) }
    return object
  }
}
