import RondoCore
import RondoData
import RondoTraining

/// What is forecast and how: the `forecast` part of `config.json`.
public struct ForecastOptions: Sendable, Equatable, Codable {
  /// How the files hold series.
  public var reading = SeriesReading()
  /// Steps that are forecast.
  public var horizon = 1
  /// Steps of a season; found if nil.
  public var season: Int?
  /// Steps of history that networks read; by their kind, the horizon and the season if nil.
  public var context: Int?
  /// Steps that the network reads at once; if nil equal parts of the horizon, of at most 24.
  public var segment: Int?
  /// The kind of networks.
  public var model = ForecastModel.segment
  /// What networks see in the place of values; each member in its turn another if nil.
  public var scale: WindowScale.Kind?
  /// The distribution of a step, where networks have one.
  public var likelihood = LikelihoodKind.studentT
  /// How many steps before each are values that are read, where networks read value after value; by the season if nil.
  public var lags: [Int]?
  /// Steps between those that each layer sees one after the other, where layers are dilated; by the season if nil.
  public var dilations: [Int]?
  /// Paths that are drawn of each window, where networks draw them.
  public var paths = 200
  /// Whether the networks read what time of the day, the week and the year it is, where times are known.
  public var calendar = true
  /// Whether intervals are made as wide as they had to be on what was held out.
  public var calibrate = true
  /// Networks that are trained side by side, whose forecasts are averaged.
  public var members = 6

  /// The defaults.
  public init() {}

  /// The largest horizon and the longest context.
  public static let largestLength = 100_000

  private static let longestLinearContext = 2048
  private static let mostDraws = 10_000_000

  /// Throws if a value is out of its range.
  public func validate() throws(OptionError) {
    func count(_ value: Int?, _ option: String, _ largest: Int = Self.largestLength) throws(OptionError) {
      guard let value, !(1...largest ~= value) else { return }
      throw .invalid(option: option, given: "\(value)", requirement: "a whole number from 1 to \(largest)")
    }
    try count(horizon, "--horizon")
    try count(season, "--season")
    try count(context, "--context")
    try count(segment, "--segment")
    try count(members, "--members", 100)
    for dilation in dilations ?? [] { try count(dilation, "--dilations") }
    try count(paths, "--paths", 10_000)
    for lag in lags ?? [] { try count(lag, "--lags") }
    if let lags, lags != Set(lags).sorted() || lags.isEmpty {
      throw .invalid(
        option: "--lags", given: lags.map(String.init).joined(separator: ","),
        requirement: "ascending: 1,2,24")
    }
    if model == .linear, shape.context > Self.longestLinearContext {
      throw .conflict(
        "the linear model reads \(Self.longestLinearContext) steps at most, and --context is \(shape.context): choose fewer"
      )
    }
    if model == .deepAR, paths * horizon > Self.mostDraws {
      throw .conflict(
        "\(paths) --paths of \(horizon) steps are more than \(Self.mostDraws) draws for each series: choose fewer"
      )
    }
    if let context, let segment, segment > context {
      throw .conflict("--segment is \(segment), more than the --context of \(context)")
    }
  }

  /// How series are cut into windows by networks that read segments.
  var shape: WindowShape {
    // Equal parts of the horizon, as long as a day of hours at most.
    let parts = (horizon + 23) / 24
    let segment = segment ?? min(context ?? horizon, (horizon + parts - 1) / parts)
    let context = context ?? 7 * horizon
    return WindowShape(
      segment: segment, contextSegments: (context + segment - 1) / segment, horizon: horizon)
  }
}

/// All that a training run of a forecaster can be told.
public struct ForecastSettings: TaskSettings {
  /// What is forecast and how.
  public var forecast = ForecastOptions()
  /// The network.
  public var architecture = ArchitectureOptions()
  /// How it is trained.
  public var training = TrainingOptions()

  /// The defaults.
  public init() {
    architecture.cell = "gru"
    architecture.hidden = [128]
    architecture.dropout = 0.1
    training.batch = 256
    training.learningRate = 0.004
    training.validationFraction = 0.1
    training.budget = .seconds(300)
  }

  /// What is trained, in a few words: `segment, 1 × 128 gru`.
  public var networkSummary: String {
    let kind = forecast.model.rawValue
    return forecast.model == .linear ? kind : "\(kind), \(architecture.summary)"
  }

  /// Throws an `OptionError` if a value is out of its range.
  public func validate() throws {
    try forecast.validate()
    try architecture.validate()
    if let dilations = forecast.dilations, dilations.count != architecture.layers {
      throw OptionError.conflict(
        "--dilations has \(dilations.count) numbers for \(architecture.layers) layers: one for each")
    }
    if architecture.tie { throw OptionError.conflict("--tie is for language models") }
    if architecture.directions != .forward {
      throw OptionError.conflict("a forecast goes on from the last step: --bidirectional is not for it")
    }
    if architecture.skips { throw OptionError.conflict("--skip is not for forecasts") }
    try training.validate()
  }
}
