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
      parsing: .unconditional,
      help: "Units: of the plan, and to try a file with. (default: the file's own, or 128)",
      transform: OptionParsing.width)
    var hidden: Int?

    @Option(
      parsing: .unconditional, help: "Width of the input: the same. (default: 128)",
      transform: OptionParsing.width)
    var input: Int?

    func run() throws {
      var options = ArchitectureOptions()
      options.cell = name
      options.equations = try CellChoice.equations(of: name)
      wrappers.apply(to: &options)
      let own = try options.equations.flatMap { try CellText($0).options["hiddenSize"] }
      options.hidden = [hidden ?? own.map { Int($0) } ?? 128]
      do {
        try show(options, inputSize: input ?? 128)
      } catch let error as CellFileError where hidden == nil || input == nil {
        throw Tried(error: error, sizes: "--hidden \(options.hidden[0]) and --input \(input ?? 128)")
      }
    }

    /// Equations may be right for other sizes than those that nobody gave.
    private struct Tried: Error, CustomStringConvertible {
      let error: CellFileError
      let sizes: String

      var description: String { "\(error) That is with \(sizes); give others if it is made for them." }
    }

    private func show(_ options: ArchitectureOptions, inputSize: Int) throws {
      if let equations = options.equations, !plan, !options.hasWrappers {
        // As it was written, with its names, options and remarks, if it is right.
        _ = try CellChoice.bareCell(options, inputSize: inputSize)
        return try StandardOutput.write(Array(equations.utf8))
      }
      guard plan else {
        return try StandardOutput.print(String(CellChoice.text(options, inputSize: inputSize).dropLast()))
      }
      let cell =
        options.hasWrappers
        ? try CellChoice.cell(options, inputSize: inputSize)
        : try CellChoice.bareCell(options, inputSize: inputSize)
      try StandardOutput.print(Recurrence(Builder(seed: 1), cell, inputSize: inputSize).plan)
    }
  }

  /// `rondo cells document`
  struct Document: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "document", abstract: "A page with all cells, as Markdown.")

    func run() throws { try StandardOutput.print(CellDocument.text) }
  }
}
