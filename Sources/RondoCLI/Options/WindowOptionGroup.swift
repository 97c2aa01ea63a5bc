import ArgumentParser
import RondoTasks

/// Which parts of series are forecast to be compared with what came.
struct WindowOptionGroup: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Windows at the end of each series. (default: 5; evaluate: 1; 200 in a --test-fraction)",
    transform: OptionParsing.count)
  var windows: Int?

  @Option(
    parsing: .unconditional,
    help: "Steps from one window to the next. (default: the horizon, or evenly over the --test-fraction)",
    transform: OptionParsing.count)
  var stride: Int?

  @Option(
    parsing: .unconditional,
    help: "The share of each series' end that the windows lie in. (default: as far as they reach)",
    transform: OptionParsing.part)
  var testFraction: Double?

  /// - Parameter count: How many there are if nothing is said.
  func windows(default count: Int) -> ForecastWindows {
    ForecastWindows(
      count: windows ?? (testFraction == nil ? count : nil), stride: stride, share: testFraction)
  }
}
