import ArgumentParser

@main
struct RondoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rondo", abstract: "Recurrent neural networks on the CPU you already have.", version: "0.1.0")
}
