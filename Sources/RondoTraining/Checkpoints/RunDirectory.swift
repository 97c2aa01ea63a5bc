import Foundation
import RondoData

/// Where a run keeps what it needs to be resumed: `checkpoint/run.safetensors` and `metrics.jsonl` in the model's directory.
public struct RunDirectory: Sendable {
  /// The model's directory.
  public let path: String

  /// Names the directory, which need not be there.
  public init(_ path: String) {
    self.path = path
  }

  package var checkpointFolder: String { path + "/checkpoint" }
  package var checkpointPath: String { checkpointFolder + "/run.safetensors" }
  package var metricsPath: String { path + "/metrics.jsonl" }

  /// Makes the directories, and keeps other processes from training there for as long as the result lives.
  ///
  /// - Throws: `FileError`, of the kind `inUse` if another run is training there.
  package func create() throws -> RunLock {
    try Files.makeDirectory(checkpointFolder)
    return try RunLock(checkpointFolder)
  }

  /// Removes what a run has left that ended before its first checkpoint.
  ///
  /// - Parameter wasThere: Whether the directory itself is older than the run, and stays.
  func removeUnlessSaved(wasThere: Bool) {
    guard !FileManager.default.fileExists(atPath: checkpointPath) else { return }
    unlink(metricsPath)
    rmdir(checkpointFolder)
    if !wasThere { rmdir(path) }
  }

  /// The last checkpoint, if one was saved.
  ///
  /// - Throws: `FileError` or `FormatError`, or `TrainingError` for what is no checkpoint or of another
  ///   version.
  public func loadCheckpoint() throws -> Checkpoint? {
    guard FileManager.default.fileExists(atPath: checkpointPath) else { return nil }
    return try Checkpoint(contentsOf: checkpointPath)
  }
}
