import ArgumentParser
import Foundation
import RondoData
import RondoNN

/// `rondo cells`
struct CellsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cells", abstract: "The recurrent cells there are.", subcommands: [List.self])

  /// `rondo cells list`
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Their names, what they are and where they come from.")

    @Flag(help: "Print them as one JSON array.")
    var json = false

    func run() throws {
      if json {
        let entries = AllCells.entries.map { entry -> JSON in
          ["name": .string(entry.name), "summary": .string(entry.summary), "paper": .string(entry.paper)]
        }
        return try StandardOutput.print(.array(entries))
      }
      let width = AllCells.entries.map(\.name.count).max() ?? 0
      for entry in AllCells.entries {
        let name = entry.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
        try StandardOutput.print("\(name)\(entry.summary) (\(entry.paper))")
      }
    }
  }
}
