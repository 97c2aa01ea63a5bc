import ArgumentParser
import Foundation
import RondoTraining

/// Finds mistyped commands before the argument parser takes them for arguments of the root.
enum CommandNames {
  /// Throws for a first word, or a first word of a group of commands, that names none.
  static func check(_ arguments: ArraySlice<String>) throws(OptionError) {
    var commands = RondoCommand.configuration.subcommands
    var kind = "command"
    var takesFiles = false
    for word in arguments {
      guard !commands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      guard let command = commands.first(where: { $0.configuration.commandName == word }) else {
        if takesFiles, isFile(word) { return }
        throw .unknownName(
          kind: kind, given: word, valid: commands.compactMap { $0.configuration.commandName })
      }
      commands = command.configuration.subcommands
      takesFiles = command.configuration.defaultSubcommand != nil
      kind = "command of rondo \(word)"
    }
  }

  /// Whether a word looks like a file more than like a command.
  private static func isFile(_ word: String) -> Bool {
    word.contains { "./:".contains($0) } || FileManager.default.fileExists(atPath: word)
  }
}
