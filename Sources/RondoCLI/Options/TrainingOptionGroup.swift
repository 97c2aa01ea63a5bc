import ArgumentParser
import RondoTasks
import RondoTraining

/// The options of every training command. What is not given is taken from `--config`, or is a default.
struct TrainingOptionGroup: ParsableArguments {
  @OptionGroup(title: "Model") var model: ModelOptionGroup
  @OptionGroup(title: "Optimisation") var optimisation: OptimisationOptionGroup
  @OptionGroup(title: "Run") var run: RunOptionGroup

  /// Writes what was given over the settings.
  func apply(to architecture: inout ArchitectureOptions, _ training: inout TrainingOptions) throws {
    try model.apply(to: &architecture)
    try optimisation.apply(to: &training)
    try run.apply(to: &training)
  }
}

/// What the network looks like.
struct ModelOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The recurrent cell: a name of `rondo cells list`, or a .cell file with equations. (default: lstm; classify, forecast: gru)",
      valueName: "name|file.cell"))
  var cell: String?

  @Option(
    name: .customLong("cell-option"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("An option of the cell's own; may be repeated.", valueName: "name=value"),
    transform: OptionParsing.pair)
  var cellOptions: [OptionParsing.Pair] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Units of each recurrent layer: one number for all, or 256,128 for two layers. (default: 256; classify, forecast: 128)",
      valueName: "hidden,…"), transform: OptionParsing.widths)
  var hidden: [Int]?

  @Option(
    parsing: .unconditional, help: "Recurrent layers. (default: 2; classify, forecast: 1)",
    transform: OptionParsing.count)
  var layers: Int?

  @Flag(
    inversion: .prefixedNo,
    help:
      "Run every layer from both ends, the two outputs side by side. (For classify alone, where it is the default.)"
  )
  var bidirectional: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Run every layer from both ends, the two outputs added up. (For classify alone.)")
  var bidirectionalSum: Bool?

  @Flag(inversion: .prefixedNo, help: "Add what a layer reads to what it gives, where the widths are equal.")
  var skip: Bool?

  @Option(
    parsing: .unconditional, help: "Width of the embedding. (default: that of the layers)",
    transform: OptionParsing.width)
  var embedding: Int?

  @Option(
    parsing: .unconditional,
    help:
      "Share of values dropped after each layer while training. (default: 0.2; classify: 0.3; forecast: 0.1)",
    transform: OptionParsing.share)
  var dropout: Double?

  @OptionGroup var wrappers: WrapperOptionGroup

  @Option(
    name: .customLong("init"),
    help:
      "Initial weights: uniform:BOUND, normal:DEVIATION, xavier, kaiming or orthogonal. (default: each layer's own)",
    transform: { try InitializerOption(parsing: $0) })
  var initializer: InitializerOption?

  @Option(
    parsing: .unconditional,
    help: "Initial bias of the forget gates, in cells that have one. (default: drawn like other biases)",
    transform: OptionParsing.number)
  var forgetBias: Double?

  func apply(to options: inout ArchitectureOptions) throws {
    if let cell {
      options.cell = cell
      options.cellOptions = [:]
      options.equations = try CellChoice.equations(of: cell)
    } else if forgetBias != nil, CellChoice.names.contains(options.cell) {
      // Equations of a saved model have its forget bias in them.
      options.equations = nil
    }
    for option in cellOptions {
      options.cellOptions[option.name] = option.value
      if CellChoice.names.contains(options.cell) { options.equations = nil }
    }
    wrappers.apply(to: &options)
    options.hidden = try widths(before: options.hidden)
    if bidirectional == true, bidirectionalSum == true {
      throw OptionError.conflict("--bidirectional or --bidirectional-sum, not both")
    }
    if let bidirectional { options.directions = bidirectional ? .both : .forward }
    if let bidirectionalSum { options.directions = bidirectionalSum ? .bothAdded : .forward }
    options.skips = skip ?? options.skips
    options.embedding = embedding ?? options.embedding
    options.dropout = dropout ?? options.dropout
    options.initializer = initializer ?? options.initializer
    options.forgetBias = forgetBias ?? options.forgetBias
  }
}

