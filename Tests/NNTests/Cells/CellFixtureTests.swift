import RondoCore
import RondoData
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// The built-in cells against PyTorch's in float64: outputs, final states, and the gradients of everything.
@Suite struct CellFixtureTests {
  static let cells = ["elman-tanh", "elman-relu", "lstm", "gru"]

  /// A case of the fixture file.
  struct Case {
    let cell: any Cell
    let layerCount: Int
    let isReversed: Bool
    let layout: SequenceLayout
    private let file: SafeTensors
    private let prefix: String

    init(_ name: String, layers: Int, reverse: Bool) throws {
      file = try Fixtures.safeTensors("recurrent_fixtures")
      prefix = "\(name).\(reverse ? "reverse" : "forward").\(layers)."
      cell = CellFixtureTests.cell(name)
      layerCount = layers
      isReversed = reverse
      layout = SequenceLayout(try file.integers(prefix + "lengths"))
    }

    func values(_ name: String) throws -> [Double] { try file.doubles(prefix + name) }

    /// Rows in the layout's order.
    func rows(_ name: String) throws -> [Double] {
      let values = try values(name)
      return layout.rows(ofSequences: values, width: values.count / layout.rowCount)
    }

    /// One layer's rows of a state, in the user's order.
    func state(_ name: String, layer: Int) throws -> [Double] {
      let all = try values(name)
      let count = all.count / layerCount
      return Array(all[layer * count..<(layer + 1) * count])
    }

    /// The layers, and weights that hold the case's parameters.
    func layers() throws -> ([Recurrence], ParameterStore) {
      let builder = Builder(seed: 1)
      let layers = (0..<layerCount).map {
        Recurrence(builder, cell, inputSize: $0 == 0 ? 3 : 5, layer: $0, reverse: isReversed)
      }
      var store = builder.finish()
      for info in store.parameters {
        store.set(store.parameter(named: info.name)!, try values(info.name).map { Float($0) })
      }
      return (layers, store)
    }
  }

  private static func cell(_ name: String) -> any Cell {
    switch name {
    case "elman-tanh": Elman(hiddenSize: 5)
    case "elman-relu": Elman(hiddenSize: 5, activation: .relu)
    case "lstm": LSTM(hiddenSize: 5)
    default: GRU(hiddenSize: 5)
    }
  }

