import Foundation
import RondoData
import RondoTraining

/// Evaluates a saved text model beside the baselines counted from its training files.
public enum TextEvaluator {
  /// Scores a text with the model and with the models counted from what it was trained on.
  ///
  /// - Parameters:
  ///   - directory: of the model
  ///   - files: the text to score; `-` is standard input
  ///   - onProgress: gets the symbols scored so far and all there are
  /// - Throws: `FileError`, `FormatError` or `ModelError`.
  public static func evaluate(
    _ directory: String, _ files: [String], onProgress: ((Int, Int) -> Void)? = nil
  ) throws -> TextEvaluation {
    let (model, config) = try TextModel.load(directory)
    let sources = try files.map { try TextSource($0) }
    let encoded = try model.codec.encode(sources)
    guard !encoded.tokens.isEmpty else {
      throw FormatError(.init(sources.map(\.name).joined(separator: ", ")), expected: "text", found: "none")
    }
    let characters = encoded.characterCount
    let score = try model.score(encoded.tokens, characters: characters, onProgress: onProgress)
    var evaluation = TextEvaluation(
      score: score, baselines: [], note: nil, unknownTokens: encoded.unknownCount)
    do {
      let training = try trainingTokens(model.codec, config)
      evaluation.baselines = baselines(
        counting: training, of: encoded.tokens[...], characters: characters,
        vocabularySize: model.codec.vocabulary.count)
    } catch let reason as MissingTraining {
      evaluation.note = reason.description
    }
    return evaluation
  }

  /// Why nothing can be counted.
  private struct MissingTraining: Error, CustomStringConvertible {
    let description: String
  }

  /// The symbols that the model was trained on, if the files are still what they were.
  private static func trainingTokens(_ codec: TextCodec, _ config: TextConfig) throws -> ArraySlice<Int32> {
    guard !config.data.files.isEmpty else {
      throw MissingTraining(description: "no baselines: config.json names no training files")
    }
    for file in config.data.files {
      if file.path == "-" {
        throw MissingTraining(description: "no baselines: the model was trained on standard input")
      }
      // Nothing but a file: a device would never end.
      guard
        (try? FileManager.default.attributesOfItem(atPath: file.path)[.type]) as? FileAttributeType
          == .typeRegular
      else {
        throw MissingTraining(description: "no baselines: the training file \(file.path) is gone")
      }
      guard (try? Files.checksum(file.path)) == file.sha256 else {
        throw MissingTraining(description: "no baselines: the training file \(file.path) has changed")
      }
    }
    let tokens = try codec.encode(config.data.files.map { try TextSource($0.path) }).tokens
    guard config.data.trainingTokens > 0, config.data.trainingTokens <= tokens.count else {
      throw MissingTraining(description: "no baselines: config.json names more than the training files have")
    }
    return tokens[..<config.data.trainingTokens]
  }

  /// The models that are counted rather than trained, on the same text.
  static func baselines(
    counting training: ArraySlice<Int32>, of tokens: ArraySlice<Int32>, characters: Int, vocabularySize: Int
  ) -> [(name: String, score: TextScore)] {
    func score(_ loss: Double) -> TextScore {
      TextScore(total: loss * Double(tokens.count), tokens: tokens.count, characters: characters)
    }
    let unigram = Unigram(counting: training, vocabularySize: vocabularySize).loss(of: tokens)
    let kneserNey = KneserNey(counting: training, vocabularySize: vocabularySize, order: 5).loss(of: tokens)
    return [("unigram", score(unigram)), ("kneser_ney_5", score(kneserNey))]
  }
}
