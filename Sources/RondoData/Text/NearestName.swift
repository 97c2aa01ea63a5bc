/// Finds what a mistyped name was meant to be.
public enum NearestName {
  /// The candidate with the smallest edit distance to `name`, if that is small enough to be a slip of the keyboard.
  public static func of(_ name: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { (name: $0, distance: distance(name.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, min(name.count, best.name.count) / 2) ? best.name : nil
  }

  /// The Levenshtein distance: insertions, deletions and replacements that turn one into the other.
  package static func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first)
    let second = Array(second)
    var previous = Array(0...second.count)
    for (i, letter) in first.enumerated() {
      var current = [i + 1]
      for (j, other) in second.enumerated() {
        let replaced = previous[j] + (letter == other ? 0 : 1)
        current.append(min(replaced, previous[j + 1] + 1, current[j] + 1))
      }
      previous = current
    }
    return previous[second.count]
  }
}
