import Foundation

/// Numbers as people read them.
package enum NumberText {
  /// The power of ten that a number's first digit stands for; 0 for zero.
  static func exponent(_ value: Double) -> Int {
    guard value != 0, value.isFinite else { return 0 }
    return Int(log10(abs(value)).rounded(.down))
  }

  /// A number with decimals, and no minus before zeros.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    return text.hasPrefix("-") && !text.contains { "123456789".contains($0) }
      ? String(text.dropFirst()) : text
  }

  /// A number with decimals, and thin spaces between its thousands if it has five digits or more before the point.
  package static func grouped(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals: decimals)
    let digits = text.prefix { $0 != "." }.drop { $0 == "-" }
    guard digits.count > 4 else { return text }
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped += "\u{2009}" }
      grouped.append(digit)
    }
    return (text.hasPrefix("-") ? "-" : "") + grouped + text.drop { $0 != "." }
  }

  /// A number with a power of ten: 2.5e-9.
  package static func scientific(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)e", value)
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
    return "\(parts[0])e\(exponent)"
  }

  /// A number with so many digits that matter, but no zeros at the end.
  package static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return "–" }
    if value == 0 { return "0" }
    let exponent = exponent(value)
    if exponent < -3 || exponent >= 15 {
      let parts = scientific(value, decimals: digits - 1).split(separator: "e")
      return withoutZeros(String(parts[0])) + "e" + parts[1]
    }
    let suffix = Suffix.all.first { exponent >= max($0.exponent, 6) }
    let decimals = max(0, digits - 1 - exponent + (suffix?.exponent ?? 0))
    return withoutZeros(grouped(value / (suffix?.factor ?? 1), decimals: decimals)) + (suffix?.text ?? "")
  }

  private static func withoutZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// A share in percent.
  package static func percent(_ share: Double, decimals: Int) -> String {
    fixed(100 * share, decimals: decimals) + "\u{202F}%"
  }

  /// A letter that stands for a power of ten.
  struct Suffix: Equatable {
    let text: String
    let exponent: Int
    let factor: Double

    /// The greatest first.
    static let all = [
      Suffix(text: "T", exponent: 12, factor: 1e12), Suffix(text: "B", exponent: 9, factor: 1e9),
      Suffix(text: "M", exponent: 6, factor: 1e6), Suffix(text: "k", exponent: 3, factor: 1e3),
    ]
  }
}
