import Foundation
import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct ForecasterTests {
  /// Waves of six steps of many sizes, each as high as the logistic map makes it from the one before (May 1976, DOI 10.1038/261459a0): what
  /// repeats or averages does not know what is next.
  private static func csv(_ count: Int = 24, gaps: Bool = false) -> String {
    let random = RandomSource(seed: 4)
    var text = "V1" + (0..<90).map { ",V\($0 + 2)" }.joined() + "\n"
    for item in 0..<count {
      let level = 10 * pow(4, Double(item % 6))
      var height = 0.1 + 0.8 * Double(random.uniform(stream: 7, position: UInt64(item)))
      let values = (0..<60 + item).map { step -> String in
        if step % 6 == 0 { height = 3.8 * height * (1 - height) }
        let value = level * (2 + height * sin(Double(step % 6) * .pi / 3))
        return gaps && random.uniform(stream: 99, position: UInt64(100 * item + step)) < 0.2
          ? "NA" : "\(value)"
      }
      text += "s\(item)," + values.joined(separator: ",") + "\n"
    }
    return text
  }

  private func request(_ folder: TemporaryFolder, _ csv: String, steps: Int = 800) -> ForecastTraining.Request
  {
    var settings = ForecastSettings()
    settings.forecast.horizon = 6
    settings.forecast.context = 18
    settings.forecast.season = 6
    settings.forecast.members = 2
    settings.architecture.hidden = [24]
    settings.architecture.dropout = 0
    settings.training.batch = 32
    settings.training.learningRate = 0.01
    settings.training.budget = .steps(steps)
    return .init(
      files: [folder.file("series.csv", csv)], directory: folder("model"), settings: settings, command: "test"
    )
  }

  @Test func learnsWhatNoBaselineSees() throws {
    let folder = TemporaryFolder()
    let config = try ForecastTraining(request(folder, Self.csv())).run { _ in }.forecaster.config
    let comparison = try #require(config.results.validation)
    let score = comparison.model
    let best = try #require(comparison.baselines.values.map(\.smape).min())
    #expect(score.smape < 0.5 * best, "\(score.smape) beside \(best)")

    // A model that is loaded forecasts what it forecast before, whatever else is beside it.
    let series = try SeriesFile.read(folder("series.csv")).series.map(\.values)
    let forecaster = try Forecaster.load(folder("model"))
    let all = try forecaster.forecast(series)
    let alone = try forecaster.forecast([series[3]])
    #expect(alone[0] == all[3])
    for forecast in all {
      #expect(forecast.steps.count == 6 && forecast.steps.joined().allSatisfy(\.isFinite))
      #expect(forecast.steps.allSatisfy { zip($0, $0.dropFirst()).allSatisfy { $0 <= $1 } })
    }
  }

  @Test func sameSeedSameBits() throws {
    let weights = try (0..<2).map { _ in
      let folder = TemporaryFolder()
      _ = try ForecastTraining(request(folder, Self.csv(8), steps: 5)).run { _ in }
      return try Data(contentsOf: URL(fileURLWithPath: folder("model/model.safetensors")))
    }
    #expect(weights[0] == weights[1])
  }

  /// A fifth of the values is missing: the forecasts are numbers, and still better than the baselines.
  @Test func missingValuesAreNoObstacle() throws {
    let folder = TemporaryFolder()
    let config = try ForecastTraining(request(folder, Self.csv(gaps: true))).run { _ in }.forecaster.config
    let comparison = try #require(config.results.validation)
    let score = comparison.model
    let best = try #require(comparison.baselines.values.map(\.smape).min())
    #expect(score.smape < best, "\(score.smape) beside \(best)")
    let forecaster = try Forecaster.load(folder("model"))
    let forecasts = try forecaster.forecast([[.nan, .nan], [], [5], [1, .nan, .nan, .nan]])
    #expect(forecasts.allSatisfy { $0.steps.joined().allSatisfy(\.isFinite) })
  }

  @Test func shortSeriesAreRefused() {
    let folder = TemporaryFolder()
    #expect(throws: OptionError.self) { try ForecastTraining(request(folder, "V1,V2,V3\na,1,\nb,2,\n")) }
  }
}
