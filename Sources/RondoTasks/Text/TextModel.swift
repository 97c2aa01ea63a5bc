import RondoCore
import RondoData

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
    let directory = ModelDirectory(path, task: TextConfig.task)
    try directory.requireModel()
    let config = try TextConfig(contentsOf: directory.configPath)
    let vocabulary = try directory.vocabulary(
      count: config.vocabularyCount, level: config.text.level, checksum: config.vocabularyChecksum)
    let (model, parameters) = try directory.model {
      try LanguageModel($0, config.architecture, vocabularyCount: vocabulary.count)
    }
    return (TextModel(model: model, parameters: parameters, codec: TextCodec(vocabulary)), config)
  }
}
