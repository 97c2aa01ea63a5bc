import ArgumentParser

/// `rondo classify`
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Give texts, or sequences of numbers, one of several labels.",
    subcommands: [ClassifyTrainCommand.self, ClassifyEvaluateCommand.self, ClassifyPredictCommand.self])
}
