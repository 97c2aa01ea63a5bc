import RondoCore
import RondoData
import RondoTasks
import Testing

@Suite struct IntervalCalibrationTests {
  private static let probabilities = [0.1, 0.5, 0.9]

  /// What comes is twice as far from the median as was forecast above it, half as far below.
  @Test func intervalsBecomeAsWideAsTheyHadToBe() throws {
    let random = RandomSource(seed: 3)
    var scores = IntervalCalibration.Scores(Self.probabilities)
    let pairs = (0..<2000).map { index -> (forecast: QuantileForecast, actual: ArraySlice<Double>) in
      let level = Double(index % 50)
      let forecast = QuantileForecast(
        probabilities: Self.probabilities, steps: [[level - 1.2816, level, level + 1.2816]])
      let error = Double(random.normal(stream: 0, position: UInt64(index)))
      return (forecast, [level + (error > 0 ? 2 : 0.5) * error, .nan])
    }
    for pair in pairs { scores.add(pair.forecast, actual: pair.actual) }
    let calibration = try #require(IntervalCalibration(scores))
    #expect(calibration.count == 2000 && calibration.factors[1] == 1)
    #expect(abs(calibration.factors[0] - 0.5) < 0.05 && abs(calibration.factors[2] - 2) < 0.15)
    let right = calibration.applied(to: pairs[7].forecast)
    #expect(right.steps[0][1] == 7 && right.steps[0][0] > 6.2 && right.steps[0][2] > 9.3)
    // The shares are right where they were made right.
    let inside = pairs.count { pair in
      let steps = calibration.applied(to: pair.forecast).steps[0]
      return steps[0] <= pair.actual[0] && pair.actual[0] <= steps[2]
    }
    #expect(abs(inside - 1600) <= 3)
  }

  @Test func tooFewValuesSayNothing() {
    let forecast = QuantileForecast(probabilities: Self.probabilities, steps: [[0, 1, 2]])
    func calibration(_ value: Double, count: Int) -> IntervalCalibration? {
      var scores = IntervalCalibration.Scores(Self.probabilities)
      for _ in 0..<count { scores.add(forecast, actual: [value]) }
      return IntervalCalibration(scores)
    }
    #expect(calibration(1.5, count: 99) == nil && calibration(1.5, count: 100) != nil)
    #expect(calibration(.nan, count: 1000) == nil)
  }
}
