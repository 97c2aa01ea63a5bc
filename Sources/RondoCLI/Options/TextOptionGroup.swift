import ArgumentParser
import RondoData
import RondoTasks

/// How text is cut into symbols.
struct TextOptionGroup: ParsableArguments {
  @Option(help: "What a symbol is. (default: char; classify: word)")
  var level: TextLevel?

  @Option(
    name: .customLong("min-count"), parsing: .unconditional,
    help: "Symbols that occur less often become <unk>. (default: 1)", transform: OptionParsing.count)
  var minimumCount: Int?

  @Option(
    parsing: .unconditional, help: "Keep so many symbols, the most frequent ones. (default: all)",
    transform: OptionParsing.count)
  var vocabularySize: Int?

  func apply(to options: inout TextOptions) {
    options.level = level ?? options.level
    options.minimumCount = minimumCount ?? options.minimumCount
    options.vocabularySize = vocabularySize ?? options.vocabularySize
  }
}

extension TextLevel: ExpressibleByArgument {}
