import ArgumentParser
import Foundation
import RondoCore
import RondoData
import RondoNN
import RondoRecurrence
import RondoTasks

/// `rondo cells`
struct CellsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cells", abstract: "The recurrent cells there are.",
    subcommands: [List.self, Show.self, Document.self])

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

  /// `rondo cells show NAME|FILE.cell`
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "A cell's equations, as text that --cell takes.",
      discussion: """
          rondo cells show lstm > my.cell
          rondo text train book.txt -o book --cell my.cell
        """)

    @Argument(
      help: ArgumentHelp("The cell: see `rondo cells list`, or a .cell file.", valueName: "name|file.cell"))
    var name: String

    @OptionGroup(title: "Wrappers") var wrappers: WrapperOptionGroup

    @Flag(help: "Print what the engine makes of it instead.")
    var plan = false

    @Option(
      parsing: .unconditional, help: "Units: of the plan, and to try a file with.",
      transform: OptionParsing.width)
    var hidden = 128

    @Option(parsing: .unconditional, help: "Width of the input: the same.", transform: OptionParsing.width)
    var input = 128

    func run() throws {
      var options = ArchitectureOptions()
      (options.cell, options.hidden) = (name, [hidden])
      options.equations = try CellChoice.equations(of: name)
      wrappers.apply(to: &options)
      if let equations = options.equations, !plan, !options.hasWrappers {
        // As it was written, with its names, options and remarks, if it is right.
        _ = try CellChoice.bareCell(options, inputSize: input)
        return try StandardOutput.write(Array(equations.utf8))
      }
      guard plan else {
        return try StandardOutput.print(String(CellChoice.text(options, inputSize: input).dropLast()))
      }
      let cell = try CellChoice.cell(options, inputSize: input)
      try StandardOutput.print(Recurrence(Builder(seed: 1), cell, inputSize: input).plan)
    }
  }

  /// `rondo cells document`
  struct Document: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "document", abstract: "A page with all cells, as Markdown.")

    func run() throws { try StandardOutput.print(CellDocument.text) }
  }
}
