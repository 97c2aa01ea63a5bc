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
    training.run.threads.apply()
    var request = TextTraining.Request(
      files: files, directory: directory, settings: TextSettings(), command: CommandLine.quotedArguments)
    request.stopwatch = stopwatch
    request.resumes = training.run.resume
    request.checkpointEvery = training.run.checkpointEvery
    if let config = training.run.config {
      let recorded = try TextConfig(contentsOf: config)
      request.settings = recorded.settings
      request.repeated = recorded.run
    } else if request.resumes, let saved = try TextTraining.Request.savedSettings(directory: directory) {
      request.settings = saved
    }
    text.apply(to: &request.settings.text)
    languageModel.apply(to: &request.settings.architecture, &request.settings.training)
    try training.apply(to: &request.settings.architecture, &request.settings.training)

    if let config = try TextTraining.completed(request) {
      ProgressDisplay().note(
        "the run in \(directory) is complete; to go on with it, aim at more steps, epochs or time")
      return try TextTrainReport(config: config, directory: directory).print(json: json)
    }
    let run = try TextTraining(request)
    let progress = ProgressDisplay()
    progress.note(Self.introduction(run, request.settings))
    var samples = sampleEvery.map { TextSamples(every: $0) }
    let config: TextConfig
    do {
      config = try run.run { report in
        progress.update(report)
        if samples?.isDue(report) ?? false {
          progress.note("\nafter step \(report.step) it writes:\n\(try TextSamples.text(run))\n")
        }
      }
    } catch {
      progress.finish()
      throw error
    }
    progress.finish()
    try TextTrainReport(config: config, directory: directory).print(json: json)
  }

  private static func introduction(_ run: TextTraining, _ settings: TextSettings) -> String {
    let start = run.firstStep > 0 ? "going on after step \(run.firstStep)" : "training"
    return "\(start): \(settings.architecture.summary), "
      + "\(ProgressDisplay.compact(Double(run.parameterCount))) parameters, \(run.textDescription)"
  }
}