  /// Single precision: some hundred roundings of 6e-8 each.
  @Test(arguments: cells, [(1, false), (1, true), (2, false), (2, true), (3, false), (3, true)])
  func theTapeMatchesPyTorch(_ name: String, _ form: (layers: Int, reverse: Bool)) throws {
    let fixture = try Case(name, layers: form.layers, reverse: form.reverse)
    let layout = fixture.layout
    let (layers, store) = try fixture.layers()
    let tape = Tape(store, training: true)
    func tensor(_ values: [Double], _ width: Int) -> Tensor {
      Tensor([values.count / width, width], values.map { Float($0) })
    }
    let x = tape.leaf(tensor(try fixture.rows("x"), 3))
    var (rows, loss) = (x, tape.constant(Tensor(0)))
    var initial: [[Variable]] = []
    var errors: [String: Double] = [:]
    for (number, layer) in layers.enumerated() {
      initial.append(
        try layer.states.map { tape.leaf(tensor(try fixture.state("\($0.name)0", layer: number), 5)) })
      let (output, final) = layer(rows, layout, initial: initial[number])
      for (state, final) in zip(layer.states, final) {
        let weights = tensor(try fixture.state("w\(state.name)n", layer: number), 5)
        loss = loss + sum(final * tape.constant(weights))
        errors["\(state.name)n of layer \(number)"] = relativeError(
          final.value.values, try fixture.state("\(state.name)n", layer: number))
      }
      rows = output
    }
    loss = loss + sum(rows * tape.constant(tensor(try fixture.rows("wy"), 5)))
    errors["y"] = relativeError(rows.value.values, try fixture.rows("y"))

    let gradients = tape.backward(from: loss)
    errors["dx"] = relativeError(gradients[x]!.values, try fixture.rows("dx"))
    for (number, layer) in layers.enumerated() {
      for (state, variable) in zip(layer.states, initial[number]) {
        errors["d\(state.name)0 of layer \(number)"] = relativeError(
          gradients[variable]!.values, try fixture.state("d\(state.name)0", layer: number))
      }
    }
    for info in store.parameters {
      errors["d" + info.name] = relativeError(
        gradients[store.parameter(named: info.name)!].values, try fixture.values("d" + info.name))
    }
    for (name, error) in errors { #expect(error < 1e-5, "\(name)") }
  }

  /// Double precision on both sides: what differs is the order of sums.
  @Test(arguments: cells, [(1, false), (1, true), (2, false), (2, true), (3, false), (3, true)])
  func theReferenceMatchesPyTorch(_ name: String, _ form: (layers: Int, reverse: Bool)) throws {
    let fixture = try Case(name, layers: form.layers, reverse: form.reverse)
    let layout = fixture.layout
    let walk = Walk(layout, isUpwards: !form.reverse)
    let suffix = form.reverse ? "_reverse" : ""
    var errors: [String: Double] = [:]

    // Up through the layers, and down again with the gradients.
    var inputs = [try fixture.rows("x")]
    let plans = (0..<form.layers).map { RecurrencePlans(fixture.cell, inputSize: $0 == 0 ? 3 : 5) }
    func values(_ layer: Int) throws -> SequenceValues<Double> {
      SequenceValues(
        input: inputs[layer],
        states: try plans[layer].step.states.map {
          layout.places(ofSequences: try fixture.state("\($0.name)0", layer: layer))
        },
        parameters: try plans[layer].step.parameters.map {
          try fixture.values("\($0.name)_l\(layer)\(suffix)")
        })
    }
    for layer in 0..<form.layers {
      let results = ReferenceExecutor.run(plans[layer], walk, try values(layer))
      inputs.append(results.output)
      for (state, final) in zip(plans[layer].step.states, results.final) {
        errors["\(state.name)n of layer \(layer)"] = relativeError(
          layout.sequences(ofPlaces: final), try fixture.state("\(state.name)n", layer: layer))
      }
    }
    errors["y"] = relativeError(inputs[form.layers], try fixture.rows("y"))
    var outputGradient = try fixture.rows("wy")
    for layer in (0..<form.layers).reversed() {
      let final = try plans[layer].step.states.map {
        layout.places(ofSequences: try fixture.state("w\($0.name)n", layer: layer))
      }
      let gradients = ReferenceExecutor.run(
        plans[layer], walk, try values(layer), resultGradients: (outputGradient, final)
      ).gradients!
      for (state, gradient) in zip(plans[layer].step.states, gradients.states) {
        errors["d\(state.name)0 of layer \(layer)"] = relativeError(
          layout.sequences(ofPlaces: gradient), try fixture.state("d\(state.name)0", layer: layer))
      }
      for (parameter, gradient) in zip(plans[layer].step.parameters, gradients.parameters) {
        let name = "d\(parameter.name)_l\(layer)\(suffix)"
        errors[name] = relativeError(gradient, try fixture.values(name))
      }
      outputGradient = gradients.input
    }
    errors["dx"] = relativeError(outputGradient, try fixture.rows("dx"))
    for (name, error) in errors { #expect(error < 1e-12, "\(name)") }
  }

  /// Weights travel both ways: the parameters of a bidirectional stack have PyTorch's names and shapes.
  @Test(arguments: cells)
  func parametersHavePyTorchsNames(_ name: String) throws {
    let file = try Fixtures.safeTensors("recurrent_fixtures")
    let metadata = try #require(file.metadata[name])
    let entries = try #require(try JSON(parsing: metadata).array)
    let expected = try entries.map { entry in
      let name = try #require(entry.array?[0].string)
      let shape = try #require(entry.array?[1].array).compactMap(\.integer)
      return "\(name) \(shape)"
    }
    let builder = Builder(seed: 1)
    for layer in 0..<3 {
      for reverse in [false, true] {
        _ = Recurrence(
          builder, Self.cell(name), inputSize: layer == 0 ? 3 : 10, layer: layer, reverse: reverse)
      }
    }
    let found = builder.finish().parameters.map { "\($0.name) \($0.shape)" }
    #expect(found.sorted() == expected.sorted())
    #expect(found.count == 24)
  }
}
