import RondoCore
import RondoData
import RondoTraining

/// The training of a language model as the trainer sees it: truncated backpropagation through time, the state carried from window to window
/// and reset at the start of an epoch.
final class LanguageModelProgram: TrainingProgram {
  let model: LanguageModel
  let training: TokenWindows
  let heldOut: TokenWindows?
  let options: TrainingOptions
  let unitName: String
  var carried: [Tensor]

  /// - Throws: A `FormatError` if the text does not fill one window.
  init(_ model: LanguageModel, _ text: TrainingText, _ options: TrainingOptions) throws(FormatError) {
    self.model = model
    self.options = options
    training = try text.windows(of: text.training, options)
    // A held-out part shorter than a window is read in one.
    var validation = options
    validation.length = max(1, min(options.length, text.heldOut.count))
    heldOut = text.heldOut.isEmpty ? nil : try text.windows(of: text.heldOut, validation)
    unitName = text.vocabulary.level.unitName
    carried = model.initialStates(sequences: training.batchSize)
  }

  var stepsPerEpoch: Int { training.windowCount }
  var unitsPerStep: Int { training.batchSize * training.length }
  var validationUnits: Int { heldOut?.targetCount ?? 0 }
  var lossUnit: String { "nats/\(unitName)" }

  func step(_ step: Int, _ parameters: ParameterStore, into gradients: inout Gradients) -> StepResult {
    let window = training.window(step)
    if window.index == 0 { carried = model.initialStates(sequences: training.batchSize) }
    let tape = Tape(parameters, training: true, seed: options.seed, pass: UInt64(step))
    let reduction: LossReduction =
      options.lossReduction == .token ? .perToken : .perSequence(count: training.batchSize)
    let (loss, final) = model.loss(
      tape, window, states: carried, reduction, smoothing: Float(options.labelSmoothing))
    tape.backward(from: loss, into: &gradients)
    carried = final
    let units = window.targets.count
    let scale = options.lossReduction == .token ? 1 : Double(training.batchSize) / Double(units)
    return StepResult(loss: Double(loss.value.scalar) * scale, units: units)
  }

  /// The targets of the held-out part that a validation of so many units scores, in the order in which they stand in the text's streams.
  func validatedTargets(atMost units: Int) -> [Int32] {
    var targets: [Int32] = []
    guard let heldOut else { return targets }
    for index in 0..<heldOut.windowCount where targets.count < units {
      targets += heldOut.window(index).targets
    }
    return targets
  }

  func validate(_ parameters: ParameterStore, atMost units: Int) -> Double {
    guard let heldOut else { fatalError("LanguageModelProgram.validate: nothing is held out") }
    var states = model.initialStates(sequences: heldOut.batchSize)
    var (sum, count) = (0.0, 0)
    for index in 0..<heldOut.windowCount where count < units {
      let window = heldOut.window(index)
      let tape = Tape(parameters, training: false)
      let (loss, final) = model.loss(tape, window, states: states, .sum)
      states = final
      sum += Double(loss.value.scalar)
      count += window.targets.count
    }
    return sum / Double(count)
  }
}
