import ArgumentParser
import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// `rondo forecast predict DIR [FILE…] --horizon H --output F.csv`
struct ForecastPredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Forecast the next steps of series.",
    discussion: """
      Writes a row for each series and step: series, time (where the file has none, the number of the step), mean, median and quantiles. \
      Without a file, what is forecast goes on from the last row that the model was trained on or `update` has added.
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Argument(help: ArgumentHelp(SeriesOptionGroup.fileHelp, valueName: "file"))
  var files: [String] = []

  @OptionGroup(title: "Series") var series: SeriesOptionGroup
  @OptionGroup var output: ForecastOutputOptionGroup
  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the forecast as one JSON object.")
  var json = false

  func run() throws {
    threads.apply()
    if let file = output.output { try OutputPlace.require(file, readFrom: files, model: model) }
    if files.isEmpty {
      let stream = try ForecastStream.load(model)
      let horizon = try output.horizon(of: stream.forecaster)
      SeriesOptionGroup.show(stream.notes + stream.forecaster.notes(of: stream.series))
      return try show(stream.forecast(horizon: horizon), of: stream.series, stream.frequency)
    }
    let forecaster = try Forecaster.load(model)
    let horizon = try output.horizon(of: forecaster)
    let data = try series.data(files, of: forecaster)
    SeriesOptionGroup.show(forecaster.notes(of: data.series))
    try show(forecaster.forecast(data.series, horizon: horizon), of: data.series, data.frequency)
  }

  private func show(_ forecasts: [QuantileForecast], of series: [Series], _ frequency: Frequency?) throws {
    if !json || output.output != nil { try output.write(forecasts, of: series, frequency) }
    guard json else { return }
    var object: JSON.Object = [
      "directory": .string(model), "forecast": output.object(forecasts, of: series, frequency),
    ]
    if let file = output.output { object["output"] = .string(file) }
    try StandardOutput.print(.object(object))
  }
}
