import RondoCore
import RondoNN
import RondoTraining

/// A network that forecasts, one of an ensemble.
protocol ForecastNetwork: Sendable {
  /// The steps before an origin that a window begins with.
  var context: Int { get }
  /// The steps before an origin that a forecast depends on at most.
  var reach: Int { get }
  /// The rows of a window in training, and the floats that each takes beside its recurrences.
  var trainingRows: (count: Int, width: Int) { get }

  /// What a step of training minimises: the mean over windows of how far what came is from what was forecast.
  ///
  /// - Parameters:
  ///   - ends: For each series where it ends: what is there or later is not seen.
  ///   - ids: For each window the number that its random numbers follow from.
  func loss(
    _ tape: Tape, _ input: ForecastInput, _ places: [WindowBatch.Place], ends: [Int], ids: [Int]
  ) -> Variable

  /// For each window the quantiles of its first step, then those of its second, …, in the series' unit; what is at the window's origin or later
  /// is not seen.
  func quantiles(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place]
  ) -> [[Double]]
}

/// The kinds of networks that forecast.
public enum ForecastModel: String, Sendable, Codable, CaseIterable {
  /// Reads segments of the past and gives quantiles of all segments of the horizon at once.
  case segment
  /// Reads value after value and draws paths into the future from the distribution of each next one.
  case deepAR = "deepar"
  /// Smooths each series exponentially with weights of its own, and reads what that leaves.
  case smoothing = "es-rnn"
  /// Linear maps without any recurrence, to compare with.
  case linear

  /// Throws if there is something beside the values that networks of this kind do not read.
  func requireReads(_ counts: CovariateCounts, hasStatics: Bool) throws(OptionError) {
    let unread: String
    switch self {
    case .smoothing where counts.known + counts.past > 0: unread = "neither --known nor --past"
    case .linear where counts.known + counts.past > 0 || hasStatics:
      unread = "values alone, and no --known, --past and --static"
    default: return
    }
    throw .conflict(
      "networks of the kind \(rawValue) read \(unread): leave them out, or choose segment or deepar")
  }

  /// The networks of an ensemble, named `member0`, `member1`, ….
  func members(
    _ builder: Builder, _ options: ForecastOptions, _ architecture: ArchitectureOptions,
    _ encoding: CovariateEncoding, season: Int, probabilities: [Double], seed: UInt64
  ) throws -> [any ForecastNetwork] {
    var shape = options.shape
    shape.covariates = encoding.counts
    let kinds =
      options.scale.map { [$0] }
      ?? WindowScale.Kind.suited(to: encoding.typical, areReturns: options.reading.returns)
    return try (0..<options.members).map { member in
      let builder = builder / "member\(member)"
      let kind = kinds[member % kinds.count]
      switch self {
      case .segment:
        return try SegmentNetwork(builder, architecture, shape, kind, probabilities: probabilities)
      case .deepAR:
        return try AutoregressiveNetwork(
          builder, architecture, options, season: season, encoding.counts, kind, probabilities: probabilities,
          seed: seed)
      case .smoothing:
        return try SmoothingNetwork(
          builder, architecture, options, season: season, encoding.counts, seriesCount: encoding.names.count,
          probabilities: probabilities, seed: seed)
      case .linear: return LinearNetwork(builder, shape, kind, probabilities: probabilities)
      }
    }
  }
}
