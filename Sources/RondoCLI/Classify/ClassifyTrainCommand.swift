import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo classify train FILE… -o DIR`
struct ClassifyTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a classifier of texts, or of sequences of numbers.",
    discussion: """
      Texts come as CSV, TSV or JSON lines with a column for the text and one for the label, as lines that begin with their label, or as \
      the trees of the Stanford Sentiment Treebank. Sequences of numbers come as CSV with a row for each step, as .ts files, or as .npz.
      A part of the sequences is held out, and the weights that suit them best are kept.

        rondo classify train reviews.csv -o reviews --text-column review --label-column stars --time-limit 8m
        rondo classify train sensors.csv -o sensors --sequence-column run --label-column fault
        rondo classify train JapaneseVowels_TRAIN.ts -o vowels
      """)

  @Argument(help: ArgumentHelp("The labelled sequences; - is standard input.", valueName: "file"))
  var files: [String]

  @Option(name: [.customShort("o"), .customLong("output")], help: "The directory for the model.")
  var directory: String

  @OptionGroup(title: "Data") var data: LabelledFileOptionGroup
  @OptionGroup(title: "Classifier") var classification: ClassificationOptionGroup
  @OptionGroup(title: "Text") var text: TextOptionGroup
  @OptionGroup var training: TrainingOptionGroup

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    let stopwatch = Stopwatch()
    var request = try TrainingRun.request(
      ClassificationConfig.self, files, directory, defaults: ClassificationSettings(), training.run, stopwatch
    )
    data.apply(to: &request.settings.classification)
    classification.apply(to: &request.settings.classification)
    text.apply(to: &request.settings.text)
    try training.apply(to: &request.settings.architecture, &request.settings.training)

    if let config = try ClassifierTraining.completed(request) {
      TrainingRun.noteCompletion(directory)
      return try ClassifyTrainReport(config: config, directory: directory).print(json: json)
    }
    let run = try ClassifierTraining(request)
    let config = try TrainingRun.show(
      firstStep: run.firstStep, request.settings.architecture.summary, parameterCount: run.parameterCount,
      description: run.dataDescription
    ) { progress in
      try run.run { progress.update($0) }
    }
    try ClassifyTrainReport(config: config, directory: directory).print(json: json)
  }
}

/// What a training run prints when it is done.
private struct ClassifyTrainReport {
  let config: ClassificationConfig
  let directory: String

  func print(json: Bool) throws {
    if json { return try StandardOutput.print(object) }
    let run = config.run
    try StandardOutput.print(run.sentence)
    if let score = config.results.validation {
      try StandardOutput.print(
        String(
          format: "held out: accuracy %.4f, macro F1 %.4f, loss %.4f nats over %d sequences",
          score.accuracy, score.macroF1, config.results.validationLoss ?? 0, score.count)
          + ", with the weights of step \(config.results.bestStep ?? run.steps)")
    }
    try StandardOutput.print("saved in \(directory)")
  }

  private var object: JSON {
    var object: JSON.Object = [
      "directory": .string(directory), "steps": .integer(config.run.steps),
      "epochs": .number(config.run.epochs), "seconds": .number(config.run.seconds),
      "ended": .string(config.run.ended.rawValue), "parameters": .integer(config.results.parameters),
      "temperature": .number(config.results.temperature),
    ]
    object["validation_loss"] = config.results.validationLoss.map(JSON.number) ?? .null
    object["validation_accuracy"] = config.results.validation.map { .number($0.accuracy) } ?? .null
    object["validation_macro_f1"] = config.results.validation.map { .number($0.macroF1) } ?? .null
    return .object(object)
  }
}
