import ArgumentParser
import RondoData
import RondoTasks
import RondoTraining

/// `rondo forecast update DIR FILE…`
struct ForecastUpdateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Go on from new rows, without training and without the old file, and forecast the next steps.",
    discussion: """
      The model's directory keeps the latest values of each series. New rows are put behind those of the series of the same name: where times \
      are known, rows at times that are there already replace them, and steps without a row are missing values; where they are not, all rows \
      come behind the last. A series of a new name begins with its rows; a new column is one if --target names it. The forecast is written as \
      by predict, and then the directory knows the new rows.

      Networks of --model deepar read nothing but the new rows: they keep their states, and begin anew when they have read four contexts. \
      Other networks read their window once more from the rows that are kept.

        rondo forecast update power today.csv --output forecast.csv
      """)

  @Argument(help: "The directory of the model.")
  var model: String

  @Argument(
    help: ArgumentHelp(
      "The new rows: a file, or - for standard input. Several are read in turn.", valueName: "file"))
  var files: [String]

  @Flag(help: "Begin with these rows, instead of what the directory keeps.")
  var begin = false

  @OptionGroup(title: "Series") var series: SeriesOptionGroup
  @OptionGroup var output: ForecastOutputOptionGroup
  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print the forecast and what the rows changed as one JSON object.")
  var json = false

  func run() throws {
    threads.apply()
    if let file = output.output { try OutputPlace.require(file, readFrom: files, model: model) }
    let kept = begin ? nil : try ForecastStream.load(model)
    let forecaster = try kept?.forecaster ?? Forecaster.load(model)
    let horizon = try output.horizon(of: forecaster)
    SeriesOptionGroup.show(kept?.notes ?? [])
    let rows = try series.rows(files, of: forecaster)
    var (stream, changes) = (kept, StreamChanges?.none)
    if begin { stream = try ForecastStream(forecaster, rows) } else { changes = try stream?.append(rows) }
    guard let stream else { return }
    SeriesOptionGroup.show((changes?.notes ?? []) + forecaster.notes(of: stream.series))
    let forecasts = try stream.forecast(horizon: horizon)
    if !json || output.output != nil { try output.write(forecasts, of: stream.series, stream.frequency) }
    if json { try StandardOutput.print(object(stream, forecasts, changes)) }
    try stream.save(to: model)
  }

  private func object(
    _ stream: ForecastStream, _ forecasts: [QuantileForecast], _ changes: StreamChanges?
  ) -> JSON {
    func names(_ names: [String]) -> JSON { .array(names.map(JSON.string)) }
    var object: JSON.Object = ["directory": .string(model)]
    if let changes {
      object["new_steps"] = .integer(changes.added)
      object["missing_steps"] = .integer(changes.missing)
      object["replaced"] = .integer(changes.replaced)
      object["filled"] = .integer(changes.filled)
      object["repeated"] = .integer(changes.repeated)
      object["ignored"] = .integer(changes.ignored)
      object["new_series"] = names(changes.new)
      object["without_new_rows"] = names(changes.unchanged)
    }
    if let file = output.output { object["output"] = .string(file) }
    object["forecast"] = output.object(forecasts, of: stream.series, stream.frequency)
    return .object(object)
  }
}
