/// Everything about training that does not depend on what is trained; the `training` part of `config.json`.
public struct TrainingOptions: Sendable, Equatable, Codable {
  /// Sequences trained side by side.
  public var batch = 32
  /// Time steps of a window of truncated backpropagation through time.
  public var length = 64
  /// The name of the optimiser, of those in `AllOptimizers`.
  public var optimizer = AdamW.name
  /// What the optimiser is told.
  public var optimizerOptions = OptimizerOptions(weightDecay: 0.01)
  /// The rate of an update, before warm-up and schedule.
  public var learningRate = AdamW.defaultRate
  /// How the rate changes during the run.
  public var schedule = ScheduleOptions(CosineSchedule.name)
  /// Steps over which the learning rate rises linearly from 0.
  public var warmup = 50
  /// The largest length of a gradient.
  public var clip: Double? = 1
  /// The largest element of a gradient.
  public var clipValue: Double?
  /// Batches whose gradients are averaged before the weights are changed: a step.
  public var accumulate = 1
  /// The decay of the moving average of the weights that is validated and saved in their place (Polyak and Juditsky 1992, DOI
  /// 10.1137/0330046); none if nil.
  public var average: Double?
  /// The share of a target's probability that is spread over all classes alike (Szegedy et al. 2016, arXiv 1512.00567).
  public var labelSmoothing = 0.0
  /// What a step minimises.
  public var lossReduction = LossReduction.token
  /// The share of the training data, from its end, that is not trained on but used to choose the best weights.
  public var validationFraction = 0.05
  /// A file that the best weights are chosen by, in the place of a part of the training data.
  public var validation: String?
  /// Steps between validations: if not given, an epoch in a run of epochs, otherwise a twentieth of the run.
  public var validateEvery: Int?
  /// Validations without a better loss that end the run.
  public var patience: Int?
  /// What all random numbers of the run follow from.
  public var seed: UInt64 = 1
  /// How long the run goes on.
  public var budget = Budget.epochs(10)

  /// The defaults.
  public init() {}

  /// How the losses of a step's tokens become the one number that is minimised.
  public enum LossReduction: String, Sendable, Codable, CaseIterable {
    /// Their mean.
    case token
    /// Summed over time, averaged over the sequences of the batch (as in Zaremba et al. 2014).
    case sequence
  }

  /// Throws if a value is out of its range.
  public func validate() throws(OptionError) {
    func require(_ condition: Bool, _ option: String, _ given: Any, _ requirement: String) throws(OptionError)
    {
      guard condition else { throw .invalid(option: option, given: "\(given)", requirement: requirement) }
    }
    func count(_ value: Int?, _ option: String) throws(OptionError) {
      guard let value else { return }
      try require(1...1_000_000_000 ~= value, option, value, "a whole number from 1 to 1000000000")
    }
    func share(_ value: Double, _ option: String) throws(OptionError) {
      try require(value >= 0 && value < 1, option, value, "0 or more and less than 1")
    }
    func positive(_ value: Double?, _ option: String) throws(OptionError) {
      guard let value else { return }
      try require(value > 0 && value.isFinite, option, value, "above 0")
    }
    try count(batch, "--batch")
    try count(length, "--length")
    _ = try AllOptimizers.named(optimizer)
    try positive(learningRate, "--learning-rate")
    try share(optimizerOptions.momentum, "--momentum")
    try share(optimizerOptions.beta1, "--beta1")
    try share(optimizerOptions.beta2, "--beta2")
    try positive(optimizerOptions.epsilon, "--epsilon")
    let decay = optimizerOptions.weightDecay
    try require(decay >= 0 && decay.isFinite, "--weight-decay", decay, "0 or more")
    let plain = OptimizerOptions()
    if optimizer == SGD.name {
      let given = optimizerOptions
      let unused = [
        ("beta1", given.beta1 != plain.beta1), ("beta2", given.beta2 != plain.beta2),
        ("epsilon", given.epsilon != plain.epsilon),
      ]
      if let (name, _) = unused.first(where: { $0.1 }) {
        throw .conflict("--\(name) is for adam and adamw; the optimizer is \(optimizer)")
      }
    } else if optimizer == RMSProp.name {
      if optimizerOptions.nesterov { throw .conflict("--nesterov is for sgd; the optimizer is rmsprop") }
      if optimizerOptions.beta1 != plain.beta1 {
        throw .conflict("--beta1 is for adam and adamw; the optimizer is rmsprop")
      }
    } else if optimizerOptions.momentum != 0 || optimizerOptions.nesterov {
      throw .conflict("--momentum and --nesterov are for sgd; the optimizer is \(optimizer)")
    }
    if optimizerOptions.nesterov, optimizerOptions.momentum == 0 {
      throw .conflict("--nesterov needs a --momentum above 0, for example --momentum 0.9")
    }
    try require(0...1_000_000_000 ~= warmup, "--warmup", warmup, "a number of steps, 0 or more")
    _ = try LearningRate(base: learningRate, warmup: warmup, schedule: schedule)
    try positive(clip, "--clip")
    try positive(clipValue, "--clip-value")
    try count(accumulate, "--accumulate")
    if let average {
      try require(average > 0 && average < 1, "--average", average, "above 0 and less than 1")
    }
    try share(labelSmoothing, "--label-smoothing")
    try share(validationFraction, "--validation-fraction")
    try count(validateEvery, "--validate-every")
    try count(patience, "--patience")
    switch budget {
    case .steps(let steps): try count(steps, "--steps")
    case .epochs(let epochs): try count(epochs, "--epochs")
    case .seconds(let seconds): try positive(seconds, "--time-limit")
    }
    if validationFraction == 0, validation == nil {
      if patience != nil {
        throw .conflict(
          "--patience needs validation: give a --validation-fraction above 0 or a --validation file")
      }
      if schedule.name == PlateauSchedule.name {
        throw .conflict(
          "--schedule plateau needs validation: give a --validation-fraction above 0 or a --validation file")
      }
    }
  }
}
