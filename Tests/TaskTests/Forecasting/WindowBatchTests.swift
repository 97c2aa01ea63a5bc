import Foundation
import RondoCore
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct WindowBatchTests {
  private let shape = WindowShape(segment: 2, contextSegments: 3, horizon: 3)
  private let series: [[Double]] = [(1...12).map(Double.init), [4, .nan, 8]]

  private func batch(_ places: [(Int, Int)], ends: [Int] = [12, 3]) -> WindowBatch {
    WindowBatch(
      ForecastInput(series), ends: ends, places.map { .init(series: $0.0, origin: $0.1) }, shape, .level)
  }

  /// Values before the origin in segments, the oldest first, each followed by which of them are there.
  @Test func whatIsReadLiesBeforeTheOrigin() {
    let windows = batch([(0, 8)])
    let scale = windows.scales[0]
    #expect(windows.layout.lengths == [3])
    let read = windows.segments.values.enumerated().map {
      $0 % 4 < 2 ? scale.unscaled(Double($1)) : Double($1)
    }
    for (found, expected) in zip(read, [3.0, 4, 1, 1, 5, 6, 1, 1, 7, 8, 1, 1]) {
      #expect(abs(found - expected) < 1e-5)
    }
    #expect(windows.values.shape == [1, 6])
  }

  /// Two segments of two for a horizon of three; beyond the horizon and the end nothing is asked for.
  @Test func targetsBeginAtTheOrigin() {
    func targets(_ place: (Int, Int), ends: [Int]) -> [Double?] {
      let windows = batch([place], ends: ends)
      return windows.targets.values.map {
        $0.isNaN ? nil : (windows.scales[0].unscaled(Double($0)) * 1000).rounded() / 1000
      }
    }
    #expect(targets((0, 8), ends: [12, 3]) == [9, 10, 11, nil])
    #expect(targets((0, 8), ends: [10, 3]) == [9, 10, nil, nil])
    #expect(targets((0, 12), ends: [12, 3]) == [nil, nil, nil, nil])
    #expect(targets((1, 1), ends: [12, 3]) == [nil, 8, nil, nil])
  }

  /// Segments before the first value are left out; a missing value is a zero that says so.
  @Test func shortSeriesHaveFewerSegments() {
    let windows = batch([(0, 8), (1, 3), (1, 1)])
    #expect(windows.layout.lengths == [3, 2, 1])
    let rows = windows.segments.values
    let row = windows.layout.row(place: windows.layout.order.firstIndex(of: 1)!, time: 1) * 4
    #expect(rows[row] == 0 && rows[row + 2] == 0 && rows[row + 1] > 0 && rows[row + 3] == 1)
    #expect(windows.targets.shape == [6, 2])
  }

  /// The network sees the same of a series whatever its unit.
  @Test func unitsDoNotMatter() {
    let small = batch([(0, 8)])
    let large = WindowBatch(
      ForecastInput(series.map { $0.map { $0 * 1024 } }), ends: [12, 3], [.init(series: 0, origin: 8)], shape,
      .level)
    #expect(small.segments == large.segments && small.values == large.values)
  }

  /// Zeros go on as zeros, and nothing is learned from what comes after them.
  @Test(arguments: WindowScale.Kind.allCases) func zerosHaveNoScale(_ kind: WindowScale.Kind) {
    let windows = WindowBatch(
      ForecastInput([[0, 0, 0, 7]]), ends: [4], [.init(series: 0, origin: 3)], shape, kind)
    #expect(
      windows.segments.values.allSatisfy { $0.isFinite } && windows.targets.values.allSatisfy { $0.isNaN })
    #expect(windows.scales[0].unscaled(3) == 0)
  }

  /// What comes later is not in what is read.
  @Test(arguments: WindowScale.Kind.allCases) func theFutureIsNotRead(_ kind: WindowScale.Kind) {
    let places = [WindowBatch.Place(series: 0, origin: 8)]
    let whole = WindowBatch(ForecastInput(series), ends: [12, 3], places, shape, kind)
    let cut = WindowBatch(ForecastInput([Array(series[0][..<8])]), ends: [8], places, shape, kind)
    #expect(whole.segments == cut.segments && whole.values == cut.values && whole.scales == cut.scales)
  }

  /// Columns beside the values, and where in the week a segment begins; what is known reaches into the horizon, what is past does not.
  @Test func covariatesStandBesideTheValues() throws {
    var covariates = Covariates()
    covariates.known = [(0..<20).map { Double($0 % 2) }]
    covariates.past = [(0..<16).map { Double($0 < 8 ? 3 : 5) }]
    covariates.statics = ["red", "2"]
    var other = covariates
    other.statics = ["blue", "4"]
    let values = (1...16).map(Double.init)
    let start = try #require(Timestamp(year: 2024, month: 1, day: 1))
    let series = [covariates, other].map { Series(name: "", values: values, start: start, covariates: $0) }
    let encoding = try CovariateEncoding(series, frequency: .seconds(86_400), hasCalendar: true)
    #expect(encoding.cycles == [.week] && encoding.counts == CovariateCounts(known: 1, past: 1, fixed: 9))
    var shape = shape
    shape.covariates = encoding.counts
    let windows = WindowBatch(
      try ForecastInput(series, encoding), ends: [16, 16], [.init(series: 0, origin: 8)], shape, .level)
    #expect(windows.segments.shape == [3, 2 * 4 + 9])
    // The first segment holds steps 2 and 3: known 0 and 1, past 3 and 3, a Wednesday, red, 2.
    let row = Array(windows.segments.values[..<17])
    #expect(row[4] == -1 && row[5] == 1 && row[6] == -1 && row[7] == -1)
    #expect(abs(row[8] - Float(cos(2 * Double.pi * 2 / 7))) < 1e-6)
    #expect(Array(row[14...]) == [0, 1, -1])
    let futures = try #require(windows.futures)
    // Steps 8 and 9, then 10 and one beyond the horizon.
    #expect(futures.shape == [2, 11])
    #expect(futures.values[0] == -1 && futures.values[1] == 1 && futures.values[11] == -1)
    #expect(futures.values[12] == 0)
    #expect(abs(futures.values[2] - Float(cos(2 * Double.pi * 1 / 7))) < 1e-6)

    // A series with other covariates is refused.
    let plain = Series(name: "plain", values: values)
    #expect(throws: OptionError.self) { try ForecastInput([plain], encoding) }
  }
}
