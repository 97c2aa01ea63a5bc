/// Durations as people write them: `250ms`, `90s`, `8m`, `1h`, `1h30m`.
public enum DurationText {
  private static let units: [(suffix: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
  ]

  /// The seconds that `text` says, or nil if it is no duration. Every number needs its unit.
  public static func seconds(_ text: String) -> Double? {
    var rest = text[...]
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(number.count)
      let suffix = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(suffix.count)
      guard let value = Double(number), let unit = units.first(where: { $0.suffix == suffix }) else {
        return nil
      }
      total += value * unit.seconds
    }
    return total.isFinite ? total : nil
  }

  /// Seconds in words of at most two units: `4.2s`, `1m05s`, `2h10m`.
  public static func short(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "∞" }
    if seconds < 9.95 { return "\((max(0, seconds) * 10).rounded() / 10)s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole)s" }
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if whole < 3600 { return "\(whole / 60)m\(padded(whole % 60))s" }
    return "\(whole / 3600)h\(padded(whole % 3600 / 60))m"
  }
}
