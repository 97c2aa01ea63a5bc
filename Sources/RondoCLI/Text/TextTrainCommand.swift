import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo text train FILE… -o DIR`
struct TextTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a language model on text.",
    discussion: """
      The text is read as one long sequence of symbols. The last part of it is held out, and the weights that predict it best are kept.
      A run that was killed, or stopped with Ctrl-C, goes on with the same command and --resume, and ends as if it had not been stopped.

        rondo text train book.txt -o book --time-limit 8m
        rondo text train - -o log --level byte --epochs 3 < log.txt

      The first run is repeated bit for bit by

        rondo text train book.txt -o again --config book/config.json --steps 12345
      """)

  @Argument(
    help: ArgumentHelp(
      "The text: UTF-8 files (any files with --level byte); - is standard input.", valueName: "file"))
  var files: [String]

  @Option(name: [.customShort("o"), .customLong("output")], help: "The directory for the model.")
  var directory: String

  @OptionGroup(title: "Text") var text: TextOptionGroup
  @OptionGroup(title: "Language model") var languageModel: LanguageModelOptionGroup
  @OptionGroup var training: TrainingOptionGroup

  @Option(
    help: ArgumentHelp(
      "Show what the model writes by now, every so many steps (500) or after such a time (30s).",
      valueName: "steps|time"), transform: TextSamples.Interval.init(parsing:))
  var sampleEvery: TextSamples.Interval?

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    let stopwatch = Stopwatch()
    var request = try TrainingRun.request(
      TextConfig.self, files, directory, defaults: TextSettings(), training.run, stopwatch)
    text.apply(to: &request.settings.text)
    languageModel.apply(to: &request.settings.architecture, &request.settings.training)
    try training.apply(to: &request.settings.architecture, &request.settings.training)

    if let config = try TextTraining.completed(request) {
      TrainingRun.noteCompletion(directory)
      return try TextTrainReport(config: config, directory: directory).print(json: json)
    }
    let run = try TextTraining(request)
    var samples = sampleEvery.map { TextSamples(every: $0) }
    let config = try TrainingRun.show(
      firstStep: run.firstStep, request.settings.architecture.summary, parameterCount: run.parameterCount,
      description: run.textDescription
    ) { progress in
      try run.run { report in
        progress.update(report)
        if samples?.isDue(report) ?? false {
          progress.note("\nafter step \(report.step) it writes:\n\(try TextSamples.text(run))\n")
        }
      }
    }
    try TextTrainReport(config: config, directory: directory).print(json: json)
  }
}
