import RondoCore
import RondoData
import RondoTraining

/// Turns what files have into what a classifier reads: texts into symbols, numbers into standardised ones.
enum SequenceEncoder: Sendable {
  case text(TextCodec, lowercase: Bool)
  case numbers([Feature])

  /// A column of numbers, and what it is standardised by.
  struct Feature: Sendable, Equatable, Codable {
    /// The name of the column.
    var name: String
    /// The mean over all rows that were trained on.
    var mean: Double
    /// Their standard deviation; 1 for a column that never changes.
    var deviation: Double
  }

  /// What the data to train on has: its words, or its features' means and deviations.
  init(training data: LabelledData, _ settings: ClassificationSettings) throws {
    if let names = data.featureNames {
      self = .numbers(Self.features(names, data))
    } else {
      let lowercase = settings.classification.lowercase
      let texts = data.items.compactMap { item -> String? in
        guard case .text(let text) = item.content else { return nil }
        return Self.normalized(text, settings.text.level, lowercase: lowercase)
      }
      let vocabulary =
        try settings.text.level == .byte
        ? Vocabulary.bytes
        : Vocabulary(
          settings.text.level, of: [TextSource(texts.joined(separator: "\n"), name: data.name)],
          minimumCount: settings.text.minimumCount, maximumSize: settings.text.vocabularySize)
      self = .text(TextCodec(vocabulary), lowercase: lowercase)
    }
  }

  /// What the network reads.
  var input: SequenceClassifier.Input {
    switch self {
    case .text(let codec, _): .symbols(count: codec.vocabulary.count)
    case .numbers(let features): .numbers(width: features.count)
    }
  }

  /// What a sequence becomes.
  func encode(_ content: LabelledData.Item.Content) -> SequenceValues {
    switch (self, content) {
    case (.text(let codec, let lowercase), .text(let text)):
      .symbols(codec.encode(Self.normalized(text, codec.vocabulary.level, lowercase: lowercase)))
    case (.numbers(let features), .numbers(let numbers)):
      .numbers(
        numbers.enumerated().map { index, value in
          let feature = features[index % features.count]
          return Float((Double(value) - feature.mean) / feature.deviation)
        }, width: features.count)
    default: fatalError("SequenceEncoder: texts and numbers are mixed")
    }
  }

  /// What the symbols of a text stand for, as the text has it: words that the vocabulary does not know as well.
  func parts(of text: String) -> [String] {
    guard case .text(let codec, let lowercase) = self else { return [] }
    let normal = Self.normalized(text, codec.vocabulary.level, lowercase: lowercase)
    switch codec.vocabulary.level {
    case .word: return normal.unicodeScalars.split(separator: " ").map { String($0) }
    case .character: return normal.unicodeScalars.map { String($0) }
    case .byte:
      return normal.utf8.map {
        $0 < 128 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16, uppercase: true)
      }
    }
  }

  private static func features(_ names: [String], _ data: LabelledData) -> [Feature] {
    let width = names.count
    var (sums, squares, count) = (
      [Double](repeating: 0, count: width), [Double](repeating: 0, count: width), 0
    )
    func forEachRow(_ body: (ArraySlice<Float>) -> Void) {
      for item in data.items {
        guard case .numbers(let numbers) = item.content else { continue }
        for start in stride(from: 0, to: numbers.count, by: width) { body(numbers[start..<start + width]) }
      }
    }
    forEachRow { row in
      count += 1
      for (column, value) in row.enumerated() { sums[column] += Double(value) }
    }
    let means = sums.map { $0 / Double(max(1, count)) }
    forEachRow { row in
      for (column, value) in row.enumerated() {
        let distance = Double(value) - means[column]
        squares[column] += distance * distance
      }
    }
    return names.indices.map { column in
      let deviation = (squares[column] / Double(max(1, count))).squareRoot()
      // A constant column, up to the rounding of its mean.
      let isConstant = deviation <= 1e-12 * max(1, abs(means[column]))
      return Feature(name: names[column], mean: means[column], deviation: isConstant ? 1 : deviation)
    }
  }

  /// A text with its words apart: punctuation before and after a word stands alone, and so does each run of one sign.
  ///
  /// At other levels the text stays as it is, but for its case.
  static func normalized(_ text: String, _ level: TextLevel, lowercase: Bool) -> String {
    guard level == .word else { return lowercase && level == .character ? text.lowercased() : text }
    var words: [Substring.UnicodeScalarView] = []
    for word in text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace) {
      var core = word
      var after: [Substring.UnicodeScalarView] = []
      while let first = core.first, isPunctuation(first) {
        // 's and 'll are words.
        if isApostrophe(first), core.dropFirst().first.map(isLetter) ?? false { break }
        let run = core.prefix { $0 == first }
        words.append(run)
        core = core.dropFirst(run.count)
      }
      while let last = core.last, isPunctuation(last) {
        let run = core.suffix(core.reversed().prefix { $0 == last }.count)
        after.append(run)
        core = core.dropLast(run.count)
      }
      if !core.isEmpty { words.append(core) }
      words += after.reversed()
    }
    let joined = words.map { String($0) }.joined(separator: " ")
    return lowercase ? joined.lowercased() : joined
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation, .mathSymbol, .modifierSymbol:
      true
    default: false
    }
  }

  private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool { scalar == "'" || scalar == "\u{2019}" }
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic }
}
