import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo demo [FILE]`
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Watch recurrent networks forecast a real series and learn to write, for about a minute.",
    discussion: """
      First networks forecast the carbon dioxide in the air of Mauna Loa, week by week, and leave a report to look at. Then one is trained on the \
      sources and documents around the current directory and writes like them; every 15 seconds it shows what it writes by then. With FILE \
      only that, on FILE.
      """)

  @Argument(help: "A UTF-8 text, better 100 KB or more.")
  var file: String?

  @Option(
    parsing: .unconditional, help: "How long to train: 90s, 5m. (default: 1m)",
    transform: OptionParsing.duration)
  var time = 60.0

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    let stopwatch = Stopwatch()
    threads.apply()
    let directory = Self.freeDirectory()
    if file == nil { try forecast(stopwatch) }
    let source: (file: String, description: String)
    if let file {
      source = (file, file)
    } else {
      // Beside the model, so that it stays what the model has learned from, whatever becomes of the sources.
      let corpus = try DemoCorpus(around: FileManager.default.currentDirectoryPath)
      source = (directory + "/text.txt", corpus.description)
      try Files.makeDirectory(directory)
      try AtomicFile.write(corpus.text, to: source.file)
    }
    do {
      try run(source.file, source.description, directory, stopwatch)
    } catch {
      // Nothing is left of a run that came to nothing.
      if !FileManager.default.fileExists(atPath: directory + "/checkpoint") {
        if file == nil { try? FileManager.default.removeItem(atPath: source.file) }
        rmdir(directory)
      }
      throw error
    }
  }

  /// The bundled series of carbon dioxide, a year ahead.
  private func forecast(_ stopwatch: Stopwatch) throws {
    let series = BundledSeries.maunaLoaCO2
    StandardError.write("Recurrent networks forecast \(series.title), a year ahead.\n")
    var settings = ForecastSettings()
    settings.forecast.horizon = 52
    settings.forecast.season = series.season
    // What gets furthest in a few seconds.
    settings.forecast.members = 2
    settings.training.batch = 32
    var flow = ForecastFlow(
      files: [BundledSeries.prefix + series.name], directory: ForecastFlow.freeDirectory(for: "rondo-demo"),
      settings: settings, timeLimit: min(Self.forecastSeconds, time / 3))
    flow.printsBacktest = !json
    let result = try flow.run(stopwatch)
    // With --json there is one object on standard output, at the end.
    if !json { try result.print(plot: true) }
    StandardError.write("\n")
  }

  /// What the forecast takes at most.
  private static let forecastSeconds = 20.0

  private func run(_ text: String, _ description: String, _ directory: String, _ stopwatch: Stopwatch) throws
  {
    var request = TextTraining.Request(
      files: [text], directory: directory, settings: settings, command: CommandLine.quotedArguments)
    request.stopwatch = stopwatch
    let training = try TextTraining(request)

    let progress = ProgressDisplay()
    progress.note(
      """
      A recurrent network learns to write, character by character, from \(description).
      \(training.textDescription); \(ProgressDisplay.compact(Double(training.parameterCount))) parameters
      """)
    var samples = TextSamples(every: .seconds(15))
    do {
      _ = try training.run { report in
        progress.update(report)
        if samples.isDue(report) {
          progress.note(
            "\nafter \(DurationText.short(report.elapsed)) it writes:\n\(try TextSamples.text(training))\n")
        }
      }
    } catch TrainingError.interrupted(let step, true) {
      progress.finish()
      throw Interrupted(step: step, directory: directory, text: text)
    } catch {
      progress.finish()
      throw error
    }
    progress.note("")
    if json {
      return try StandardOutput.print(.object(resultObject(training, directory: directory)))
    }
    try printResults(training, directory: directory)
    try printNext(directory: directory, text: text)
  }

  private var settings: TextSettings {
    var settings = TextSettings()
    settings.text.level = .character
    // What gets furthest in a minute: one layer sees twice the text, and has no time to learn anything by heart.
    settings.architecture.hidden = [256]
    settings.architecture.dropout = 0
    settings.training.budget = .seconds(time)
    settings.training.validationFraction = 0.05
    return settings
  }

  private func printResults(_ training: TextTraining, directory: String) throws {
    guard let evaluation = try training.scoreHeldOut() else { return }
    try StandardOutput.print("on \(evaluation.score.characters) characters that were held out:")
    for (name, score) in [("this network", evaluation.score)] + evaluation.baselines {
      try StandardOutput.print("  " + TextEvaluateCommand.line(name, score))
    }
    try StandardOutput.print("it writes:\n\(try TextSamples.text(training))")
    try StandardOutput.print("saved in \(directory)")
  }

  private func resultObject(_ training: TextTraining, directory: String) throws -> JSON.Object {
    var object: JSON.Object = ["directory": .string(directory)]
    if let evaluation = try training.scoreHeldOut() {
      object = object.merged(with: TextEvaluateCommand.object(evaluation))
    }
    object["text"] = .string(try TextSamples.text(training))
    return object
  }

  private func printNext(directory: String, text: String) throws {
    let program = ProgramName.shortest
    try StandardOutput.print(
      """

      try next:
        \(program) text generate \(directory) --prompt "The " --temperature 0.7
        echo "The hidden state carries what the network remembers." | \(program) text evaluate \(directory) -
        \(program) text train \(CommandLine.quoted(text)) -o my-model --time-limit 5m
      """)
  }

  /// `rondo-demo`, or the first of `rondo-demo-2` and so on that does not exist.
  private static func freeDirectory() -> String {
    var name = "rondo-demo"
    var number = 1
    while FileManager.default.fileExists(atPath: name) {
      number += 1
      name = "rondo-demo-\(number)"
    }
    return name
  }
}

/// The demo was stopped before its end.
private struct Interrupted: Error, CustomStringConvertible {
  let step: Int
  let directory: String
  let text: String
  var description: String {
    """
    interrupted after step \(step), which is saved. To go on:
      \(ProgramName.shortest) text train \(CommandLine.quoted(text)) -o \(directory) --resume
    """
  }
}