extension ModelOptionGroup {
  /// The widths of all layers by --hidden and --layers, of which either may be left out.
  private func widths(before: [Int]) throws -> [Int] {
    if let hidden, hidden.count > 1 {
      if let layers, layers != hidden.count {
        throw OptionError.conflict(
          "--hidden gives the sizes of \(hidden.count) layers and --layers is \(layers)")
      }
      return hidden
    }
    let count = layers ?? before.count
    if let width = hidden?.first { return Array(repeating: width, count: count) }
    if count == before.count { return before }
    guard Set(before).count == 1 else {
      let sizes = before.map(String.init).joined(separator: ",")
      throw OptionError.conflict("--layers \(count) does not say which: give --hidden too, now \(sizes)")
    }
    return Array(repeating: before[0], count: count)
  }
}

/// How the weights are changed.
struct OptimisationOptionGroup: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "Sequences trained side by side. (default: 32; forecast: 256)",
    transform: OptionParsing.count)
  var batch: Int?

  @Option(help: "\(AllOptimizers.names.joined(separator: ", ")). (default: adamw)")
  var optimizer: String?

  @Option(
    parsing: .unconditional,
    help: "Largest step size. (default: 0.003; forecast: 0.004; for sgd 1, for rmsprop 0.001)",
    transform: OptionParsing.positive)
  var learningRate: Double?

  @Option(parsing: .unconditional, help: "For sgd and rmsprop. (default: 0)", transform: OptionParsing.share)
  var momentum: Double?

  @Flag(inversion: .prefixedNo, help: "Nesterov's momentum, for sgd.")
  var nesterov: Bool?

  @Option(parsing: .unconditional, help: "For adam and adamw. (default: 0.9)", transform: OptionParsing.share)
  var beta1: Double?

  @Option(
    parsing: .unconditional, help: "For adam and adamw (default: 0.999) and rmsprop (default: 0.99).",
    transform: OptionParsing.share)
  var beta2: Double?

  @Option(
    parsing: .unconditional, help: "For adam, adamw and rmsprop. (default: 1e-8)",
    transform: OptionParsing.positive)
  var epsilon: Double?

  @Option(
    parsing: .unconditional, help: "Pull of the weights towards zero. (default: 0.01 with adamw, else 0)",
    transform: OptionParsing.notNegative)
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "\(AllSchedules.names.joined(separator: ", ")), a number after a colon if wanted. (default: cosine)",
      discussion: AllSchedules.types.map { "\($0.name): \($0.summary)" }.joined(separator: "\n")
        + "\nRate 1 for 4 epochs, then halved every epoch: --schedule step:0.5 --schedule-start 4 --schedule-every 1",
      valueName: "name[:number]"),
    transform: { try ScheduleOptions(parsing: $0) })
  var schedule: ScheduleOptions?

  @Option(
    parsing: .unconditional, help: "Epochs before the first change of the rate. (default: by the schedule)",
    transform: OptionParsing.notNegative)
  var scheduleStart: Double?

  @Option(
    parsing: .unconditional,
    help: "Epochs between changes of the rate; validations for plateau. (default: by the schedule)",
    transform: OptionParsing.positive)
  var scheduleEvery: Double?

  @Option(
    parsing: .unconditional, help: "Steps over which the rate rises from 0. (default: 50; for sgd 0)",
    transform: OptionParsing.countOrZero)
  var warmup: Int?

  @Option(
    parsing: .unconditional, help: "Largest length of a gradient, or none. (default: 1)",
    transform: Bound.init(parsing:))
  var clip: Bound?

  @Option(
    parsing: .unconditional, help: "Largest element of a gradient, or none. (default: none)",
    transform: Bound.init(parsing:))
  var clipValue: Bound?

  @Option(
    parsing: .unconditional, help: "Batches whose gradients are averaged for one step. (default: 1)",
    transform: OptionParsing.count)
  var accumulate: Int?

  @Option(
    parsing: .unconditional,
    help:
      "Decay of a moving average of the weights, which is validated and saved, or none. (default: none; classify: 0.99)",
    transform: Bound.init(parsing:))
  var average: Bound?

  @Option(
    parsing: .unconditional,
    help: "Share of a target's probability that is spread over all. (default: 0; classify: 0.1)",
    transform: OptionParsing.share)
  var labelSmoothing: Double?

  func apply(to options: inout TrainingOptions) throws {
    options.accumulate = accumulate ?? options.accumulate
    if let average { options.average = average.value }
    options.labelSmoothing = labelSmoothing ?? options.labelSmoothing
    options.batch = batch ?? options.batch
    if let optimizer, optimizer != options.optimizer {
      let type = try AllOptimizers.named(optimizer)
      options.optimizer = type.name
      options.learningRate = type.defaultRate
      options.optimizerOptions.weightDecay = type.name == AdamW.name ? 0.01 : 0
      options.optimizerOptions.beta2 = type.name == RMSProp.name ? RMSProp.defaultDecay : 0.999
      options.warmup = type.name == SGD.name ? 0 : 50
    }
    options.learningRate = learningRate ?? options.learningRate
    options.optimizerOptions.momentum = momentum ?? options.optimizerOptions.momentum
    options.optimizerOptions.nesterov = nesterov ?? options.optimizerOptions.nesterov
    options.optimizerOptions.beta1 = beta1 ?? options.optimizerOptions.beta1
    options.optimizerOptions.beta2 = beta2 ?? options.optimizerOptions.beta2
    options.optimizerOptions.epsilon = epsilon ?? options.optimizerOptions.epsilon
    options.optimizerOptions.weightDecay = weightDecay ?? options.optimizerOptions.weightDecay
    options.schedule = schedule ?? options.schedule
    options.schedule.start = scheduleStart ?? options.schedule.start
    options.schedule.every = scheduleEvery ?? options.schedule.every
    options.warmup = warmup ?? options.warmup
    if let clip { options.clip = clip.value }
    if let clipValue { options.clipValue = clipValue.value }
  }
}

