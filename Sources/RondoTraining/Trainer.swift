import Foundation
import RondoCore

/// Runs training: step after step of loss, gradients, clipping and update, until the budget, early stopping or an interruption ends it.
///
/// A run with a directory can be killed at any moment and resumed, and ends with the same bits as one that was not killed. Nothing that
/// depends on the clock enters the weights, but for the length of a run under a time limit, which is recorded in the plan.
public final class Trainer<Program: TrainingProgram> {
  /// What is trained.
  public let program: Program
  /// How it is trained.
  public let options: TrainingOptions
  /// The weights now; when the run has ended, those of its outcome.
  public private(set) var parameters: ParameterStore
  /// The length of the run, as far as it is known.
  public private(set) var plan: RunPlan?
  /// Steps done.
  public private(set) var step = 0
  /// Called after every step, with what progress tells; it may read the trainer's parameters.
  public var onStep: ((ProgressDisplay.Report) throws -> Void)?

  private let files: RunFiles?
  private let stopwatch: Stopwatch
  private var secondsBefore = 0.0
  private var optimizer: any Optimizer
  private var learningRate: LearningRate
  private var earlyStopping: EarlyStopping
  /// The step after which a run of steps or epochs ends. (A repeated plan may aim further, if its run ended early.)
  private var lastStep: Int?
  private var pacer: Pacer?
  /// Whether `plan` tells all that a repetition has to know: not after a run was resumed with another budget.
  private var isRepeatable = true
  private var gradients: Gradients
  /// The moving average of the weights, if there is one; what is trained goes on beside it.
  private var average: WeightAverage?
  private let trainable: [Range<Int>]

  /// Where a run is saved, and what recognises it.
  public struct RunFiles: Sendable {
    /// Where checkpoints and metrics go.
    public var directory: RunDirectory
    /// SHA-256 of the files that are trained on.
    public var inputs: [String]
    /// The task's options, as JSON.
    public var settings: String
    /// Seconds between checkpoints.
    public var checkpointEvery: Double

    /// Files of a run; a checkpoint every ten seconds unless told otherwise.
    public init(directory: RunDirectory, inputs: [String], settings: String, checkpointEvery: Double = 10) {
      self.directory = directory
      self.inputs = inputs
      self.settings = settings
      self.checkpointEvery = checkpointEvery
    }
  }

  /// A run before its first step.
  ///
  /// - Parameters:
  ///   - plan: the recorded plan of a run to be repeated or resumed; without it the run makes its own from its budget
  ///   - files: where to save checkpoints and metrics; nowhere if nil
  ///   - stopwatch: started with the command: what it did before counts towards a time limit
  /// - Throws: `OptionError` for options out of their range.
  public init(
    _ program: Program, parameters: ParameterStore, options: TrainingOptions, plan: RunPlan? = nil,
    files: RunFiles? = nil, stopwatch: Stopwatch = Stopwatch()
  ) throws {
    try options.validate()
    self.program = program
    self.options = options
    self.parameters = parameters
    self.files = files
    self.stopwatch = stopwatch
    optimizer = try AllOptimizers.named(options.optimizer).init(
      options.optimizerOptions, parameterCount: parameters.values.count)
    learningRate = try LearningRate(
      base: options.learningRate, warmup: options.warmup, schedule: options.schedule)
    earlyStopping = EarlyStopping(patience: options.patience)
    gradients = Gradients(zerosFor: parameters)
    average = options.average.map { WeightAverage(decay: $0, of: parameters) }
    trainable = parameters.trainableRanges
    self.plan = plan
    switch options.budget {
    case .steps(let steps):
      lastStep = steps
      self.plan = plan ?? RunPlan(total: steps, validateEvery: options.validateEvery)
    case .epochs(let epochs):
      let stepsPerEpoch = Self.stepsPerEpoch(program, options)
      lastStep = epochs * stepsPerEpoch
      self.plan =
        plan ?? RunPlan(total: lastStep!, validateEvery: options.validateEvery ?? stepsPerEpoch)
    case .seconds(let limit):
      pacer = Pacer(limit: limit)
    }
  }

  /// Steps in one pass over the training data, each of `accumulate` batches.
  private static func stepsPerEpoch(_ program: Program, _ options: TrainingOptions) -> Int {
    max(1, (program.stepsPerEpoch + options.accumulate - 1) / options.accumulate)
  }
  /// The same of this run.
  public var stepsPerEpoch: Int { Self.stepsPerEpoch(program, options) }
  private var unitsPerStep: Int { program.unitsPerStep * options.accumulate }

