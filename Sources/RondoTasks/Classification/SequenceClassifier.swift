import RondoCore
import RondoNN
import RondoRecurrence
import RondoTraining

/// A recurrent network that gives a sequence one of several labels.
///
///     x = embedding[symbol], or a row of numbers
///     x = recurrences(x), in one direction or in both
///     z = last, mean, maximum or attention over the rows of a sequence
///     logits = W z + b
public struct SequenceClassifier: Sendable {
  /// What a sequence is made of.
  public enum Input: Sendable, Equatable {
    /// Symbols of a vocabulary of this size.
    case symbols(count: Int)
    /// Rows of this many numbers.
    case numbers(width: Int)
  }

  /// What it reads.
  public let input: Input
  /// The number of labels.
  public let labelCount: Int
  let embedding: Embedding?
  private let stack: RecurrentStack
  private let pooling: SequencePooling
  private let attention: Linear?
  private let output: Linear
  private let inputDropout: Dropout
  private let outputDropout: Dropout

  /// Registers the parameters: `embedding.weight` if it reads symbols, `rnn.…`, `attention.…` if it pools so, `output.weight` and
  /// `output.bias`.
  public init(
    _ builder: Builder, _ options: ArchitectureOptions, pooling: SequencePooling, input: Input,
    labelCount: Int
  ) throws {
    self.input = input
    self.labelCount = labelCount
    self.pooling = pooling
    let inputSize: Int
    switch input {
    case .symbols(let count):
      inputSize = options.embedding ?? options.hidden[0]
      embedding = Embedding(builder / "embedding", count: count, width: inputSize, initial: .normal(0.1))
    case .numbers(let numbers):
      inputSize = numbers
      embedding = nil
    }
    var cells: [any Cell] = []
    var widths = [inputSize]
    for layer in options.hidden.indices {
      let cell = try CellChoice.cell(options, layer: layer, inputSize: widths[layer])
      cells.append(cell)
      widths.append(trace(cell, inputSize: widths[layer]).outputSize * (options.directions == .both ? 2 : 1))
    }
    try options.requireSkips(widths)
    stack = RecurrentStack(
      builder / "rnn", cells, inputSize: inputSize, directions: options.directions,
      dropout: Float(options.dropout), skips: options.skips)
    attention =
      pooling == .attention
      ? Linear(builder / "attention", inputSize: stack.outputSize, outputSize: 1, hasBias: false) : nil
    output = Linear(builder / "output", inputSize: stack.outputSize, outputSize: labelCount)
    // A number that is lost is not made up for by others, as a part of a word's vector is.
    inputDropout = Dropout(
      builder / "input_dropout", probability: embedding == nil ? 0 : Float(options.dropout))
    outputDropout = Dropout(builder / "output_dropout", probability: Float(options.dropout))
  }

  /// What the layers read of a batch: [rows, width].
  func rows(_ tape: Tape, _ batch: SequenceBatch) -> Variable {
    switch batch.values {
    case .symbols(let symbols): embedding!(tape, symbols)
    case .numbers(let numbers): tape.constant(numbers)
    }
  }

  /// The logits of a batch [sequences, labels], in its own order.
  func logits(_ rows: Variable, _ layout: SequenceLayout) -> Variable {
    let (y, last) = stack(inputDropout(rows, layout), layout)
    let pooled: Variable
    switch pooling {
    case .last: pooled = last
    case .mean: pooled = pool(y, layout, .mean)
    case .max: pooled = pool(y, layout, .max)
    case .attention: pooled = attentionPool(y, scores: attention!(y), layout)
    }
    // One row for each sequence, drawn as its first step would be.
    let sequences = SequenceLayout(
      Array(repeating: 1, count: layout.sequenceCount), ids: layout.ids)
    return output(outputDropout(pooled, sequences))
  }
}
