import Foundation
import RondoCore
import RondoData
import RondoTraining

/// `config.json` of a model: what it is, how it was trained, and what came of it. `--config` reads its options.
public protocol ModelConfig: Sendable, Equatable, Codable {
  /// The options of the task.
  associatedtype Settings: TaskSettings
  /// The name of the task, and of its command.
  static var task: String { get }
  /// Changes whenever an older program could misread a newer file, or the other way round.
  static var formatVersion: Int { get }
  /// The options of a run that makes the same model.
  var settings: Settings { get }
  /// How the run went.
  var run: RunRecord { get }
  /// Throws a `FormatError` for values that no model has.
  func check(file: String) throws
}

extension ModelConfig {
  /// Reads and checks a file.
  ///
  /// - Throws: `FileError`, or `FormatError` for one that is damaged, of another task or of another version.
  public init(contentsOf path: String) throws {
    let bytes = try Files.read(path, limit: 1 << 24)
    let head = try JSONRecord.decode(ConfigHead.self, from: bytes, file: path)
    guard head.task == Self.task else {
      throw FormatError(
        .init(path), expected: "a model of the task \(Self.task)", found: "one of \(quoted(head.task))")
    }
    guard head.formatVersion == Self.formatVersion else {
      throw FormatError(
        .init(path), expected: "format version \(Self.formatVersion)", found: "version \(head.formatVersion)",
        hint: "Use the version of Rondo that wrote it.")
    }
    self = try JSONRecord.decode(Self.self, from: bytes, file: path)
    do {
      try settings.validate()
    } catch let error as OptionError {
      throw FormatError(.init(path), expected: "options that a model can have", found: error.description)
    }
    try check(file: path)
  }

  func write(to path: String) throws {
    try AtomicFile.write(JSONRecord.encode(self, pretty: true) + "\n", to: path)
  }
}

/// What tells the configurations of tasks and versions from each other.
private struct ConfigHead: Decodable {
  var task: String
  var formatVersion: Int
}

/// A file as it was when it was read.
public struct FileRecord: Sendable, Equatable, Codable {
  /// The full path; `-` for standard input.
  public var path: String
  /// The SHA-256 of its bytes, as 64 hexadecimal digits.
  public var sha256: String
}

extension FileRecord {
  /// Files as they are now.
  public static func now(_ paths: [String]) throws(FileError) -> [FileRecord] {
    try paths.map { path throws(FileError) in
      // One of an unknown name is refused where it is read.
      if path.hasPrefix(BundledSeries.prefix) {
        let series = BundledSeries.named(String(path.dropFirst(BundledSeries.prefix.count)))
        return FileRecord(path: path, sha256: series?.checksum ?? "")
      }
      return FileRecord(
        path: URL(fileURLWithPath: path).standardizedFileURL.path, sha256: try Files.checksum(path))
    }
  }
}

/// How a run went: with the options, all that is needed to repeat it.
public struct RunRecord: Sendable, Equatable, Codable {
  /// The version of Rondo.
  public var version: String
  /// Steps that were made: `--steps` of a repetition.
  public var steps: Int
  /// Passes over the data that was trained on, with their fraction.
  public var epochs: Double
  /// How long it took, in tenths of a second; what came before it was resumed is included.
  public var seconds: Double
  /// Why it ended.
  public var ended: TrainingOutcome.Reason
  /// Missing if the run was resumed with another budget: then one command does not repeat it.
  public var plan: RunPlan?
  /// The largest number of threads of a loop.
  public var threads: Int
  /// The variant of the kernels, as `RONDO_ISA` has it.
  public var instructionSet: String
}

extension RunRecord {
  /// The record of a run that has ended on this machine.
  init(_ outcome: TrainingOutcome, stepsPerEpoch: Int) {
    self.init(
      version: RondoVersion.current, steps: outcome.steps,
      epochs: Double(outcome.steps) / Double(stepsPerEpoch), seconds: (outcome.seconds * 10).rounded() / 10,
      ended: outcome.reason, plan: outcome.plan, threads: Parallel.threadCount,
      instructionSet: Machine.instructionSet)
  }
}