  /// Takes up a run where a checkpoint left it. The budget may be another one than before.
  ///
  /// - Throws: `TrainingError` for a checkpoint of another model, optimiser or batch; nothing changes then.
  public func restore(_ checkpoint: Checkpoint, path: String) throws {
    func require(_ condition: Bool, _ reason: String) throws {
      guard condition else { throw TrainingError.unusableCheckpoint(path: path, reason: reason) }
    }
    let record = checkpoint.record
    try require(
      record.parameterFingerprint == parameters.fingerprint
        && checkpoint.weights.shape == parameters.values.shape,
      "it belongs to a model of other shapes")
    try require(
      record.optimizer == options.optimizer
        && Set(checkpoint.optimizerTensors.keys) == Set(optimizer.state.names)
        && checkpoint.optimizerTensors.values.allSatisfy { $0.shape == parameters.values.shape },
      "it was made with another optimizer")
    try require(
      checkpoint.carried.map(\.shape) == program.carried.map(\.shape), "it belongs to batches of another size"
    )
    try require(
      record.step >= 0
        && checkpoint.bestWeights?.shape ?? checkpoint.weights.shape == checkpoint.weights.shape
        && (average == nil || checkpoint.average?.shape == checkpoint.weights.shape),
      "its parts do not fit together")
    parameters.replaceValues(checkpoint.weights)
    optimizer.state.updateCount = record.optimizerUpdates
    optimizer.state.tensors = optimizer.state.names.map { checkpoint.optimizerTensors[$0]! }
    learningRate.state = record.schedule
    earlyStopping.record = record.earlyStopping
    earlyStopping.bestWeights = checkpoint.bestWeights
    if let values = checkpoint.average { average?.restore(values, updateCount: record.step) }
    program.carried = checkpoint.carried
    step = record.step
    isRepeatable = record.isRepeatable && plan == record.plan
    firstLoss = record.firstLoss
    secondsBefore += record.seconds
  }

  /// Trains until the run ends.
  ///
  /// - Throws: `TrainingError`, or what saving throws. Checkpoints saved before stay.
  public func run() throws -> TrainingOutcome {
    let wasThere = files.map { FileManager.default.fileExists(atPath: $0.directory.path) } ?? false
    let lock = try files.map { try $0.directory.create() }
    defer { withExtendedLifetime(lock) {} }
    let metrics = try files.map { try MetricsFile(path: $0.directory.metricsPath, continuingAfter: step) }
    do {
      return try Interruption.deferred { try run(metrics) }
    } catch {
      files?.directory.removeUnlessSaved(wasThere: wasThere)
      throw error
    }
  }

  private func run(_ metrics: MetricsFile?) throws -> TrainingOutcome {
    var saved = SaveTimes(interval: files?.checkpointEvery ?? .infinity)
    var reason = reasonToEnd()
    while reason == nil {
      var line = try advance()
      if isValidationDue { line.validationLoss = try validate() }
      pace()
      try metrics?.append(line)
      try onStep?(report(line))
      reason = reasonToEnd()
      if reason == nil, saved.isDue(at: stopwatch.seconds, validated: line.validationLoss != nil) {
        saved.begin(at: stopwatch.seconds)
        try save(metrics)
        saved.end(at: stopwatch.seconds)
      }
    }
    guard step > 0 || reason == .interrupted else { throw TrainingError.noStep(limit: pacer?.limit ?? 0) }
    if reason == .interrupted {
      if step > 0 { try save(metrics) }
      throw TrainingError.interrupted(step: step, isSaved: step > 0 && files != nil)
    }
    if let lastLoss, let firstLoss {
      try DivergenceGuard.check(loss: lastLoss, firstLoss: firstLoss, step: step, isLast: true)
    }
    if program.validationUnits > 0, earlyStopping.record.lastStep != step { try validate() }
    try save(metrics)
    return outcome(reason!)
  }

  /// One step: loss, gradients, clipping, update.
  private func advance() throws -> MetricsFile.Line {
    let begin = stopwatch.seconds
    let moment = TrainingMoment(
      step: step, stepsPerEpoch: stepsPerEpoch, fraction: plan?.fraction(at: step) ?? 0)
    let rate = learningRate.rate(at: moment)
    gradients.reset()
    let result = try accumulated()
    let clipping = GradientClipping(norm: options.clip, value: options.clipValue)
    let length = gradients.withUnsafeMutableValues { clipping.apply($0.baseAddress!, $0.count) }
    try DivergenceGuard.check(
      loss: result.loss, gradientLength: length, gradients.values, parameters, step: step + 1)
    parameters.withUnsafeMutableValues { weights in
      optimizer.update(
        weights.baseAddress!, gradients: gradients.values.pointer, ranges: trainable, rate: rate)
    }
    average?.observe(parameters)
    step += 1
    unitsOfStep = result.units
    lastLoss = result.loss
    firstLoss = firstLoss ?? result.loss
    try DivergenceGuard.check(loss: result.loss, firstLoss: firstLoss!, step: step, isLast: false)
    return MetricsFile.Line(
      step: step, milliseconds: (stopwatch.seconds - begin) * 1000, loss: result.loss, learningRate: rate,
      gradientNorm: length, epoch: Double(step) / Double(stepsPerEpoch))
  }

