import RondoNN
import RondoRecurrence
import Testing

@Suite struct GradientCheckTests {
  static let cells: [any Cell] = [
    Elman(hiddenSize: 5), Elman(hiddenSize: 5, activation: .relu), LSTM(hiddenSize: 5), GRU(hiddenSize: 5),
    GRU(hiddenSize: 5, reset: .before), LSTM(hiddenSize: 5, bias: false), GRU(hiddenSize: 1),
  ]

  @Test(arguments: cells.indices, [false, true])
  func gradientsMatchDifferenceQuotients(_ index: Int, reverse: Bool) {
    let check = GradientCheck(Self.cells[index], inputSize: 3, reverse: reverse)
    for (name, error) in check.errors {
      #expect(error < 1e-6, "\(Self.cells[index]) \(reverse ? "reverse" : "forward") \(name)")
    }
    print(check.maximumRelativeError)
  }

  @Test func plans() {
    print(RecurrencePlans(LSTM(hiddenSize: 5), inputSize: 3))
    print(RecurrencePlans(GRU(hiddenSize: 5), inputSize: 3))
    print(RecurrencePlans(GRU(hiddenSize: 5, reset: .before), inputSize: 3))
  }
}
