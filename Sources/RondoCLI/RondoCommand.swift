import ArgumentParser
import RondoCore
import RondoTasks
import RondoTraining

/// The root of the command line. Tasks are `rondo TASK VERB`.
struct RondoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rondo",
    abstract: "Recurrent neural networks on the CPU you already have.",
    version: RondoVersion.current,
    subcommands: [
      TextCommand.self, ClassifyCommand.self, ForecastCommand.self, DemoCommand.self, GradcheckCommand.self,
      BenchCommand.self, CellsCommand.self,
    ])
}

@main
enum Program {
  static func main() {
    ProcessSignals.prepare()
    Failure.prepare()
    var command: any ParsableCommand
    do {
      try CommandNames.check(CommandLine.arguments.dropFirst())
    } catch {
      Failure.exit(error)
    }
    do {
      command = try RondoCommand.parseAsRoot()
    } catch {
      // Help and the version as well: they are printed and exit with 0.
      RondoCommand.exit(withError: error)
    }
    do {
      try Machine.configure()
      try command.run()
    } catch {
      Failure.exit(error)
    }
  }
}