  /// The loss and the gradients of a step: the means of its batches'.
  private func accumulated() throws -> StepResult {
    let count = options.accumulate
    var result = StepResult(loss: 0, units: 0)
    for batch in step * count..<(step + 1) * count {
      let part = try program.step(batch, parameters, into: &gradients)
      result.loss += part.loss / Double(count)
      result.units += part.units
    }
    if count > 1 {
      gradients.withUnsafeMutableValues { values in
        for index in values.indices { values[index] /= Float(count) }
      }
    }
    return result
  }

  private var unitsOfStep = 0
  private var firstLoss: Double?
  private var lastLoss: Double?

  /// Seconds that the run has taken, before it was resumed included.
  private var elapsed: Double { secondsBefore + stopwatch.seconds }

  // MARK: Validation

  private var isValidationDue: Bool {
    guard program.validationUnits > 0 else { return false }
    if let plan { return plan.validates(at: step) }
    return options.validateEvery.map { step % $0 == 0 } ?? false
  }

  /// The units of held-out data that a validation reads at most: a quarter of what is trained on between two validations, so that they take
  /// less than a tenth of the time.
  public var validationUnitsAtMost: Int {
    let interval = plan?.validateEvery ?? options.validateEvery ?? step
    return max(max(interval, 1) * unitsPerStep / 4, unitsPerStep)
  }

  @discardableResult
  private func validate() throws -> Double {
    try DivergenceGuard.check(parameters, step: step)
    let candidate = candidate
    let loss = try program.validate(candidate, atMost: validationUnitsAtMost)
    learningRate.observe(validationLoss: loss)
    earlyStopping.observe(loss, step: step, weights: candidate.values)
    return loss
  }

  /// What the run would come to if it ended now: the weights, or their moving average.
  public var candidate: ParameterStore {
    guard let average else { return parameters }
    var store = parameters
    store.replaceValues(average.values)
    return store
  }

  // MARK: Length

  private func pace() {
    guard pacer != nil else { return }
    if let plan {
      if let total = pacer!.correction(step: step, elapsed: elapsed, plan: plan) {
        self.plan!.correct(at: step, total: total)
      }
    } else {
      let validationSteps = Double(program.validationUnits) / Double(3 * unitsPerStep)
      if let total = pacer!.firstPlan(
        step: step, elapsed: elapsed, validationSteps: validationSteps, coversStart: isRepeatable)
      {
        plan = RunPlan(total: total, validateEvery: options.validateEvery)
      }
    }
  }

  private func reasonToEnd() -> TrainingOutcome.Reason? {
    if earlyStopping.isExhausted { return .earlyStopping }
    if let end = lastStep ?? plan?.total, step >= end { return .budget }
    if let pacer, pacer.isOver(elapsed) { return .timeLimit }
    return Interruption.wasRequested ? .interrupted : nil
  }

  private func outcome(_ reason: TrainingOutcome.Reason) -> TrainingOutcome {
    parameters.replaceValues(earlyStopping.bestWeights ?? candidate.values)
    return TrainingOutcome(
      parameters: parameters, reason: reason, steps: step, seconds: elapsed,
      plan: isRepeatable ? plan ?? .level(steps: step, validateEvery: options.validateEvery) : nil,
      validation: earlyStopping.record)
  }

  // MARK: Saving

  private func save(_ metrics: MetricsFile?) throws {
    guard let files else { return }
    try DivergenceGuard.check(parameters, step: step)
    try metrics?.flush()
    let state = optimizer.state
    let record = Checkpoint.Record(
      step: step, seconds: elapsed, firstLoss: firstLoss, plan: plan, isRepeatable: isRepeatable,
      seed: options.seed,
      epoch: step / stepsPerEpoch,
      stepOfEpoch: step % stepsPerEpoch, optimizer: options.optimizer,
      optimizerUpdates: state.updateCount, schedule: learningRate.state, earlyStopping: earlyStopping.record,
      parameterFingerprint: parameters.fingerprint, inputs: files.inputs, settings: files.settings)
    let checkpoint = Checkpoint(
      record: record, weights: parameters.values, bestWeights: earlyStopping.bestWeights,
      average: average?.values,
      optimizerTensors: Dictionary(uniqueKeysWithValues: zip(state.names, state.tensors)),
      carried: program.carried)
    try checkpoint.write(to: files.directory.checkpointPath)
  }

  private func report(_ line: MetricsFile.Line) -> ProgressDisplay.Report {
    var limit: Double?
    if case .seconds(let seconds) = options.budget { limit = seconds }
    return ProgressDisplay.Report(
      step: step, total: plan?.total, loss: line.loss, lossUnit: program.lossUnit,
      validationLoss: earlyStopping.record.lastLoss, units: unitsOfStep, unitName: program.unitName,
      elapsed: elapsed, limit: limit)
  }
}
