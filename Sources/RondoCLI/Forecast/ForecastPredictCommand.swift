import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo forecast predict DIR FILE --horizon H --output F.csv`
struct ForecastPredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Forecast the next steps of series.",
    discussion: """
      Writes a row for each series and step: series, time (where the file has none, the number of the step), mean, median and quantiles.
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Argument(help: ArgumentHelp(SeriesOptionGroup.fileHelp, valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Series") var series: SeriesOptionGroup

  @Option(
    parsing: .unconditional, help: "Steps to forecast. (default: as many as the model was trained for)",
    transform: OptionParsing.count)
  var horizon: Int?

  @Option(help: ArgumentHelp("The CSV file to write. (default: standard output)", valueName: "file"))
  var output: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Probabilities of the quantiles to write. (default: 0.025,0.1,0.9,0.975)", valueName: "q,…"),
    transform: Self.quantiles)
  var quantiles: [Double] = ForecastCSV.quantiles

  @OptionGroup var threads: ThreadOption

  func run() throws {
    threads.apply()
    let forecaster = try Forecaster.load(model)
    let options = forecaster.config.forecast
    let horizon = horizon ?? options.horizon
    guard horizon <= options.horizon else {
      throw OptionError.invalid(
        option: "--horizon", given: "\(horizon)",
        requirement: "at most \(options.horizon), for which the model was trained")
    }
    let data = try series.data(files, of: forecaster)
    let forecasts = try forecaster.forecast(data.series, horizon: horizon)
    let text = ForecastCSV.text(forecasts, of: data, quantiles: quantiles)
    if let output {
      try AtomicFile.write(text, to: output)
    } else {
      try StandardOutput.print(String(text.dropLast()))
    }
  }

  private static func quantiles(_ text: String) throws -> [Double] {
    let values = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard values.allSatisfy({ $0.map { $0 > 0 && $0 < 1 } ?? false }) else {
      throw OptionParsing.Requirement(
        description: "it must be probabilities between 0 and 1 with commas between: 0.1,0.5,0.9")
    }
    return values.map { $0! }
  }
}
