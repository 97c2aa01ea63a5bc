import RondoCore
import RondoData
import RondoTraining

/// The training of a classifier as the trainer sees it: batches of whole sequences, about equally long.
final class ClassificationProgram: TrainingProgram {
  let model: SequenceClassifier
  let settings: ClassificationSettings
  let sequences: [SequenceValues]
  let targets: [Int32]
  let heldOut: (sequences: [SequenceValues], targets: [Int32])
  /// Of each label, in the loss.
  let labelWeights: [Float]?
  /// What `<unk>` is, if words may become it.
  let unknown: Int32?
  var carried: [Tensor] = []
  private var buckets: LengthBuckets

  init(
    _ model: SequenceClassifier, _ settings: ClassificationSettings,
    training: (sequences: [SequenceValues], targets: [Int32]),
    heldOut: (sequences: [SequenceValues], targets: [Int32]), unknown: Int32?
  ) {
    self.model = model
    self.settings = settings
    (sequences, targets) = training
    // In a random order: a validation may end before all are read.
    let order = RandomSource(seed: settings.training.seed).permutation(
      heldOut.targets.count, stream: RandomSource.stream("order of validation"))
    self.heldOut = (order.map { heldOut.sequences[$0] }, order.map { heldOut.targets[$0] })
    self.unknown = unknown
    buckets = LengthBuckets(
      training.sequences.map(\.length), batchSize: settings.training.batch, seed: settings.training.seed)
    if settings.classification.classWeights == .balanced {
      let counts = labelCounts(training.targets, labelCount: model.labelCount)
      let each = Float(training.targets.count) / Float(model.labelCount)
      labelWeights = counts.map { $0 == 0 ? 0 : each / Float($0) }
    } else {
      labelWeights = nil
    }
  }

  var stepsPerEpoch: Int { buckets.batchCount }
  var unitsPerStep: Int { min(settings.training.batch, sequences.count) }
  var validationUnits: Int { heldOut.targets.count }
  var unitName: String { "sequence" }
  var lossUnit: String { "nats" }

  func step(_ step: Int, _ parameters: ParameterStore, into gradients: inout Gradients) -> StepResult {
    let indices = buckets.batch(step)
    let batch = SequenceBatch(
      indices.map { disturbed(sequences[$0], sequence: $0, step: step) }, ids: indices)
    let targets = indices.map { self.targets[$0] }
    let tape = Tape(parameters, training: true, seed: settings.training.seed, pass: UInt64(step))
    let logits = model.logits(model.rows(tape, batch), batch.layout)
    let loss = crossEntropy(
      logits, targets, weights: weights(targets), smoothing: Float(settings.training.labelSmoothing))
    tape.backward(from: loss, into: &gradients)
    return StepResult(loss: Double(loss.value.scalar), units: indices.count)
  }

  func validate(_ parameters: ParameterStore, atMost units: Int) -> Double {
    let count = min(units, heldOut.targets.count)
    let logits = Self.logits(model, parameters, heldOut.sequences[..<count])
    var (sum, weight) = (0.0, 0.0)
    for (logits, target) in zip(logits, heldOut.targets) {
      let own = Double(labelWeights?[Int(target)] ?? 1)
      sum += own * Calibration.loss([logits], [Int(target)], temperature: 1)
      weight += own
    }
    return weight == 0 ? 0 : sum / weight
  }

  private func weights(_ targets: [Int32]) -> [Float]? {
    labelWeights.map { weights in targets.map { weights[Int($0)] } }
  }

  private static let disturbance = RandomSource.stream("disturbance")

  /// A sequence with some symbols unknown, or with noise: a function of (seed, step, sequence).
  private func disturbed(_ values: SequenceValues, sequence: Int, step: Int) -> SequenceValues {
    let options = settings.classification
    let random = RandomSource(
      seed: RandomSource(seed: settings.training.seed).bits(
        stream: Self.disturbance &+ UInt64(sequence), position: UInt64(step)))
    switch values {
    case .symbols(let symbols):
      guard options.wordDropout > 0, let unknown else { return values }
      let share = Float(options.wordDropout)
      return .symbols(
        symbols.enumerated().map { time, symbol in
          random.uniform(stream: 0, position: UInt64(time)) < share ? unknown : symbol
        })
    case .numbers(let numbers, let width):
      let noise = options.noise ?? 0.5
      guard noise > 0 else { return values }
      return .numbers(
        numbers.enumerated().map { index, value in
          value + Float(noise * random.normal(stream: 0, position: UInt64(index)))
        }, width: width)
    }
  }

  /// The logits of sequences, in their order; how many are taken at once does not change them.
  static func logits(
    _ model: SequenceClassifier, _ parameters: ParameterStore, _ sequences: ArraySlice<SequenceValues>,
    onProgress: ((Int, Int) -> Void)? = nil
  ) -> [[Float]] {
    // Those of about the same length together.
    let order = sequences.indices.sorted { (sequences[$0].length, $0) < (sequences[$1].length, $1) }
    var results = [[Float]](repeating: [], count: sequences.count)
    let batchSize = 64
    for first in stride(from: 0, to: order.count, by: batchSize) {
      let indices = order[first..<min(first + batchSize, order.count)]
      let batch = SequenceBatch(indices.map { sequences[$0] }, ids: Array(indices))
      let tape = Tape(parameters, training: false)
      let logits = model.logits(model.rows(tape, batch), batch.layout).value
      let values = logits.values
      for (row, index) in indices.enumerated() {
        results[index - sequences.startIndex] = Array(
          values[row * logits.columns..<(row + 1) * logits.columns])
      }
      onProgress?(min(first + batchSize, order.count), order.count)
    }
    return results
  }
}
