import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo forecast anomalies DIR FILE…`
struct ForecastAnomaliesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anomalies",
    abstract: "Find values that a forecast of one step from what was before them says are unlikely.",
    discussion: """
      Writes a row for each: series, time (where the file has none, the number of the step), value, the median and the interval of 95 % that \
      were forecast, and a score: how many standard deviations the value is from the median.

        rondo forecast anomalies power power.csv --last 168
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Argument(help: ArgumentHelp(SeriesOptionGroup.fileHelp, valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Series") var series: SeriesOptionGroup

  @Option(
    parsing: .unconditional, help: "The least size of a score that is reported. (default: 4)",
    transform: OptionParsing.positive)
  var threshold: Double?

  @Option(
    parsing: .unconditional, help: "Look at this many of each series' latest values. (default: all)",
    transform: OptionParsing.count)
  var last: Int?

  @Option(help: ArgumentHelp("The CSV file to write. (default: standard output)", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Write a report with pictures, as one HTML file.", valueName: "file"))
  var report: String?

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func run() throws {
    threads.apply()
    let threshold = threshold ?? 4
    for file in [output, report].compactMap({ $0 }) {
      try OutputPlace.require(file, readFrom: files, model: model)
    }
    let forecaster = try Forecaster.load(model)
    let data = try series.data(files, of: forecaster)
    let (found, examined) = try forecaster.anomalies(in: data.series, threshold: threshold, last: last)
    StandardError.write(
      "rondo: \(found.count) of \(examined) values are further than \(threshold) standard deviations from what was forecast\n"
    )
    func time(_ anomaly: Anomaly) -> String {
      data.series[anomaly.series].timeText(ofStep: anomaly.step, data.frequency) ?? "\(anomaly.step + 1)"
    }
    var text = "series,time,value,median,q0.025,q0.975,score\n"
    for anomaly in found {
      let numbers = [
        anomaly.value, anomaly.median, anomaly.interval.lowerBound, anomaly.interval.upperBound,
      ]
      text +=
        "\(DelimitedText.field(data.series[anomaly.series].name)),\(time(anomaly)),"
        + numbers.map(\.description).joined(separator: ",") + String(format: ",%.2f\n", anomaly.score)
    }
    if let output { try AtomicFile.write(text, to: output) }
    if let report {
      let page = ForecastReport(
        of: found, examined: examined, threshold: threshold, last: last, data,
        command: CommandLine.quotedArguments)
      try AtomicFile.write(page.html, to: report)
    }
    guard json else {
      if output == nil { try StandardOutput.print(String(text.dropLast())) }
      return
    }
    try StandardOutput.print(
      .object([
        "examined": .integer(examined),
        "anomalies": .array(
          found.map { anomaly in
            .object([
              "series": .string(data.series[anomaly.series].name), "time": .string(time(anomaly)),
              "value": .number(anomaly.value), "median": .number(anomaly.median),
              "q0.025": .number(anomaly.interval.lowerBound), "q0.975": .number(anomaly.interval.upperBound),
              "score": .number(anomaly.score),
            ])
          }),
      ]))
  }
}
