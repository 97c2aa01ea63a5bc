import RondoCore
import RondoTasks
import Testing

@Suite struct CalibrationTests {
  /// Logits whose labels are drawn with the probabilities softmax(logits / temperature).
  private func sample(_ temperature: Double, count: Int) -> (logits: [[Float]], labels: [Int]) {
    let random = RandomSource(seed: 4)
    let logits = (0..<count).map { item in
      (0..<3).map { Float(2 * random.normal(stream: 1, position: UInt64(3 * item + $0))) }
    }
    let labels = logits.enumerated().map { item, logits in
      var rest = Double(random.uniform(stream: 2, position: UInt64(item)))
      let probabilities = Calibration.probabilities(logits, temperature: temperature)
      for (label, probability) in probabilities.enumerated() {
        rest -= probability
        if rest < 0 { return label }
      }
      return 2
    }
    return (logits, labels)
  }

  @Test(arguments: [0.4, 1, 3]) func theTemperatureIsFound(temperature: Double) {
    let (logits, labels) = sample(temperature, count: 20_000)
    let found = Calibration.temperature(logits, labels)
    #expect(abs(found / temperature - 1) < 0.05)
    func error(_ temperature: Double) -> Double {
      Calibration.expectedError(
        logits.map { Calibration.probabilities($0, temperature: temperature) }, labels)
    }
    #expect(error(found) < 0.012)
    #expect(error(found * 2) > 0.03 && error(found / 2) > 0.03)
  }

  @Test func fewSequencesThatAreAllRightDoNotMakeItCertain() {
    let logits: [[Float]] = Array(repeating: [1, 0, -1], count: 20)
    let temperature = Calibration.temperature(logits, Array(repeating: 0, count: 20))
    let probabilities = Calibration.probabilities(logits[0], temperature: temperature)
    #expect(probabilities[0] > 0.9 && probabilities[0] < 0.99)
    #expect(Calibration.temperature([], []) == 1)
  }

  @Test func anExampleByHand() {
    // Bins of 1/15: 0.5 and 0.52 are in the same one, 0.9 in another.
    let probabilities = [[0.5, 0.5], [0.48, 0.52], [0.9, 0.1], [0.1, 0.9]]
    let error = Calibration.expectedError(probabilities, [0, 0, 0, 1])
    #expect(abs(error - (abs(1.02 - 1) + abs(1.8 - 2)) / 4) < 1e-12)
    #expect(abs(Calibration.loss([[0, 0]], [1], temperature: 3) - PortableMath.log(2)) < 1e-12)
  }
}
