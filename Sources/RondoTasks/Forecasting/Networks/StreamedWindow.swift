import RondoCore
import RondoRecurrence
import RondoTraining

/// A window that a network goes on reading while its series goes on, instead of beginning anew for each forecast.
package struct StreamedWindow: Sendable, Equatable {
  /// The step of the series that it began with.
  package var begin: Int
  /// The step before which reading has stopped; that of its beginning if nothing has been read.
  package var end: Int
  /// What the network sees in the place of values, as it was when the window began.
  package var scale: WindowScale
  /// Of each layer the states after the last step whose input was read; empty if nothing has been read.
  package var states: [[[Float]]]

  /// How many contexts a window may be long before it is begun anew.
  static let contexts = 4
}

/// A recurrent network whose states go on from one step to the next.
protocol StreamingNetwork: ForecastNetwork {
  /// The names and widths of each layer's states.
  var states: [[StateShape]] { get }

  /// What it sees in the place of the values of a context.
  func windowScale(_ context: ArraySlice<Double>, _ input: ForecastInput) -> WindowScale

  /// The windows after the last step before each origin: read from their beginnings, or from where reading stopped.
  func read(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place],
    _ windows: [StreamedWindow]
  ) -> [StreamedWindow]

  /// As without windows, but each of those that are given is gone on with.
  func quantiles(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place],
    windows: [StreamedWindow?]
  ) -> [[Double]]
}

extension WindowScale {
  /// A scale that has been found before.
  package init(centre: Double, scale: Double) {
    self.init(.level, EmptyCollection())
    (self.centre, self.scale) = (centre, scale)
  }
}
