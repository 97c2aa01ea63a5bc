import ArgumentParser
import RondoData
import RondoTasks

/// How files with series are read.
struct SeriesOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the file holds series: m4 is a row for each series, its name first. (default: m4)",
      valueName: SeriesLayout.allCases.map(\.rawValue).joined(separator: "|")))
  var layout: SeriesLayout?

  func apply(to options: inout ForecastOptions) {
    options.layout = layout ?? options.layout
  }
}

extension SeriesLayout: ExpressibleByArgument {}
