import Foundation
import RondoCore
import RondoData
import RondoTraining

/// The directory of a model: which files it has, and whether a run may write there.
struct ModelDirectory {
  let path: String
  /// The word after `rondo` that makes models of this kind.
  let task: String

  init(_ path: String, task: String) {
    self.path = path
    self.task = task
  }

  var weightsPath: String { path + "/model.safetensors" }
  var configPath: String { path + "/config.json" }
  var vocabularyPath: String { path + "/" + Vocabulary.fileName }
  /// What a classifier's baselines have counted.
  var baselinesPath: String { path + "/baselines.safetensors" }
  /// The latest values of a forecaster's series, and the states that its networks have come to.
  var historyPath: String { path + "/history.csv" }
  var statePath: String { path + "/state.safetensors" }
  var cardPath: String { path + "/card.md" }
  var run: RunDirectory { RunDirectory(path) }

  /// Throws unless there is a model here, and says what there is instead.
  func requireModel() throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw FileError(.read, path, .missing)
    }
    let hint = "`rondo \(task) train FILE -o DIRECTORY` makes a model."
    guard isDirectory.boolValue else {
      throw FormatError(.init(path), expected: "the directory of a model", found: "a file", hint: hint)
    }
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    if exists(configPath) { return }
    if exists(run.checkpointPath) {
      throw FormatError(
        .init(path), expected: "a model", found: "a run that has not ended",
        hint: "Give the command that started it once more, with --resume.")
    }
    throw FormatError(
      .init(path), expected: "the directory of a model", found: "one without config.json", hint: hint)
  }

  /// Throws unless a run may write here: a new directory, one without a model or a run in it, or one whose run is resumed.
  ///
  /// - Parameter isResumable: Whether a run of the command can be resumed.
  func requireWritable(isResuming: Bool, isResumable: Bool = true) throws {
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
      weightsPath, configPath, cardPath, vocabularyPath, baselinesPath, historyPath, statePath,
      run.metricsPath, run.checkpointPath,
    ]
    if let found = own.first(where: exists) {
      throw OptionError.conflict(
        "\(path) has a file \(found.dropFirst(path.count + 1)) already. "
          + (isResumable
            ? "Go on with the run it belongs to by --resume, or choose another directory."
            : "Choose another directory."))
    }
  }

  /// The vocabulary that a configuration names by its size, its level and its checksum.
  ///
  /// - Throws: `FileError` or `FormatError`.
  func vocabulary(count: Int, level: TextLevel, checksum: String) throws -> Vocabulary {
    let vocabulary = try Vocabulary(directory: path)
    guard vocabulary.count == count, vocabulary.level == level else {
      throw FormatError(
        .init(vocabularyPath), expected: "\(count) symbols of level \(level.rawValue), as config.json says",
        found: "\(vocabulary.count) of level \(vocabulary.level.rawValue)")
    }
    guard vocabulary.checksum == checksum else {
      throw FormatError(
        .init(vocabularyPath), expected: "the vocabulary that config.json names",
        found: "another one of the same size", hint: "Its files belong together: copy the whole directory.")
    }
    return vocabulary
  }

  /// A model as `make` builds it, with the weights of the directory.
  ///
  /// - Throws: `FileError` or `FormatError`: nothing that a damaged or hostile file can say does more.
  func model<Model>(_ make: (Builder) throws -> Model) throws -> (model: Model, parameters: ParameterStore) {
    let builder = Builder(seed: 0)
    builder.initializerOverride = .constant(0)
    let model: Model
    do {
      model = try make(builder)
    } catch let error as OptionError {
      throw FormatError(
        .init(configPath), expected: "an architecture that exists", found: error.description)
    } catch let error as CellFileError {
      throw FormatError(
        .init(configPath), expected: "a cell that fits the sizes", found: error.description)
    }
    let file = try SafeTensors(contentsOf: weightsPath)
    // Before memory is taken for them: a configuration may claim a giant model.
    for (name, shape) in builder.shapes where file[name]?.shape != shape {
      throw FormatError(
        .init(weightsPath), expected: "the parameter \(name) of shape \(shape), as config.json says",
        found: file[name].map { "shape \($0.shape)" } ?? "none")
    }
    var parameters = builder.finish()
    try parameters.replaceAll(from: file)
    return (model, parameters)
  }
}
