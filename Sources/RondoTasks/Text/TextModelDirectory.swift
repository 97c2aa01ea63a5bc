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

  /// Throws unless there is a model here, and says what there is instead.
  func requireModel() throws {
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    if exists(configPath) { return }
    if exists(run.checkpointPath) {
      throw FormatError(
        .init(path), expected: "a model", found: "a run that has not ended",
        hint: "Give the command that started it once more, with --resume.")
    }
    throw FormatError(
      .init(path), expected: "the directory of a model", found: "one without \(TextConfig.fileName)",
      hint: "`rondo text train FILE -o DIRECTORY` makes a model.")
  }

  /// Throws unless a run may write here: a new directory, one without a model or a run in it, or one whose run is resumed.
  func requireWritable(isResuming: Bool) throws {
    // Nothing before the slash would name the root of the file system.
    guard !path.isEmpty else {
      throw OptionError.invalid(option: "-o", given: "", requirement: "the name of a directory")
    }
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
        "\(path) has a file \(found.dropFirst(path.count + 1)) already. Go on with the run it belongs to by --resume, "
          + "or choose another directory.")
    }
  }
}
