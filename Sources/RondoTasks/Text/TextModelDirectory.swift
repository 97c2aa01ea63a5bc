import Foundation
import RondoData
import RondoTraining

/// The directory of a text model: which files it has, and whether a run may write there.
struct TextModelDirectory {
  let path: String

  var weightsPath: String { path + "/model.safetensors" }
  var configPath: String { path + "/" + TextConfig.fileName }
  var cardPath: String { path + "/card.md" }
  var run: RunDirectory { RunDirectory(path) }

  /// Throws unless a run may write here: a new directory, one without a model or a run in it, or one whose run is resumed.
  func requireWritable(isResuming: Bool) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return }
    guard isDirectory.boolValue else { throw FileError(.write, path, .notADirectory) }
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    if isResuming {
      guard !exists(configPath) || exists(run.checkpointPath) else {
        throw OptionError.conflict(
          "the run in \(path) is complete and its checkpoint is gone, so it cannot go on. Choose another directory."
        )
      }
      return
    }
    let own = [
      weightsPath, configPath, cardPath, path + "/" + Vocabulary.fileName, run.metricsPath,
      run.checkpointPath,
    ]
    if let found = own.first(where: exists) {
      throw OptionError.conflict(
        "\(path) has the \(found.dropFirst(path.count + 1)) of another run. Go on with that run by --resume, "
          + "choose another directory, or delete this one.")
    }
  }
}