/// How long the run goes on, and what it starts from.
struct RunOptionGroup: ParsableArguments {
  @Option(parsing: .unconditional, help: "End after this many steps.", transform: OptionParsing.count)
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help:
      "End after this many passes over the data. (default: 10; classify: 30; forecast: a --time-limit of 5m)",
    transform: OptionParsing.count)
  var epochs: Int?

  @Option(
    parsing: .unconditional, help: "End after this time, all in all: 90s, 8m, 1h.",
    transform: OptionParsing.duration)
  var timeLimit: Double?

  @Option(
    help: ArgumentHelp(
      "Choose the best weights by this file, in the place of a part of the training data.", valueName: "file")
  )
  var validation: String?

  @Option(
    parsing: .unconditional,
    help:
      "Share of the data held out to choose the best weights by, of a text its end; 0 for none. (default: 0.05; classify, forecast: 0.1)",
    transform: OptionParsing.share)
  var validationFraction: Double?

  @Option(
    parsing: .unconditional,
    help: "Steps between validations. (default: an epoch with --epochs, else a twentieth of the run)",
    transform: OptionParsing.count)
  var validateEvery: Int?

  @Option(
    parsing: .unconditional,
    help: "End after this many validations without a better loss, or none. (default: none)",
    transform: Patience.init(parsing:))
  var patience: Patience?

  @OptionGroup var random: SeedOption

  @Option(
    parsing: .unconditional, help: "Time between checkpoints: 10s, 5m. (default: 10s)",
    transform: OptionParsing.duration)
  var checkpointEvery = 10.0

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Go on from the last checkpoint, or start if there is none.")
  var resume = false

  @Option(help: "Take options from the config.json of another run; those given here win.")
  var config: String?

  func validate() throws {
    if [steps != nil, epochs != nil, timeLimit != nil].count(where: { $0 }) > 1 {
      throw ValidationError("give one of --steps, --epochs and --time-limit")
    }
    if validation != nil, validationFraction != nil {
      throw ValidationError("give one of --validation and --validation-fraction")
    }
  }

  func apply(to options: inout TrainingOptions) throws {
    if let steps { options.budget = .steps(steps) }
    if let epochs { options.budget = .epochs(epochs) }
    if let timeLimit { options.budget = .seconds(timeLimit) }
    options.validationFraction = validationFraction ?? options.validationFraction
    // A share that is given now takes the place of a file that another run had.
    options.validation = validation ?? (validationFraction == nil ? options.validation : nil)
    options.validateEvery = validateEvery ?? options.validateEvery
    // Without validations there is nothing to be patient about; what a task sets by itself goes with them.
    if validationFraction == 0 { options.patience = nil }
    if let patience { options.patience = patience.value }
    options.seed = random.seed ?? options.seed
  }
}

/// A number of validations, or `none`.
struct Patience {
  let value: Int?

  init(parsing text: String) throws {
    value = text == "none" ? nil : try OptionParsing.count(text)
  }
}

/// A positive number, or `none`.
struct Bound {
  let value: Double?

  init(parsing text: String) throws {
    value = try OptionParsing.positiveOrNone(text)
  }
}
