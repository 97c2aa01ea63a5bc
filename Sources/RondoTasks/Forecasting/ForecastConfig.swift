import RondoData
import RondoTraining

/// `config.json` of a forecaster.
public struct ForecastConfig: ModelConfig {
  public static let task = "forecast"
  public static let formatVersion = 4

  var task: String = ForecastConfig.task
  var formatVersion = ForecastConfig.formatVersion
  /// What is forecast and how.
  public var forecast: ForecastOptions
  /// Steps of a season: as it was given, or found.
  public var season: Int
  /// How far steps are apart: as it was given, or found; nil if times are not known.
  public var frequency: Frequency?
  /// How covariates are read.
  public var covariates: CovariateEncoding
  /// What makes the intervals right; nil if that was not asked for, or too little was held out.
  public var calibration: IntervalCalibration?
  /// The network.
  public var architecture: ArchitectureOptions
  /// How it was trained.
  public var training: TrainingOptions
  /// The probabilities of the quantiles that the network gives, ascending.
  public var quantiles: [Double]
  /// What the model was trained on.
  public var data: Data
  /// How the run went.
  public var run: RunRecord
  /// What was measured at its end.
  public var results: Results

  /// What a forecaster was trained on.
  public struct Data: Sendable, Equatable, Codable {
    /// The files, in the order in which they were read.
    public var files: [FileRecord]
    /// The number of series.
    public var seriesCount: Int
    /// The number of values in them.
    public var valueCount: Int
    /// The windows that the weights were chosen by.
    public var validationCount: Int
    /// How the files were read: as it was asked for, and what was found. Missing in models of earlier versions.
    public var reading: SeriesReading? = nil
  }

  /// What was measured when a run ended.
  public struct Results: Sendable, Equatable, Codable {
    /// The number of weights, in all parameters.
    public var parameters: Int
    /// The step whose weights the model has; nil if nothing was held out.
    public var bestStep: Int?
    /// The scores on the windows that were held out, beside the baselines'; nil if nothing was.
    public var validation: ForecastComparison?
  }

  public var settings: ForecastSettings {
    var settings = ForecastSettings()
    settings.forecast = forecast
    settings.architecture = architecture
    settings.training = training
    return settings
  }

  public func check(file: String) throws {
    let ascending = zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 < $1 }
    guard !quantiles.isEmpty, ascending, quantiles.allSatisfy({ $0 > 0 && $0 < 1 }), quantiles.count <= 1000
    else {
      throw FormatError(
        .init(file), expected: "ascending quantiles between 0 and 1", found: "\(quantiles.prefix(20))")
    }
    guard calibration?.factors.count ?? quantiles.count == quantiles.count,
      calibration?.factors.allSatisfy({ 0...1e6 ~= $0 }) ?? true
    else {
      throw FormatError(
        .init(file), expected: "a finite factor of each of \(quantiles.count) quantiles",
        found: "\(calibration?.factors.prefix(20) ?? [])")
    }
    let typical = covariates.typical
    guard [typical.level, typical.deviation].allSatisfy({ 0...1e30 ~= $0 }), abs(typical.mean) <= 1e30 else {
      throw FormatError(.init(file), expected: "a typical series of finite size", found: "\(typical)")
    }
    guard 1...ForecastOptions.largestLength ~= season else {
      throw FormatError(.init(file), expected: "a season of one step or more", found: "\(season)")
    }
  }
}
