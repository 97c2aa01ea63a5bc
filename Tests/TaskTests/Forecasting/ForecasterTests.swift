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

  /// What is often zero is not above a twentieth: lower quantiles of small counts are counts, and others stay between them.
  @Test func lowerQuantilesOfSmallCountsAreCounts() throws {
    let random = RandomSource(seed: 8)
    var settings = ForecastSettings()
    settings.forecast.horizon = 4
    settings.forecast.members = 1
    settings.architecture.hidden = [8]
    settings.training.batch = 16
    settings.training.budget = .steps(20)
    func lower(_ unit: Double) throws -> [Double] {
      let values = (0..<200).map { step -> Double in
        unit * Double(random.uniform(stream: 0, position: UInt64(step)) < 0.3 ? step % 3 : 0)
      }
      let forecaster = try Forecaster.trained(on: [Series(name: "n", values: values)], settings)
      let forecast = try forecaster.forecast([values])[0]
      return (0..<4).flatMap { step in [0.1, 0.2, 0.3, 0.4].map { forecast.quantile($0, step: step) } }
    }
    #expect(try lower(1).allSatisfy { $0 == $0.rounded() })
    #expect(try !lower(0.25).allSatisfy { $0 == $0.rounded() })
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

  // MARK: Every kind of network

  /// Three waves with a trend, each of its own size.
  private static func waves(_ count: Int = 3) -> [Series] {
    (0..<count).map { item in
      let level = 10 * pow(8, Double(item))
      let values = (0..<200).map { step -> Double in
        let wave = sin(2 * Double.pi * Double(step) / 8)
        let noise = 0.06 * Double((step * 7) % 5 - 2)
        return level * (4 + 0.005 * Double(step) + wave + noise)
      }
      return Series(name: "wave \(item)", values: values)
    }
  }

  private func settings(_ model: ForecastModel, steps: Int) -> ForecastSettings {
    var settings = ForecastSettings()
    settings.forecast.model = model
    settings.forecast.horizon = 8
    settings.forecast.season = 8
    settings.forecast.members = 2
    settings.forecast.paths = 40
    settings.architecture.cell = "lstm"
    settings.architecture.hidden = [16, 16]
    settings.architecture.dropout = 0
    settings.training.batch = 16
    settings.training.learningRate = 0.01
    settings.training.budget = .steps(steps)
    return settings
  }

  @Test(arguments: ForecastModel.allCases) func everyNetworkLearns(_ model: ForecastModel) throws {
    let series = Self.waves()
    let past = series.map { $0.before(192) }
    let forecaster = try Forecaster.trained(on: past, settings(model, steps: 150))
    let comparison = try #require(forecaster.evaluate(series, ForecastWindows(count: 1)).comparison)
    let naive = try #require(comparison.baselines["naive"]?.mase)
    #expect(try #require(comparison.model.mase) < 0.5 * naive, "\(comparison.model) beside \(naive)")
    #expect(try #require(comparison.model.coverage95) > 0.5)
  }

  /// What is missing is no number, series that are short or empty have forecasts, and what is beside a series does not change its own.
  @Test(arguments: ForecastModel.allCases) func everyNetworkForecastsAnything(_ model: ForecastModel) throws {
    let random = RandomSource(seed: 8)
    let series = Self.waves().map { series in
      var series = series
      for step in series.values.indices where random.uniform(stream: 1, position: UInt64(step)) < 0.2 {
        series.values[step] = .nan
      }
      return series
    }
    let forecaster = try Forecaster.trained(on: series, settings(model, steps: 10))
    let all = try forecaster.forecast(
      series + [
        Series(name: "none", values: []), Series(name: "missing", values: [.nan, .nan]),
        Series(name: "one", values: [5]), Series(name: "constant", values: Array(repeating: 3, count: 60)),
        Series(name: "zeros", values: Array(repeating: 0, count: 60)),
        Series(name: "gap at the end", values: [1, 2, 3, 4, .nan, .nan, .nan]),
      ])
    for forecast in all {
      #expect(forecast.stepCount == 8 && forecast.values.allSatisfy(\.isFinite))
      #expect((0..<8).allSatisfy { zip(forecast[$0], forecast[$0].dropFirst()).allSatisfy { $0 <= $1 } })
    }
    // Without a history a series is like the others: their median level is about 320.
    let cold = all[series.count].medians
    #expect(cold.allSatisfy { abs($0) > 1 && abs($0) < 5000 }, "\(cold)")
    let alone = try forecaster.forecast([series[1]])
    #expect(alone[0] == all[1])
  }

  /// What a file says is what was trained: the same forecasts, with one thread and with two.
  @Test(arguments: ForecastModel.allCases) func everyNetworkIsSavedWhole(_ model: ForecastModel) throws {
    let folder = TemporaryFolder()
    let rows = Self.waves().map { $0.name + "," + $0.values.map(\.description).joined(separator: ",") }
    let header = (1...201).map { "V\($0)" }.joined(separator: ",")
    let csv = header + "\n" + rows.joined(separator: "\n") + "\n"
    let file = folder.file("series.csv", csv)
    var bits: [Data] = []
    for threads in [1, 2] {
      let directory = folder("model \(threads)")
      let request = ForecastTraining.Request(
        files: [file], directory: directory, settings: settings(model, steps: 6), command: "test")
      let trained = try Parallel.withThreads(threads) {
        try ForecastTraining(request).run { _ in }.forecaster
      }
      bits.append(try Data(contentsOf: URL(fileURLWithPath: directory + "/model.safetensors")))
      let series = try SeriesFile.read(file).series
      #expect(try Forecaster.load(directory).forecast(series) == trained.forecast(series))
    }
    #expect(bits[0] == bits[1])
  }

  /// A value far from everything is found, and nothing else.
  @Test func anomaliesAreFound() throws {
    var series = Self.waves(1)
    let forecaster = try Forecaster.trained(on: series, settings(.segment, steps: 150))
    series[0].values[150] *= 3
    let (found, examined) = try forecaster.anomalies(in: series, threshold: 6, last: 60)
    #expect(examined == 60 && found.count == 1)
    let first = try #require(found.first)
    #expect(first.step == 150 && first.score > 6 && first.value > first.interval.upperBound, "\(found)")
    // Where a series has changed for good, it is not unlikely for ever.
    for step in 150..<series[0].values.count { series[0].values[step] = 3 * Self.waves(1)[0].values[step] }
    let steps = try forecaster.anomalies(in: series, threshold: 6, last: 60).found.map(\.step)
    #expect(steps.starts(with: [150, 151, 152]) && steps.count < 30, "\(steps)")
  }
}
