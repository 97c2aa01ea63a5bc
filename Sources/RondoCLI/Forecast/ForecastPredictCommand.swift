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

  func run() throws {
    threads.apply()
    if files.isEmpty {
      let stream = try ForecastStream.load(model)
      let horizon = try output.horizon(of: stream.forecaster)
      SeriesOptionGroup.show(stream.notes)
      return try output.write(stream.forecast(horizon: horizon), of: stream.series, stream.frequency)
    }
    let forecaster = try Forecaster.load(model)
    let horizon = try output.horizon(of: forecaster)
    let data = try series.data(files, of: forecaster)
    try output.write(forecaster.forecast(data.series, horizon: horizon), of: data.series, data.frequency)
  }
}
