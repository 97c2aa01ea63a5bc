import ArgumentParser

/// `rondo text`: language models.
struct TextCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "text",
    abstract: "Language models of bytes, characters and words.",
    subcommands: [TextTrainCommand.self, TextEvaluateCommand.self, TextGenerateCommand.self])
}
