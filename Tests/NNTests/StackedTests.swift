import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// A stack as one cell is its layers run one after the other, bit for bit.
@Suite struct StackedTests {
  static let cells: [any Cell] = [
    LSTM(hiddenSize: 6), GRU(hiddenSize: 5).normalized(), MinGRU(hiddenSize: 4).zoneout(0.3),
  ]
  static let conformance = [
    CellConformance("stack", Stacked(cells)),
    CellConformance("wrapped stack", Stacked(cells).dropConnect(0.3).variationalDropout(0.2)),
    CellConformance(
      "stack of stacks", Stacked([Stacked([Elman(hiddenSize: 4), LSTM(hiddenSize: 3)]), GRU(hiddenSize: 5)])),
  ]

  @Test(arguments: conformance, [false, true])
  func keepsEveryPromise(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfReference(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
    for (name, error) in cell.errorsOfGradients(reverse: reverse) { #expect(error < 1e-6, "\(name)") }
    for (name, error) in cell.errorsOfVector(reverse: reverse) { #expect(error < 1e-5, "\(name)") }
    #expect(cell.differencesByHoisting(reverse: reverse) == [])
    #expect(cell.differencesByChunks(of: 2, reverse: reverse) == [])
    #expect(cell.differencesByBatch(reverse: reverse) == [])
    #expect(cell.differencesOnTape(reverse: reverse) == [])
  }

  /// A stack in which the lower layer's gradients come from the upper loop, by itself from nowhere.
  static let linked: [any Cell] = [
    cell("u = linear ih(x, 4)\nh = tanh(u)\nreturn u*vector w(4)"),
    cell("h = tanh(x*vector a(4) + vector b(4)*h)\nreturn h"),
  ]

  private static func cell(_ equations: String) -> any Cell {
    do {
      return try CellText("cell c()\nstate h[4]\n" + equations + "\n")
    } catch {
      fatalError("\(error)")
    }
  }

  /// Initial values, outputs, final states and all gradients, with the random masks of training.
  @Test(arguments: [0, 1], [false, true]) func isItsLayers(_ stack: Int, reverse: Bool) {
    let cells = [Self.cells, Self.linked][stack]
    let layout = SequenceLayout([4, 0, 6, 1])
    let x = OperationCheck.uniform([layout.rowCount, 3], stream: 8)
    let (single, several) = (Builder(seed: 5), Builder(seed: 5))
    let stack = Recurrence(single / "rnn", Stacked(cells), inputSize: 3, reverse: reverse)
    var layers: [Recurrence] = []
    for (number, cell) in cells.enumerated() {
      layers.append(
        Recurrence(
          several / "rnn", cell, inputSize: layers.last?.outputSize ?? 3, layer: number, reverse: reverse))
    }
    let (one, many) = (single.finish(), several.finish())
    #expect(one.parameters.map(\.name) == many.parameters.map(\.name))
    #expect(one.values.values == many.values.values)

    func run(_ weights: ParameterStore, _ body: (Tape, Variable) -> (Variable, [Variable])) -> [[Float]] {
      let tape = Tape(weights, training: true, seed: 2, pass: 9)
      let input = tape.leaf(x)
      let (output, final) = body(tape, input)
      let gradients = tape.backward(from: sum(output * output))
      return [output.value.values, gradients.values.values, gradients[input]?.values ?? []]
        + final.map(\.value.values)
    }
    let whole = run(one) { _, x in stack(x, layout) }
    let apart = run(many) { _, x in
      layers.reduce((x, [])) { below, layer in
        let (output, final) = layer(below.0, layout)
        return (output, below.1 + final)
      }
    }
    #expect(whole == apart)
  }
}
