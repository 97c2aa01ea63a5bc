/// Text from a file made fit for a message: in quotes, short, with control characters escaped.
package func quoted(_ text: some StringProtocol, limit: Int = 40) -> String {
  var result = "\""
  for scalar in text.unicodeScalars.prefix(limit) {
    result += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
  }
  return result + (text.unicodeScalars.dropFirst(limit).isEmpty ? "\"" : "…\"")
}

/// A number of things: `1 window`, `5 windows`.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// Names for a message, in quotes, not more than a reader can take in.
package func listed(_ names: [String], limit: Int = 20) -> String {
  let shown = names.prefix(limit).map { quoted($0) }.joined(separator: ", ")
  return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
}
