import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo classify evaluate DIR FILE…`
struct ClassifyEvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a classifier on labelled sequences, beside the majority label and a counted model.",
    discussion: """
      The files are read as those that the model was trained on, unless options here say otherwise; of sentiment trees, sentences alone. \
      The counted model is naive Bayes for texts and the nearest mean for numbers.
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Argument(help: ArgumentHelp("The labelled sequences; - is standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Data") var data: LabelledFileOptionGroup
  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    threads.apply()
    let progress = ProgressDisplay()
    let evaluation = try Classifier.evaluate(
      model, files, adjust: { data.apply(to: &$0) },
      onProgress: { progress.update(done: $0, of: $1, "sequences") })
    progress.clear()
    if json { return try StandardOutput.print(.object(Self.object(evaluation))) }
    try StandardOutput.print(Self.line("model", evaluation.score))
    for (name, score) in evaluation.baselines { try StandardOutput.print(Self.line(name, score)) }
    try StandardOutput.print(
      String(
        format: "loss %.4f nats; calibration error %.4f (%.4f without temperature); %d sequences",
        evaluation.loss, evaluation.calibrationError, evaluation.uncalibratedError, evaluation.score.count))
    try StandardOutput.print("")
    for line in Self.table(evaluation) { try StandardOutput.print(line) }
  }

  private static func line(_ name: String, _ score: ClassificationScore) -> String {
    name.padding(toLength: max(14, name.count + 1), withPad: " ", startingAt: 0)
      + String(format: "accuracy %.4f  macro F1 %.4f", score.accuracy, score.macroF1)
  }

  /// The labels with their scores and their row of the confusion matrix; of many labels, the scores alone.
  private static func table(_ evaluation: ClassifierEvaluation) -> [String] {
    let hasMatrix = evaluation.labels.count <= 12
    let names = evaluation.labels.map(ClassifyPredictCommand.printable).map {
      $0.count > 20 ? $0.prefix(19) + "…" : $0
    }
    let width = max(5, names.map(\.count).max() ?? 0) + 2
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let cell = max(width, 7)
    var lines = [
      "label".padding(toLength: width, withPad: " ", startingAt: 0) + "precision  recall      F1   count"
        + (hasMatrix ? "   taken for " + names.map { padded($0, cell) }.joined() : "")
    ]
    for (index, label) in evaluation.score.labels.enumerated() {
      var line = names[index].padding(toLength: width, withPad: " ", startingAt: 0)
      line += String(format: "%9.4f %7.4f %7.4f %7d", label.precision, label.recall, label.f1, label.count)
      if hasMatrix {
        line +=
          String(repeating: " ", count: 13)
          + evaluation.score.confusion[index].map { padded(String($0), cell) }.joined()
      }
      lines.append(line)
    }
    return lines
  }

  private static func object(_ evaluation: ClassifierEvaluation) -> JSON.Object {
    func members(_ score: ClassificationScore) -> JSON.Object {
      ["accuracy": .number(score.accuracy), "macro_f1": .number(score.macroF1)]
    }
    var object = members(evaluation.score)
    object["count"] = .integer(evaluation.score.count)
    object["loss"] = .number(evaluation.loss)
    object["calibration_error"] = .number(evaluation.calibrationError)
    object["calibration_error_without_temperature"] = .number(evaluation.uncalibratedError)
    var baselines = JSON.Object()
    for (name, score) in evaluation.baselines { baselines[name] = .object(members(score)) }
    object["baselines"] = .object(baselines)
    object["labels"] = .array(
      zip(evaluation.labels, evaluation.score.labels).map { name, score in
        [
          "label": .string(name), "precision": .number(score.precision), "recall": .number(score.recall),
          "f1": .number(score.f1), "count": .integer(score.count),
        ]
      })
    object["confusion"] = .array(evaluation.score.confusion.map { .array($0.map { .integer($0) }) })
    return object
  }
}
