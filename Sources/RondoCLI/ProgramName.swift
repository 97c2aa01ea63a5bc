import Foundation

/// How this program can be called again.
enum ProgramName {
  /// The shortest way that works from the current directory.
  static var shortest: String {
    let own = realPath(CommandLine.arguments[0])
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    if let own, folders.contains(where: { realPath("\($0)/rondo") == own }) { return "rondo" }
    let built = ".build/release/rondo"
    if let own, realPath(built) == own { return built }
    return CommandLine.quoted(own ?? CommandLine.arguments[0])
  }

  private static func realPath(_ path: String) -> String? {
    guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
    return URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }
}

extension CommandLine {
  /// A word as a shell takes it.
  static func quoted(_ word: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%")
    if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
    return "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }

  /// The command as it was given, as far as the shell tells.
  static var quotedArguments: String {
    (["rondo"] + arguments.dropFirst().map(quoted)).joined(separator: " ")
  }
}
