import RondoTasks
import RondoTraining

/// What the training commands of all tasks do alike.
enum TrainingRun {
  /// A request that begins with the options of `--config`, of the run to be resumed, or with the task's defaults.
  static func request<Config: ModelConfig>(
    _ type: Config.Type, _ files: [String], _ directory: String, defaults: Config.Settings,
    _ options: RunOptionGroup, _ stopwatch: Stopwatch
  ) throws -> TrainingRequest<Config.Settings> {
    options.threads.apply()
    var request = TrainingRequest(
      files: files, directory: directory, settings: defaults, command: CommandLine.quotedArguments)
    request.stopwatch = stopwatch
    request.resumes = options.resume
    request.checkpointEvery = options.checkpointEvery
    if let config = options.config {
      let recorded = try Config(contentsOf: config)
      request.settings = recorded.settings
      request.repeated = recorded.run
    } else if let saved = try request.savedSettings() {
      request.settings = saved
    }
    return request
  }

  /// Says that there is nothing to do.
  static func noteCompletion(_ directory: String) {
    ProgressDisplay().note(
      "the run in \(directory) is complete; to go on with it, aim at more steps, epochs or time")
  }

  /// Shows a run from its first line to its last step.
  ///
  /// - Parameters:
  ///   - network: What is trained, in a few words.
  ///   - description: What is trained on, in a few words.
  static func show<Config>(
    firstStep: Int, _ network: String, parameterCount: Int, description: String,
    _ run: (ProgressDisplay) throws -> Config
  ) throws -> Config {
    let progress = ProgressDisplay()
    let start = firstStep > 0 ? "going on after step \(firstStep)" : "training"
    progress.note(
      "\(start): \(network), \(ProgressDisplay.compact(Double(parameterCount))) parameters, \(description)"
    )
    defer { progress.finish() }
    return try run(progress)
  }
}
