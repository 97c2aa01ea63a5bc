import ArgumentParser
import RondoData
import RondoTasks

/// How files with labelled sequences are read.
struct LabelledFileOptionGroup: ParsableArguments {
  @Option(help: ArgumentHelp("The column of the texts.", valueName: "column"))
  var textColumn: String?

  @Option(
    help: ArgumentHelp(
      "The column with the name of the sequence, in files of numbers: a row for each step, every other column a feature.",
      valueName: "column"))
  var sequenceColumn: String?

  @Option(help: ArgumentHelp("The column of the labels.", valueName: "column"))
  var labelColumn: String?

  @Option(
    help: ArgumentHelp(
      "What the files are: \(LabelledFormat.allCases.map(\.rawValue).joined(separator: ", ")). (default: by name and content)",
      valueName: "format"))
  var format: LabelledFormat?

  @Option(
    name: .customLong("map-labels"),
    help: ArgumentHelp(
      "New labels for old ones, with commas between; an empty one leaves the sequence out: 0=0,1=0,2=,3=1,4=1",
      valueName: "old=new,…"), transform: Self.map)
  var labelMap: [String: String]?

  func apply(to options: inout ClassificationOptions) {
    if textColumn != nil { options.sequenceColumn = nil }
    if sequenceColumn != nil { options.textColumn = nil }
    options.textColumn = textColumn ?? options.textColumn
    options.sequenceColumn = sequenceColumn ?? options.sequenceColumn
    options.labelColumn = labelColumn ?? options.labelColumn
    options.format = format ?? options.format
    options.labelMap = labelMap ?? options.labelMap
  }

  private static func map(_ text: String) throws -> [String: String] {
    var map: [String: String] = [:]
    for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, map[String(parts[0])] == nil else {
        throw OptionParsing.Requirement(
          description: "it must be OLD=NEW pairs with commas between, each OLD once")
      }
      map[String(parts[0])] = String(parts[1])
    }
    return map
  }
}

extension LabelledFormat: ExpressibleByArgument {}
