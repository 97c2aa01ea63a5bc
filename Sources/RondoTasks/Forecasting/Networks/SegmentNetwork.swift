import RondoCore
import RondoNN
import RondoRecurrence
import RondoTraining

/// A recurrent network that reads the latest values of a series, a segment of them at each step, and gives quantiles of the next ones.
///
///     s_k = relu(W [the values of segment k, which of them are there, what is known beside them] + b)   k = 1 … K, the oldest segment first
///     h = the states of the recurrences after s_1 … s_K
///     y_j = the recurrences' output of one step from h, reading p_j + F [what is known of segment j]    j = 1 … J, p_j learned for each
///     quantile q of segment j = V_q y_j + v_q + A_j [all values]
///
/// The segments of the horizon are computed side by side, as in SegRNN (Lin et al. 2023, arXiv 2308.11200); A is a linear autoregression
/// beside the network, as in LSTNet (Lai et al. 2018, arXiv 1703.07015).
struct SegmentNetwork: ForecastNetwork {
  /// How series are cut.
  let shape: WindowShape
  /// The probabilities of the quantiles, ascending.
  let probabilities: [Double]
  /// What it sees in the place of values.
  let scale: WindowScale.Kind
  private let input: Linear
  private let layers: RecurrentLayers
  private let positions: Parameter
  private let future: Linear?
  private let output: Linear
  private let autoregression: Linear
  private let inputDropout: Dropout
  private let outputDropout: Dropout

  /// Registers the parameters: `segment.…`, `rnn.…`, `positions`, `future.weight`, `output.…` and `autoregression.weight`.
  init(
    _ builder: Builder, _ options: ArchitectureOptions, _ shape: WindowShape, _ scale: WindowScale.Kind,
    probabilities: [Double]
  ) throws {
    self.shape = shape
    self.scale = scale
    self.probabilities = probabilities
    let segment = shape.segment
    let width = options.embedding ?? options.hidden[0]
    input = Linear(builder / "segment", inputSize: shape.segmentWidth, outputSize: width)
    layers = try RecurrentLayers(builder, options, inputSize: width)
    positions = builder.parameter("positions", [shape.horizonSegments, width], .normal(0.1))
    future =
      shape.futureWidth > 0
      ? Linear(builder / "future", inputSize: shape.futureWidth, outputSize: width, hasBias: false) : nil
    output = Linear(
      builder / "output", inputSize: layers.outputSize, outputSize: segment * probabilities.count)
    autoregression = Linear(
      builder / "autoregression", inputSize: shape.context, outputSize: shape.horizonSegments * segment,
      hasBias: false, initial: .constant(0))
    inputDropout = Dropout(builder / "input_dropout", probability: Float(options.dropout))
    outputDropout = Dropout(builder / "output_dropout", probability: Float(options.dropout))
  }

  var context: Int { shape.context }
  var reach: Int { shape.context }
  var trainingRows: (count: Int, width: Int) {
    (shape.contextSegments + shape.horizonSegments, 4 * shape.segmentWidth)
  }

  func loss(
    _ tape: Tape, _ input: ForecastInput, _ places: [WindowBatch.Place], ends: [Int], ids: [Int]
  ) -> Variable {
    let windows = WindowBatch(input, ends: ends, places, shape, scale, ids: ids)
    return quantileLoss(
      quantiles(tape, windows), windows.targets, quantiles: probabilities.map(Float.init),
      weights: windows.weights(places).flatMap { Array(repeating: $0, count: shape.horizonSegments) })
  }

  func quantiles(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place]
  ) -> [[Double]] {
    let windows = WindowBatch(input, ends: nil, places, shape, scale)
    let values = quantiles(Tape(parameters, training: false), windows).value.values
    let (segment, count) = (shape.segment, probabilities.count)
    return windows.scales.enumerated().map { window, scale in
      var quantiles: [Double] = []
      quantiles.reserveCapacity(shape.horizon * count)
      for step in 0..<shape.horizon {
        let row = window * shape.horizonSegments + step / segment
        for k in 0..<count {
          quantiles.append(scale.unscaled(Double(values[(row * count + k) * segment + step % segment])))
        }
      }
      return quantiles
    }
  }

  /// The quantiles of a batch of n windows, in the windows' units: row i · J + j is segment j of window i, with the segment's columns of the
  /// first quantile, then those of the second, … [n · J, quantiles · segment].
  private func quantiles(_ tape: Tape, _ windows: WindowBatch) -> Variable {
    let (layout, horizonSegments) = (windows.layout, shape.horizonSegments)
    let count = layout.sequenceCount
    let x = inputDropout(relu(input(tape.constant(windows.segments))), layout)
    let each = (0..<Int32(count)).flatMap { Array(repeating: $0, count: horizonSegments) }
    let ahead = SequenceLayout(
      Array(repeating: 1, count: each.count),
      ids: layout.ids.flatMap { id in (0..<horizonSegments).map { id * horizonSegments + $0 } })
    var y = gatherRows(
      tape.parameter(positions), (0..<count).flatMap { _ in (0..<Int32(horizonSegments)) })
    if let future, let futures = windows.futures { y = y + future(tape.constant(futures)) }
    let states = layers(x, layout).final
    y = layers(y, ahead, initial: states.map { $0.map { gatherRows($0, each) } }).output
    let linear = reshape(autoregression(tape.constant(windows.values)), [each.count, shape.segment])
    return output(outputDropout(y, ahead)) + concatenate(Array(repeating: linear, count: probabilities.count))
  }
}
