import ArgumentParser
import Foundation
import RondoNN

/// `rondo cells`
struct CellsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cells", abstract: "The recurrent cells there are.", subcommands: [List.self])

  /// `rondo cells list`
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Their names, what they are and where they come from.")

    func run() throws {
      let width = AllCells.entries.map(\.name.count).max() ?? 0
      for entry in AllCells.entries {
        let name = entry.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
        try StandardOutput.print("\(name)\(entry.summary) (\(entry.paper))")
      }
    }
  }
}
