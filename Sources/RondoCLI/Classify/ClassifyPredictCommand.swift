import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo classify predict DIR FILE`
struct ClassifyPredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Label sequences that may have no labels.",
    discussion: """
      A file whose name does not end in .csv, .tsv, .jsonl or the like is taken for texts, one on each line; --format says otherwise. \
      Labels in a file are not looked at.

        echo "a moving film" | rondo classify predict reviews - --explain
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Argument(help: ArgumentHelp("The sequences; - is standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Data") var data: LabelledFileOptionGroup

  @Flag(
    help: """
      Show which words (or steps) moved the decision: gradient × input of log p of the label, green for it and red against it. \
      To first order: large changes are another matter.
      """)
  var explain = false

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print one JSON object for each sequence.")
  var json = false

  func run() throws {
    threads.apply()
    let classifier = try Classifier.load(model)
    let predictions = try classifier.predict(files, explains: explain) { data.apply(to: &$0) }
    let isLabelled = predictions.allSatisfy { prediction in
      guard let words = prediction.text?.split(separator: " ", maxSplits: 1), words.count == 2 else {
        return false
      }
      return classifier.labels.contains(String(words[0]))
    }
    if isLabelled, data.format == nil {
      StandardError.write(
        "rondo: every text begins with a label, which is read as a word; --format labelled-lines leaves it out\n"
      )
    }
    for prediction in predictions {
      if json {
        try StandardOutput.print(.object(Self.object(prediction, classifier.labels)))
      } else {
        try StandardOutput.print(Self.line(prediction))
        if let explanation = prediction.explanation {
          try StandardOutput.print(ExplanationText.text(explanation, isColoured: StandardOutput.isTerminal))
        }
      }
    }
  }

  private static func line(_ prediction: ClassifierPrediction) -> String {
    let probability = prediction.probabilities.max() ?? 0
    let what = prediction.text ?? prediction.name ?? ""
    return "\(printable(prediction.label))\t\(String(format: "%.4f", probability))\t\(printable(what))"
  }

  /// Text on one line, without what a terminal would obey.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  private static func object(_ prediction: ClassifierPrediction, _ labels: [String]) -> JSON.Object {
    var object: JSON.Object = ["label": .string(prediction.label)]
    var probabilities = JSON.Object()
    for (label, value) in zip(labels, prediction.probabilities) { probabilities[label] = .number(value) }
    object["probabilities"] = .object(probabilities)
    if let name = prediction.name { object["sequence"] = .string(name) }
    if let text = prediction.text { object["text"] = .string(text) }
    if let explanation = prediction.explanation {
      object["explanation"] = .array(
        zip(explanation.parts, explanation.scores).map { part, score in
          ["part": .string(part), "score": .number(score)]
        })
      if !explanation.features.isEmpty {
        object["features"] = .array(
          explanation.features.map { ["feature": .string($0.name), "score": .number($0.score)] })
      }
    }
    return object
  }
}

/// What moved a decision, for people.
enum ExplanationText {
  /// The parts of a text in their order, coloured on a terminal and with their scores elsewhere; of numbers, the steps and features that
  /// moved it most.
  static func text(_ explanation: ClassifierPrediction.Explanation, isColoured: Bool) -> String {
    let largest = explanation.scores.map(abs).max() ?? 0
    guard explanation.features.isEmpty else {
      func ranked(_ items: [(String, Double)]) -> String {
        items.sorted { abs($0.1) > abs($1.1) }.prefix(5).map { "\($0.0) \(signed($0.1))" }.joined(
          separator: "  ")
      }
      let steps = zip(explanation.parts, explanation.scores).map { ("step \($0)", $1) }
      return "  " + ranked(steps) + "\n  " + ranked(explanation.features.map { ($0.name, $0.score) })
    }
    let parts = zip(explanation.parts.map(ClassifyPredictCommand.printable), explanation.scores).map {
      part, score -> String in
      guard isColoured else { return "\(part) \(signed(score))" }
      return coloured(part, share: largest == 0 ? 0 : score / largest)
    }
    return "  " + parts.joined(separator: isColoured ? " " : "  ")
  }

  private static func signed(_ score: Double) -> String { String(format: "%+.3f", score) }

  /// Green for, red against, the stronger the fuller; what hardly matters stays plain.
  private static func coloured(_ part: String, share: Double) -> String {
    // Shades of the 6 × 6 × 6 cube of 256 colours.
    let green = [194, 157, 120, 83, 46]
    let red = [224, 217, 210, 203, 196]
    let strength = Int((abs(share) * 5).rounded())
    guard strength > 0 else { return part }
    return "\u{1B}[38;5;\((share > 0 ? green : red)[strength - 1])m\(part)\u{1B}[0m"
  }
}
