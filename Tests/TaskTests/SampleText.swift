import RondoCore

/// A text of a small made-up language, with enough order in it that a model learns something.
enum SampleText {
  private static let nouns = ["moon", "river", "stone", "bird", "garden", "letter", "é", "Füße", "日本"]
  private static let verbs = ["holds", "sees", "turns to", "sings of", "hides"]
  private static let ends = [".", "!", ", and then"]

  /// Sentences of about 25 characters, one a line.
  static func sentences(_ count: Int, seed: UInt64 = 1) -> String {
    let random = RandomSource(seed: seed)
    func pick(_ words: [String], _ stream: UInt64, _ line: Int) -> String {
      words[random.index(below: words.count, stream: stream, position: UInt64(line))]
    }
    return (0..<count).map { line in
      "the \(pick(nouns, 1, line)) \(pick(verbs, 2, line)) the \(pick(nouns, 3, line))\(pick(ends, 4, line))\n"
    }.joined()
  }
}
