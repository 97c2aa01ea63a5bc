import Foundation
import RondoData

/// Where a run keeps what it needs to be resumed: `checkpoint/run.safetensors` and `metrics.jsonl` in the model's directory.
public struct RunDirectory: Sendable {
  public let path: String

  public init(_ path: String) {
    self.path = path
  }

  package var checkpointFolder: String { path + "/checkpoint" }
  package var checkpointPath: String { checkpointFolder + "/run.safetensors" }
  package var metricsPath: String { path + "/metrics.jsonl" }

  /// Makes the directories.
  package func create() throws {
    do {
      try FileManager.default.createDirectory(atPath: checkpointFolder, withIntermediateDirectories: true)
    } catch {
      throw FileError(.write, path, Self.problem(behind: error))
    }
  }

  /// The last checkpoint, if one was saved.
  public func loadCheckpoint() throws -> Checkpoint? {
    guard FileManager.default.fileExists(atPath: checkpointPath) else { return nil }
    return try Checkpoint(contentsOf: checkpointPath)
  }

  private static func problem(behind error: any Error) -> FileError.Problem {
    switch (error as? CocoaError)?.code {
    case .fileWriteNoPermission: .permission
    case .fileWriteOutOfSpace: .diskFull
    case .fileWriteVolumeReadOnly: .readOnly
    case .fileWriteFileExists: .notADirectory
    default: .other((error as NSError).localizedDescription)
    }
  }
}
