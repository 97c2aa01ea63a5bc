import Foundation
import RondoData
import RondoTraining

/// A text to train on: its symbols, what part of them is held out, and the files they came from.
struct TrainingText {
  let vocabulary: Vocabulary
  /// All symbols in order, four bytes each.
  let tokens: [Int32]
  /// The symbols that are trained on, from the start.
  let training: Range<Int>
  /// The symbols that are held out: the rest.
  let heldOut: Range<Int>
  let files: [FileRecord]
  /// What messages call the text.
  private let name: String

  /// Opens the files and takes their checksums.
  static func open(_ paths: [String]) throws -> (sources: [TextSource], files: [FileRecord]) {
    let sources = try paths.map { try TextSource($0) }
    let files = try sources.map { source in
      FileRecord(
        path: source.path.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? "-",
        sha256: try source.checksum())
    }
    return (sources, files)
  }

  /// Counts the vocabulary and encodes the text.
  ///
  /// - Parameter heldOutSources: What is held out, in the place of a part of the text; nothing is counted in it.
  init(
    _ sources: [TextSource], files: [FileRecord], settings: TextSettings, heldOutSources: [TextSource] = []
  ) throws {
    let vocabulary = try Vocabulary(
      settings.text.level, of: sources, minimumCount: settings.text.minimumCount,
      maximumSize: settings.text.vocabularySize)
    try self.init(
      sources, files: files, vocabulary: vocabulary, heldOutShare: settings.training.validationFraction,
      heldOutSources: heldOutSources)
  }

  /// Encodes the text by a vocabulary.
  init(
    _ sources: [TextSource], files: [FileRecord], vocabulary: Vocabulary, heldOutShare: Double,
    heldOutSources: [TextSource] = []
  ) throws {
    self.vocabulary = vocabulary
    self.files = files
    name = sources.map(\.name).joined(separator: ", ")
    let codec = TextCodec(vocabulary)
    let own = try codec.encode(sources).tokens
    let split: Int
    if heldOutSources.isEmpty {
      tokens = own
      split = own.count - Int(Double(own.count) * heldOutShare)
    } else {
      tokens = own + (try codec.encode(heldOutSources).tokens)
      split = own.count
    }
    training = 0..<split
    heldOut = split..<tokens.count
  }
}

extension TrainingText {
  /// A part of the text in windows for truncated backpropagation through time.
  ///
  /// - Parameter options: Says how many streams are read side by side; a text too short for a window of each has fewer.
  /// - Throws: A `FormatError` if the part does not fill one window.
  func windows(of range: Range<Int>, _ options: TrainingOptions) throws(FormatError) -> TokenWindows {
    try TokenWindows(
      tokens, range: range, preceding: vocabulary.start,
      batchSize: max(1, min(options.batch, range.count / options.length)), length: options.length, name: name)
  }
}

extension Vocabulary {
  /// The symbol before the first one of a text: the end of a line, if there is a symbol for it.
  var start: Int32 { endOfLine ?? 0 }
}

extension TextLevel {
  /// What people call a symbol.
  public var unitName: String {
    switch self {
    case .byte: "byte"
    case .character: "char"
    case .word: "word"
    }
  }
}
