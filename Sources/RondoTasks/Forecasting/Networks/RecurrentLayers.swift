import RondoCore
import RondoNN
import RondoRecurrence

/// Recurrences one above the other with dropout between them, whose states go on from one call to the next.
struct RecurrentLayers: Sendable {
  /// The width of the output.
  let outputSize: Int
  private let layers: [Recurrence]
  private let dropouts: [Dropout]
  /// Steps between two that each layer sees one after the other.
  private let dilations: [Int]

  /// Registers the parameters of all layers: `rnn.…`.
  init(
    _ builder: Builder, _ options: ArchitectureOptions, inputSize: Int, dilations: [Int]? = nil
  ) throws {
    var layers: [Recurrence] = []
    var width = inputSize
    for layer in options.hidden.indices {
      let cell = try CellChoice.cell(options, layer: layer, inputSize: width)
      layers.append(Recurrence(builder / "rnn", cell, inputSize: width, layer: layer))
      width = layers[layer].outputSize
    }
    self.layers = layers
    self.dilations = dilations ?? layers.map { _ in 1 }
    outputSize = width
    dropouts = layers.indices.dropFirst().map {
      Dropout(builder / "dropout\($0)", probability: Float(options.dropout))
    }
  }

  /// The names and widths of each layer's states.
  var states: [[StateShape]] { layers.map(\.states) }

  /// Runs the layers over a batch: [rows, inputSize].
  ///
  /// - Parameter initial: Of each layer the states before the first step; what the cells say if not given.
  /// - Returns: The outputs of the top layer [rows, outputSize], and of each layer that is not dilated the states after the last step.
  func callAsFunction(
    _ x: Variable, _ layout: SequenceLayout, initial: [[Variable]]? = nil
  ) -> (output: Variable, final: [[Variable]]) {
    var (x, final) = (x, [[Variable]]())
    for (index, layer) in layers.enumerated() {
      if index > 0 { x = dropouts[index - 1](x, layout) }
      if dilations[index] == 1 {
        let (output, states) = layer(x, layout, initial: initial?[index])
        final.append(states)
        x = output
      } else {
        x = dealt(x, layout, dilations[index]) { layer($0, $1).output }
      }
    }
    return (x, final)
  }

  /// Runs each sequence as `count` sequences, the first of which has the steps 0, count, 2 count, … (Chang et al. 2017, arXiv 1710.02224).
  private func dealt(
    _ x: Variable, _ layout: SequenceLayout, _ count: Int, _ body: (Variable, SequenceLayout) -> Variable
  ) -> Variable {
    let count = min(count, max(1, layout.stepCount))
    let parts = SequenceLayout(
      layout.order.indices.flatMap { place in
        (0..<count).map { (layout.lengths[layout.order[place]] + count - 1 - $0) / count }
      })
    // Where each row of the parts is in the whole, and the other way round.
    var (there, back) = (
      [Int32](repeating: 0, count: layout.rowCount), [Int32](repeating: 0, count: layout.rowCount)
    )
    for (placed, part) in parts.order.enumerated() {
      for time in 0..<parts.lengths[part] {
        let row = parts.row(place: placed, time: time)
        let whole = layout.row(place: part / count, time: time * count + part % count)
        there[row] = Int32(whole)
        back[whole] = Int32(row)
      }
    }
    return gatherRows(body(gatherRows(x, there), parts), back)
  }
}
