/// How much room texts need, without knowing the font: rather too much than too little.
enum TextWidth {
  /// The width of a text in letters of a size.
  static func of(_ text: String, size: Double = 12) -> Double {
    size
      * text.unicodeScalars.reduce(0) { sum, scalar in
        switch scalar {
        case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", " ", "\u{2009}", "\u{202F}": sum + 0.34
        case "m", "w", "M", "W", "@", "%": sum + 0.96
        case "A"..."Z": sum + 0.7
        case "\u{1100}"...: sum + 1.05
        default: sum + 0.62
        }
      }
  }

  /// A text that is not wider than this, its end left out if need be.
  static func fitted(_ text: String, to width: Double, size: Double = 12) -> String {
    guard of(text, size: size) > width else { return text }
    var kept = text
    while !kept.isEmpty, of(kept + "…", size: size) > width { kept.removeLast() }
    return kept + "…"
  }
}
