import ArgumentParser
import RondoData
import RondoTasks
import RondoTraining

/// What of a forecast is written, and where.
struct ForecastOutputOptionGroup: ParsableArguments {
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

  /// The steps to forecast.
  ///
  /// - Throws: `OptionError` if they are more than a model was trained for.
  func horizon(of forecaster: Forecaster) throws -> Int {
    let largest = forecaster.config.forecast.horizon
    guard let horizon else { return largest }
    guard horizon <= largest else {
      throw OptionError.invalid(
        option: "--horizon", given: "\(horizon)",
        requirement: "at most \(largest), for which the model was trained")
    }
    return horizon
  }

  /// Writes forecasts to the file that was asked for, or to standard output.
  func write(_ forecasts: [QuantileForecast], of series: [Series], _ frequency: Frequency?) throws {
    let text = ForecastCSV.text(forecasts, of: series, frequency, quantiles: quantiles)
    if let output {
      try AtomicFile.write(text, to: output)
    } else {
      try StandardOutput.print(String(text.dropLast()))
    }
  }

  /// A row for each series and step.
  func object(_ forecasts: [QuantileForecast], of series: [Series], _ frequency: Frequency?) -> JSON {
    .array(
      zip(series, forecasts).flatMap { series, forecast in
        (0..<forecast.stepCount).map { step in
          var row: JSON.Object = [
            "series": .string(series.name),
            "time": .string(ForecastCSV.time(of: series, frequency, step: step)),
            "mean": .number(forecast.mean(step: step)), "median": .number(forecast.quantile(0.5, step: step)),
          ]
          for quantile in quantiles {
            row["q\(quantile)"] = .number(forecast.quantile(quantile, step: step))
          }
          return .object(row)
        }
      })
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
