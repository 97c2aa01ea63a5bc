import RondoCore
import RondoData
import RondoTraining

/// How well a model predicts a text, read as one stream from its first symbol to its last.
public struct TextEvaluation: Sendable, Equatable {
  /// The score of the model.
  public var score: TextScore
  /// The models counted from the training files, by name; empty if the files are gone.
  public var baselines: [(name: String, score: TextScore)]
  /// Why there are no baselines.
  public var note: String?
  /// Symbols of the text that the model does not know.
  public var unknownTokens: Int

  public static func == (a: TextEvaluation, b: TextEvaluation) -> Bool {
    a.score == b.score && a.note == b.note && a.unknownTokens == b.unknownTokens
      && a.baselines.elementsEqual(b.baselines) { $0.name == $1.name && $0.score == $1.score }
  }
}

/// The loss of a text in its usual forms.
public struct TextScore: Sendable, Equatable {
  /// The sum of the losses of all symbols, in nats.
  public var total: Double
  /// The number of symbols.
  public var tokens: Int
  /// The Unicode scalars of the text.
  public var characters: Int

  /// Nats per symbol.
  public var loss: Double { total / Double(tokens) }
  /// e to the loss.
  public var perplexity: Double { PortableMath.exp(loss) }
  /// What a character costs in bits, the same at every level.
  public var bitsPerCharacter: Double { total / PortableMath.log(2) / Double(max(1, characters)) }
}

extension TextModel {
  /// The loss of a text: one stream, the state carried on from zero, in windows of bounded memory.
  ///
  /// The first symbol is predicted from the start symbol. How the text is cut into windows does not change the result.
  ///
  /// - Parameters:
  ///   - range: The part of the symbols to score.
  ///   - characters: The Unicode scalars of that part.
  ///   - onProgress: Gets the symbols scored so far and all there are.
  /// - Throws: `FormatError` if there is nothing to score, `ModelError` if a loss is not finite.
  public func score(
    _ tokens: [Int32], _ range: Range<Int>? = nil, characters: Int, window: Int = 512,
    onProgress: ((Int, Int) -> Void)? = nil
  ) throws -> TextScore {
    let windows = try TokenWindows(
      scoring: tokens, range: range, preceding: codec.vocabulary.start, length: window, name: "the text")
    var states = model.initialStates(sequences: 1)
    var total = 0.0
    for position in 0..<windows.windowCount {
      let tape = Tape(parameters, training: false)
      let losses: [Float]
      (losses, states) = model.losses(tape, windows.window(position), states: states)
      for loss in losses { total += Double(loss) }
      onProgress?(min((position + 1) * window, windows.targetCount), windows.targetCount)
    }
    guard total.isFinite else { throw ModelError.notFinite }
    return TextScore(total: total, tokens: windows.targetCount, characters: characters)
  }
}
