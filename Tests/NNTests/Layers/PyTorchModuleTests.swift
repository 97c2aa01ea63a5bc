import RondoCore
import RondoData
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// Whole models with PyTorch's names: its weights give its outputs, and what is written is what it reads.
@Suite struct PyTorchModuleTests {
  static let names = ["rnn", "rnn_relu", "lstm", "lstm_plain", "lstm_projected", "gru"]

  /// The model of `module_fixtures.py`.
  private struct Model {
    let embedding: Embedding
    let rnn: RecurrentStack
    let norm: LayerNorm
    let output: Linear

    init(_ builder: Builder, _ cells: [any Cell], _ directions: RecurrentStack.Directions) {
      embedding = Embedding(builder / "embedding", count: 7, width: 3)
      rnn = RecurrentStack(builder / "rnn", cells, inputSize: 3, directions: directions)
      norm = LayerNorm(builder / "norm", size: rnn.outputSize)
      output = Linear(builder / "output", inputSize: rnn.outputSize, outputSize: 4)
    }

    init(_ name: String, _ builder: Builder) {
      switch name {
      case "rnn": self.init(builder, [Elman(hiddenSize: 5)], .forward)
      case "rnn_relu":
        self.init(builder, [any Cell](repeating: Elman(hiddenSize: 5, activation: .relu), count: 2), .forward)
      case "lstm": self.init(builder, [LSTM(hiddenSize: 5), LSTM(hiddenSize: 5)], .both)
      case "lstm_plain": self.init(builder, [LSTM(hiddenSize: 5, bias: false)], .forward)
      case "lstm_projected":
        self.init(
          builder, [any Cell](repeating: ProjectedLSTM(hiddenSize: 5, projectionSize: 2), count: 2), .both)
      default: self.init(builder, [any Cell](repeating: GRU(hiddenSize: 5), count: 3), .both)
      }
    }

    func callAsFunction(_ tape: Tape, _ symbols: [Int32], _ layout: SequenceLayout) -> Variable {
      output(norm(rnn(embedding(tape, symbols), layout).output))
    }
  }

  private func loaded(_ name: String) throws -> (Model, ParameterStore) {
    let builder = Builder(seed: 1)
    let model = Model(name, builder)
    var weights = builder.finish()
    try weights.replaceAll(from: Fixtures.safeTensors("state_\(name)"))
    return (model, weights)
  }

  @Test(arguments: names) func givesPyTorchsOutputs(name: String) throws {
    let (model, weights) = try loaded(name)
    let file = try Fixtures.safeTensors("module_fixtures")
    let layout = SequenceLayout(try file.integers("\(name).lengths"))
    let symbols = try file.integers("\(name).symbols").map(Double.init)
    let expected = layout.rows(ofSequences: try file.doubles("\(name).y"), width: 4)
    let rows = layout.rows(ofSequences: symbols, width: 1).map { Int32($0) }
    let y = model(Tape(weights, training: false), rows, layout).value
    for (found, expected) in zip(y.values, expected) { #expect(abs(Double(found) - expected) < 2e-6) }
    #expect(y.count == expected.count && y.count == 44)
  }

  /// The same names, shapes, types and bits as PyTorch's own file, so that `load_state_dict(strict=True)` takes it.
  @Test(arguments: names) func writesWhatPyTorchReads(name: String) throws {
    let (_, weights) = try loaded(name)
    let folder = TemporaryFolder()
    try weights.write(toSafeTensors: folder("model.safetensors"))
    let (own, theirs) = (
      try SafeTensors(contentsOf: folder("model.safetensors")), try Fixtures.safeTensors("state_\(name)")
    )
    #expect(Set(own.entries.map(\.name)) == Set(theirs.entries.map(\.name)))
    for entry in theirs.entries {
      #expect(own[entry.name]?.shape == entry.shape && own[entry.name]?.type == entry.type, "\(entry.name)")
      let (a, b) = (try own.tensor(entry.name), try theirs.tensor(entry.name))
      #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern), "\(entry.name)")
    }
  }

  @Test func weightsOfAnotherModelAreRefusedByName() throws {
    let builder = Builder(seed: 1)
    _ = Model("gru", builder)
    var weights = builder.finish()
    let before = weights
    #expect {
      try weights.replaceAll(from: Fixtures.safeTensors("state_rnn"))
    } throws: { error in
      let message = "\(error)"
      return message.contains("state_rnn") && message.contains("rnn.weight_ih_l0")
        && message.contains("[15, 3]")
        && message.contains("[5, 3]")
    }
    #expect(weights == before)
  }

  /// Weights under other names than the model's.
  @Test func namesCanBeTranslated() throws {
    let builder = Builder(seed: 1)
    let model = Model("lstm", builder / "encoder")
    var weights = builder.finish()
    try weights.replaceAll(from: Fixtures.safeTensors("state_lstm")) {
      String($0.dropFirst("encoder.".count))
    }
    let (_, expected) = try loaded("lstm")
    #expect(weights["encoder.rnn.weight_hh_l1_reverse"] == expected["rnn.weight_hh_l1_reverse"])
    _ = model
  }
}
