import RondoCore
import RondoRecurrence

/// Recurrences one above the other, each in one direction or in both, with dropout between them.
///
/// In both directions, a layer runs its cell from each end by itself, with weights of its own (those of the reverse direction end in
/// `_reverse`), and joins what they give in each step: side by side, or added up.
///
/// Source: Schuster and Paliwal, Bidirectional recurrent neural networks, 1997, DOI 10.1109/78.650093.
///
/// ```swift
/// let stack = RecurrentStack(builder / "rnn", [LSTM(hiddenSize: 64), LSTM(hiddenSize: 32)], inputSize: 12, directions: .both)
/// let sequences = pool(stack(x, layout).output, layout, .mean)
/// ```
public struct RecurrentStack: Sendable {
  /// In which directions every layer runs.
  public enum Directions: String, Sendable, Codable, CaseIterable {
    /// From the first step to the last.
    case forward
    /// Both, the outputs side by side, the forward one first.
    case both
    /// Both, the outputs added up.
    case bothAdded
  }

  /// The width of the input.
  public let inputSize: Int
  /// The width of the output.
  public let outputSize: Int
  /// In which directions every layer runs.
  public let directions: Directions
  /// The recurrences from the first step to the last, the lowest layer first.
  public let forward: [Recurrence]
  /// Those from the last step to the first; empty if there is only one direction.
  public let reverse: [Recurrence]
  private let dropouts: [Dropout]
  private let skips: Bool

  /// Registers the parameters of all layers.
  ///
  /// - Parameters:
  ///   - cells: One for each layer, the lowest first; their sizes may differ.
  ///   - dropout: The share of values dropped between two layers.
  ///   - skips: Whether what a layer reads is added to what it gives, where the widths are equal.
  public init(
    _ builder: Builder, _ cells: [any Cell], inputSize: Int, directions: Directions = .forward,
    dropout: Float = 0, skips: Bool = false
  ) {
    require(!cells.isEmpty, "RecurrentStack \(builder.path): no cells")
    self.inputSize = inputSize
    self.directions = directions
    self.skips = skips
    var (forward, reverse): ([Recurrence], [Recurrence]) = ([], [])
    var width = inputSize
    for (layer, cell) in cells.enumerated() {
      forward.append(Recurrence(builder, cell, inputSize: width, layer: layer))
      if directions != .forward {
        reverse.append(Recurrence(builder, cell, inputSize: width, layer: layer, reverse: true))
      }
      width = forward[layer].outputSize * (directions == .both ? 2 : 1)
    }
    outputSize = width
    (self.forward, self.reverse) = (forward, reverse)
    dropouts = (1..<Swift.max(1, cells.count)).map {
      Dropout(builder / "dropout\($0)", probability: dropout)
    }
  }

  /// Runs the layers over a batch: [rows, inputSize].
  ///
  /// - Parameters:
  ///   - recordings: What to record, for each direction a recording of each layer, or none at all.
  /// - Returns: The outputs of the top layer [rows, outputSize], and what each sequence has come to where its directions end: the forward
  ///   output of the last step and the reverse output of the first, joined as the outputs are, without what a skip adds
  ///   [sequences, outputSize]; zeros for an empty sequence.
  public func callAsFunction(
    _ x: Variable, _ layout: SequenceLayout,
    recordings: (forward: [Recording], reverse: [Recording]) = ([], [])
  ) -> (output: Variable, last: Variable) {
    for (recordings, layers) in [(recordings.forward, forward), (recordings.reverse, reverse)] {
      require(
        recordings.isEmpty || recordings.count == layers.count,
        "RecurrentStack: \(recordings.count) recordings for \(layers.count) layers of one direction")
    }
    var x = x
    for layer in forward.indices {
      if layer > 0 { x = dropouts[layer - 1](x, layout) }
      let (y, z) = run(layer, x, layout, recordings)
      let output = joined(y, z)
      x = skips && output.shape == x.shape ? output + x : output
      if layer == forward.count - 1 {
        return (x, joined(pool(y, layout, .last), z.map { pool($0, layout, .first) }))
      }
    }
    fatalError("RecurrentStack: no layers")
  }

  private func run(
    _ layer: Int, _ x: Variable, _ layout: SequenceLayout,
    _ recordings: (forward: [Recording], reverse: [Recording])
  ) -> (Variable, Variable?) {
    func output(_ layers: [Recurrence], _ recordings: [Recording]) -> Variable {
      layers[layer](x, layout, recording: recordings.isEmpty ? nil : recordings[layer]).output
    }
    return (
      output(forward, recordings.forward), directions == .forward ? nil : output(reverse, recordings.reverse)
    )
  }

  private func joined(_ forward: Variable, _ reverse: Variable?) -> Variable {
    guard let reverse else { return forward }
    return directions == .both ? concatenate([forward, reverse]) : forward + reverse
  }
}
