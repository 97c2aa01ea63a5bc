import RondoCore
import RondoNN
import RondoTraining

/// A network that forecasts, one of an ensemble.
protocol ForecastNetwork: Sendable {
  /// What a step of training minimises: the mean over windows of how far what came is from what was forecast.
  ///
  /// - Parameters:
  ///   - ends: For each series where it ends: what is there or later is not seen.
  ///   - ids: For each window the number that its random numbers follow from.
  func loss(
    _ tape: Tape, _ input: ForecastInput, _ places: [WindowBatch.Place], ends: [Int], ids: [Int]
  ) -> Variable

  /// The quantiles of each window's steps, in the series' unit; what is at the window's origin or later is not seen.
  func quantiles(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place]
  ) -> [[[Double]]]
}

/// The kinds of networks that forecast.
public enum ForecastModel: String, Sendable, Codable, CaseIterable {
  /// Reads segments of the past and gives quantiles of all segments of the horizon at once.
  case segment

  /// The networks of an ensemble, named `member0`, `member1`, ….
  func members(
    _ builder: Builder, _ options: ForecastOptions, _ architecture: ArchitectureOptions,
    covariates: CovariateCounts, probabilities: [Double]
  ) throws -> [any ForecastNetwork] {
    var shape = options.shape
    shape.covariates = covariates
    return try (0..<options.members).map { member in
      let builder = builder / "member\(member)"
      switch self {
      case .segment:
        let kinds = WindowScale.Kind.allCases
        return try SegmentNetwork(
          builder, architecture, shape, kinds[member % kinds.count], probabilities: probabilities)
      }
    }
  }
}
