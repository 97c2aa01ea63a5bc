import ArgumentParser

/// What all random numbers of a command follow from.
struct SeedOption: ParsableArguments {
  @Option(
    parsing: .unconditional, help: "What all random numbers follow from. (default: 1)",
    transform: OptionParsing.seed)
  var seed: UInt64?
}
