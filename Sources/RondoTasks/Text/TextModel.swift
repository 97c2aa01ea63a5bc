import Foundation
import RondoCore
import RondoData
import RondoTraining

/// A text model ready to be used: the network, its weights and its vocabulary.
public struct TextModel: Sendable {
  /// The network.
  public let model: LanguageModel
  /// Its weights.
  public let parameters: ParameterStore
  /// Its vocabulary, as what turns text into symbols and back.
  public let codec: TextCodec

  /// A model of these parts, which belong together.
  public init(model: LanguageModel, parameters: ParameterStore, codec: TextCodec) {
    self.model = model
    self.parameters = parameters
    self.codec = codec
  }

  /// Loads a model from its directory.
  ///
  /// - Throws: `FileError` or `FormatError`: nothing that a damaged or hostile file can say does more.
  public static func load(_ path: String) throws -> (model: TextModel, config: TextConfig) {
    let directory = TextModelDirectory(path: path)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw FileError(.read, path, .missing)
    }
    guard isDirectory.boolValue else {
      throw FormatError(
        .init(path), expected: "the directory of a model", found: "a file",
        hint: "`rondo text train FILE -o DIRECTORY` makes one.")
    }
    try directory.requireModel()
    let config = try TextConfig(contentsOf: directory.configPath)
    let vocabulary = try Vocabulary(directory: path)
    guard vocabulary.count == config.vocabularyCount, vocabulary.level == config.text.level else {
      throw FormatError(
        .init("\(path)/\(Vocabulary.fileName)"),
        expected:
          "\(config.vocabularyCount) symbols of level \(config.text.level.rawValue), as config.json says",
        found: "\(vocabulary.count) of level \(vocabulary.level.rawValue)")
    }
    guard vocabulary.checksum == config.vocabularyChecksum else {
      throw FormatError(
        .init("\(path)/\(Vocabulary.fileName)"), expected: "the vocabulary that config.json names",
        found: "another one of the same size", hint: "Its files belong together: copy the whole directory.")
    }
    let builder = Builder(seed: 0)
    builder.initializerOverride = .constant(0)
    let model: LanguageModel
    do {
      model = try LanguageModel(builder, config.architecture, vocabularyCount: vocabulary.count)
    } catch {
      throw FormatError(
        .init(directory.configPath), expected: "an architecture that exists", found: error.description)
    }
    let file = try SafeTensors(contentsOf: directory.weightsPath)
    // Before memory is taken for them: a configuration may claim a giant model.
    for (name, shape) in builder.shapes where file[name]?.shape != shape {
      throw FormatError(
        .init(directory.weightsPath),
        expected: "the parameter \(name) of shape \(shape), as config.json says",
        found: file[name].map { "shape \($0.shape)" } ?? "none")
    }
    var parameters = builder.finish()
    try parameters.replaceAll(from: file)
    return (TextModel(model: model, parameters: parameters, codec: TextCodec(vocabulary)), config)
  }
}
