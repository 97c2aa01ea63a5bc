import ArgumentParser

/// Which parts of series are forecast to be compared with what came.
struct WindowOptionGroup: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "Windows at the end of each series. (default: 5; evaluate: 1)",
    transform: OptionParsing.count)
  var windows: Int?

  @Option(
    parsing: .unconditional, help: "Steps from one window to the next. (default: the horizon)",
    transform: OptionParsing.count)
  var stride: Int?
}
