import RondoCore
import RondoData
import RondoNN
import RondoRecurrence
import RondoTraining

/// A recurrent language model: what the next symbol of a text will be.
///
///     x = embedding[token]
///     for each layer:  x, state = recurrence(x, state);  x = dropout(x)
///     logits = W x + b
///
/// With tied weights W is the embedding (Inan et al. 2017, arXiv 1611.01462; Press and Wolf 2017, arXiv 1608.05859); if its width is not
/// that of the layers, a linear map from one to the other comes before W.
public struct LanguageModel: Sendable {
  /// The number of symbols: the width of the logits.
  public let vocabularyCount: Int
  let embedding: Embedding
  let layers: [Recurrence]
  /// From the layers' width to the embedding's, if the weights are tied and the widths differ.
  let projection: Linear?
  let output: Linear
  /// One after each layer. (The embedding of a character is too little to lose a part of it.)
  private let dropouts: [Dropout]
  private let skips: Bool

  /// Registers the parameters: `embedding.weight`, `rnn.…`, `output.weight` (unless tied), `output.bias` and, if needed,
  /// `projection.weight`.
  public init(_ builder: Builder, _ options: ArchitectureOptions, vocabularyCount: Int) throws {
    if options.directions != .forward {
      throw OptionError.conflict("a language model reads from left to right: leave --bidirectional out")
    }
    let width = options.embedding ?? options.hidden[0]
    self.vocabularyCount = vocabularyCount
    // As output weights, rows of length 1 give logits of a sensible size.
    let deviation: Float = options.tie ? 1 / Float(width).squareRoot() : 1
    embedding = Embedding(
      builder / "embedding", count: vocabularyCount, width: width, initial: .normal(deviation))
    var layers: [Recurrence] = []
    for layer in options.hidden.indices {
      let inputSize = layers.last?.outputSize ?? width
      let cell = try CellChoice.cell(options, layer: layer, inputSize: inputSize)
      layers.append(Recurrence(builder / "rnn", cell, inputSize: inputSize, layer: layer))
    }
    try options.requireSkips([width] + layers.map(\.outputSize))
    self.layers = layers
    skips = options.skips
    let top = layers[layers.count - 1].outputSize
    if options.tie {
      projection =
        top == width
        ? nil : Linear(builder / "projection", inputSize: top, outputSize: width, hasBias: false)
      output = Linear(builder / "output", tiedTo: embedding)
    } else {
      projection = nil
      output = Linear(builder / "output", inputSize: top, outputSize: vocabularyCount)
    }
    dropouts = (1...options.layers).map {
      Dropout(builder / "dropout\($0)", probability: Float(options.dropout))
    }
  }

  /// A model and its initial values.
  ///
  /// - Throws: `OptionError` for options that no model can have, or that this machine has no memory for.
  public static func make(_ options: ArchitectureOptions, vocabularyCount: Int, seed: UInt64) throws -> (
    model: LanguageModel, parameters: ParameterStore
  ) {
    let builder = Builder(seed: seed)
    builder.initializerOverride = options.initializer?.initializer
    let model = try LanguageModel(builder, options, vocabularyCount: vocabularyCount)
    var need = MemoryNeed()
    need.add(parametersOf: builder, copies: 5)
    try need.requireAvailable(hint: "Choose a smaller --hidden, --embedding or --vocabulary-size.")
    return (model, builder.finish())
  }

  /// The states of all layers before the first symbol, one [sequences, width] each.
  public func initialStates(sequences: Int) -> [Tensor] {
    layers.flatMap(\.states).map { Tensor(repeating: Float($0.startNumber), [sequences, $0.width]) }
  }

  /// Runs the layers over the symbols of a batch.
  ///
  /// - Parameters:
  ///   - inputs: a symbol for each row of the layout
  ///   - states: as `initialStates`, or what an earlier run returned
  /// - Returns: what the output layer reads, a row for each symbol, and the states after the last
  private func features(
    _ tape: Tape, _ window: TokenWindows.Window, states: [Tensor]
  ) -> (rows: Variable, final: [Tensor]) {
    var x = embedding(tape, window.inputs)
    var final: [Tensor] = []
    var rest = states[...]
    for (layer, dropout) in zip(layers, dropouts) {
      let initial = rest.prefix(layer.states.count).map { tape.constant($0) }
      rest = rest.dropFirst(layer.states.count)
      let (rows, last) = layer(x, window.layout, initial: initial)
      let output = skips && rows.shape == x.shape ? rows + x : rows
      x = dropout(output, window.layout)
      final += last.map(\.value)
    }
    if let projection { x = projection(x) }
    return (x, final)
  }

  /// The loss of a window, and the states after it.
  func loss(
    _ tape: Tape, _ window: TokenWindows.Window, states: [Tensor], _ reduction: LossReduction,
    smoothing: Float = 0
  ) -> (loss: Variable, final: [Tensor]) {
    let (rows, final) = features(tape, window, states: states)
    return (output.crossEntropy(rows, window.targets, reduction, smoothing: smoothing), final)
  }

  /// The losses of a window's symbols one by one, and the states after it.
  func losses(
    _ tape: Tape, _ window: TokenWindows.Window, states: [Tensor]
  ) -> (losses: [Float], final: [Tensor]) {
    let (rows, final) = features(tape, window, states: states)
    return (output.crossEntropyLosses(rows, window.targets), final)
  }
}
