import ArgumentParser
import RondoCore
import RondoTasks
import RondoTraining

/// What only a forecaster can be told when it is trained.
struct ForecastOptionGroup: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "Steps to forecast: it has to be given.", transform: OptionParsing.count)
  var horizon: Int?

  @Option(
    help: ArgumentHelp(
      "The kind of networks: segment reads segments and gives all steps at once; deepar reads value after value and draws paths; es-rnn smooths each series with weights of its own; linear has no recurrence. (default: segment)",
      valueName: ForecastModel.allCases.map(\.rawValue).joined(separator: "|")))
  var model: ForecastModel?

  @Option(
    help: ArgumentHelp(
      "What networks see in the place of values: shares of their mean size (level), distances to the latest value as such shares (latest), or in standard deviations (change), or z-scores (standard). (default: each member another that suits the values)",
      valueName: WindowScale.Kind.allCases.map(\.rawValue).joined(separator: "|")))
  var scale: WindowScale.Kind?

  @Option(
    help: ArgumentHelp(
      "The distribution of a step, for deepar. (default: student-t)",
      valueName: LikelihoodKind.allCases.map(\.rawValue).joined(separator: "|")))
  var distribution: LikelihoodKind?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many steps before each are values that are read, for deepar. (default: by the season)",
      valueName: "n,…"), transform: OptionParsing.widths)
  var lags: [Int]?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "For each layer the steps between two that it sees one after the other, for es-rnn. (default: by the season)",
      valueName: "n,…"), transform: OptionParsing.widths)
  var dilations: [Int]?

  @Option(
    parsing: .unconditional, help: "Paths that are drawn, for deepar. (default: 200)",
    transform: OptionParsing.count)
  var paths: Int?

  @Option(
    parsing: .unconditional, help: "Steps of a season, 1 for none. (default: found)",
    transform: OptionParsing.count)
  var season: Int?

  @Option(
    parsing: .unconditional,
    help:
      "Steps of history that are read. (default: seven horizons; for deepar the horizon or two seasons, for es-rnn four seasons, three horizons or 200)",
    transform: OptionParsing.count)
  var context: Int?

  @Option(
    parsing: .unconditional, help: "Steps that are read at once. (default: by the horizon)",
    transform: OptionParsing.count)
  var segment: Int?

  @Flag(
    inversion: .prefixedNo,
    help:
      "Read what time of the day, the week and the year it is, where times are known. (default: --calendar)")
  var calendar: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Make intervals as wide as they had to be on what was held out. (default: --calibrate)")
  var calibrate: Bool?

  @Option(
    parsing: .unconditional, help: "Networks whose forecasts are averaged. (default: 6)",
    transform: OptionParsing.count)
  var members: Int?

  /// Throws unless the steps to forecast are given: nothing but the person knows them.
  func requireHorizon() throws {
    if horizon == nil { throw ValidationError("Missing expected argument '--horizon <horizon>'") }
  }

  /// Throws for what was asked of a network that it does not have.
  static func requireSuited(_ settings: ForecastSettings) throws {
    guard settings.forecast.model == .linear else { return }
    var given = settings.architecture
    // They are written out when a model is saved.
    given.equations = nil
    given.initializer = nil
    guard given == ForecastSettings().architecture else {
      throw OptionError.conflict(
        "--model linear has no layers and no cell: leave --cell, --hidden, --dropout and the like out")
    }
  }

  /// Writes what was given over the options.
  ///
  /// - Throws: `OptionError` for what the kind of networks does not have.
  func apply(to options: inout ForecastOptions) throws {
    options.horizon = horizon ?? options.horizon
    options.model = model ?? options.model
    let isDeepAR = options.model == .deepAR
    for (option, isGiven, isUsed, models) in [
      ("--distribution", distribution != nil, isDeepAR, "deepar"),
      ("--lags", lags != nil, isDeepAR, "deepar"),
      ("--paths", paths != nil, isDeepAR, "deepar"),
      ("--dilations", dilations != nil, options.model == .smoothing, "es-rnn"),
      ("--scale", scale != nil, options.model != .smoothing, "segment, deepar and linear"),
      ("--segment", segment != nil, !isDeepAR, "segment, es-rnn and linear"),
    ] where isGiven && !isUsed {
      throw OptionError.conflict("\(option) is for --model \(models), and this is \(options.model.rawValue)")
    }
    options.scale = scale ?? options.scale
    options.likelihood = distribution ?? options.likelihood
    options.lags = lags ?? options.lags
    options.dilations = dilations ?? options.dilations
    options.paths = paths ?? options.paths
    options.season = season ?? options.season
    options.context = context ?? options.context
    options.segment = segment ?? options.segment
    options.calendar = calendar ?? options.calendar
    options.calibrate = calibrate ?? options.calibrate
    options.members = members ?? options.members
  }
}

extension ForecastModel: ExpressibleByArgument {}
extension WindowScale.Kind: ExpressibleByArgument {}
extension LikelihoodKind: ExpressibleByArgument {}
