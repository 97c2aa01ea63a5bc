import Foundation
import RondoData
import RondoTraining

/// All that a training run of a task can be told.
public protocol TaskSettings: Sendable, Equatable, Codable {
  /// The network.
  var architecture: ArchitectureOptions { get set }
  /// How it is trained.
  var training: TrainingOptions { get set }
  /// Throws an `OptionError` if a value is out of its range.
  func validate() throws
}

/// A run that is asked for: to be started, resumed or repeated.
public struct TrainingRequest<Settings: TaskSettings>: Sendable {
  /// The files to train on; `-` is standard input.
  public var files: [String]
  /// Where the model goes; with `resumes`, where its checkpoint is.
  public var directory: String
  /// All options of the run.
  public var settings: Settings
  /// Whether checkpoints and metrics are kept in the directory, with which the run can be resumed.
  public var isResumable = true
  /// Go on from the directory's last checkpoint, if there is one.
  public var resumes = false
  /// The run to repeat, from the `config.json` of an earlier one.
  public var repeated: RunRecord?
  /// Seconds between checkpoints.
  public var checkpointEvery = 10.0
  /// Started with the command: what it did before counts towards a time limit.
  public var stopwatch = Stopwatch()
  /// How the command was called, for the card.
  public var command: String

  /// A new run that begins now.
  public init(files: [String], directory: String, settings: Settings, command: String) {
    self.files = files
    self.directory = directory
    self.settings = settings
    self.command = command
  }

  /// The same with the cell's equations written out.
  func resolved() throws -> Self {
    if resumes, files.contains("-") {
      throw OptionError.conflict("standard input cannot be resumed: it cannot be read again. Give files.")
    }
    var copy = self
    try copy.settings.validate()
    copy.settings.architecture.equations = try CellChoice.equationsToSave(settings.architecture)
    return copy
  }
}

// MARK: Resuming

extension TrainingRequest {
  /// The settings of the run that a checkpoint belongs to.
  static func settings(of checkpoint: Checkpoint, _ run: RunDirectory) throws -> Settings {
    do {
      return try JSONRecord.decode(
        Settings.self, from: Array(checkpoint.record.settings.utf8), file: run.checkpointPath)
    } catch is FormatError {
      throw FormatError(
        .init(run.checkpointPath), expected: "the options of a run of this command", found: "others",
        hint: "Another command began this run. Resume with that one, or choose another directory.")
    }
  }

  /// The settings of the run that is to be resumed, if there is one.
  public func savedSettings() throws -> Settings? {
    guard resumes else { return nil }
    let run = RunDirectory(directory)
    return try run.loadCheckpoint().map { try Self.settings(of: $0, run) }
  }

  /// The checkpoint to go on from, if the run is to be resumed and there is one.
  ///
  /// - Parameter files: What the run is given to read now, with `request.files` among it.
  /// - Throws: `OptionError` if it belongs to another run or is beyond the end of this one.
  func checkpoint(_ files: [FileRecord]) throws -> Checkpoint? {
    guard resumes else { return nil }
    guard let checkpoint = try RunDirectory(directory).loadCheckpoint() else { return nil }
    let saved = try Self.settings(of: checkpoint, RunDirectory(directory))
    if let difference = try SettingsDifference.description(saved: saved, asked: settings) {
      throw OptionError.conflict(
        "cannot resume the run in \(directory): \(difference). Leave the option out, or start in another directory."
      )
    }
    guard checkpoint.record.inputs == files.map(\.sha256) else {
      throw OptionError.conflict(
        "cannot resume the run in \(directory): it was trained on other files, or they have changed.")
    }
    try requireSomethingLeft(checkpoint.record)
    return checkpoint
  }

  /// Throws if the run is beyond the end it is to have now.
  private func requireSomethingLeft(_ record: Checkpoint.Record) throws {
    let done: String
    switch settings.training.budget {
    case .steps(let steps) where record.step > steps: done = "\(record.step) steps"
    case .seconds(let seconds) where record.seconds > seconds * 1.05:
      done = "\(DurationText.short(record.seconds)) of training"
    default: return
    }
    throw OptionError.conflict(
      "the run in \(directory) has \(done) behind it already. To go on with it, aim at more.")
  }

  /// The plan of the run that is resumed or repeated, unless it is to have another length.
  func plan(_ checkpoint: Checkpoint?) throws -> RunPlan? {
    let budget = settings.training.budget
    if let checkpoint {
      let saved = try Self.settings(of: checkpoint, RunDirectory(directory))
      return saved.training.budget == budget ? checkpoint.record.plan : nil
    }
    if let repeated, case .steps(repeated.steps) = budget { return repeated.plan }
    return nil
  }

  /// What `config.json` says of the run that is to be resumed, if that run is complete: then there is nothing to do.
  ///
  /// - Parameter inputs: The checksums of what the run reads.
  func completed<Config: ModelConfig>(
    _ type: Config.Type, inputs: () throws -> [String]
  ) throws -> Config? where Config.Settings == Settings {
    let directory = ModelDirectory(directory, task: Config.task)
    guard resumes else { return nil }
    let request = try resolved()
    guard FileManager.default.fileExists(atPath: directory.configPath),
      let checkpoint = try directory.run.loadCheckpoint()
    else { return nil }
    let config = try Config(contentsOf: directory.configPath)
    guard config.settings == request.settings, config.run.steps == checkpoint.record.step else { return nil }
    return try inputs() == checkpoint.record.inputs ? config : nil
  }
}
