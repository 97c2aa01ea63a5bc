import RondoData

/// A wrong option: what was given, and what would be right. The command line answers with exit code 64.
public enum OptionError: Error, Equatable, CustomStringConvertible {
  /// A name that nothing has: the names there are, and the nearest of them.
  case unknownName(kind: String, given: String, valid: [String])
  /// A value outside what the option takes; the requirement completes "must be …".
  case invalid(option: String, given: String, requirement: String)
  /// Options that do not go together, or one that is missing, as a sentence.
  case conflict(String)

  public var description: String {
    switch self {
    case .unknownName(let kind, let given, let valid):
      let nearest = NearestName.of(given, among: valid)
      let hint = nearest.map { " (did you mean \($0)?)" } ?? ""
      return "unknown \(kind) \"\(given)\"\(hint); there are: \(valid.joined(separator: ", "))"
    case .invalid(let option, let given, let requirement):
      return "\(option) \(given): must be \(requirement)"
    case .conflict(let sentence):
      return sentence
    }
  }
}
