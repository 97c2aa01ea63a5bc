/// Reads a page as strict XML and says what is wrong with it: tags that are not closed, attributes without quotes, bare & and <.
struct MarkupCheck {
  /// What is wrong; nil if nothing is.
  private(set) var problem: String?
  /// The names of all elements, in the order they begin.
  private(set) var names: [String] = []
  /// Each attribute with its value.
  private(set) var attributes: [(element: String, name: String, value: String)] = []
  /// The texts between tags.
  private(set) var texts: [String] = []

  init(_ page: String) {
    var rest = Substring(page)
    if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst("<!DOCTYPE html>".count) }
    var open: [String] = []
    while !rest.isEmpty, problem == nil {
      guard rest.first == "<" else {
        let text = rest.prefix { $0 != "<" }
        check(text)
        if open.isEmpty, text.contains(where: { !$0.isWhitespace }) { problem = "text outside: \(text)" }
        texts.append(String(text))
        rest = rest.dropFirst(text.count)
        continue
      }
      guard let end = rest.firstIndex(of: ">") else {
        problem = "a tag without end: \(rest.prefix(40))"
        return
      }
      var tag = rest[rest.index(after: rest.startIndex)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.first == "/" {
        if open.popLast() != String(tag.dropFirst()) { problem = "</\(tag)> closes something else" }
        continue
      }
      let isClosed = tag.last == "/"
      if isClosed { tag = tag.dropLast() }
      let name = tag.prefix { $0 != " " }
      guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
        problem = "a tag named \(name)"
        return
      }
      names.append(String(name))
      readAttributes(tag.dropFirst(name.count), of: String(name))
      if !isClosed { open.append(String(name)) }
    }
    if problem == nil, !open.isEmpty { problem = "not closed: \(open)" }
  }

  private mutating func readAttributes(_ text: Substring, of element: String) {
    var rest = text
    var seen: Set<Substring> = []
    while !rest.isEmpty {
      let parts = rest.dropFirst().split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard rest.first == " ", parts.count == 2, parts[1].first == "\"",
        let end = parts[1].dropFirst().firstIndex(of: "\"")
      else {
        problem = "attributes of \(element): \(text)"
        return
      }
      let value = parts[1][..<end].dropFirst()
      check(value)
      if !seen.insert(parts[0]).inserted { problem = "\(element) has \(parts[0]) twice" }
      attributes.append((element, String(parts[0]), String(value)))
      rest = parts[1][parts[1].index(after: end)...]
    }
  }

  private mutating func check(_ text: Substring) {
    for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
    where !["amp;", "lt;", "gt;", "quot;", "#39;"].contains(where: part.hasPrefix) {
      problem = "a bare &: &\(part.prefix(20))"
    }
    if text.contains("<") || text.contains(">") { problem = "a bare < or >: \(text.prefix(40))" }
  }

  /// The values of an attribute, of all elements of a name.
  func values(_ element: String, _ attribute: String) -> [String] {
    attributes.filter { $0.element == element && $0.name == attribute }.map(\.value)
  }
}
