import ArgumentParser
import RondoTasks

/// What only a classifier can be told when it is trained.
struct ClassificationOptionGroup: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: "Train on every phrase of sentiment trees, not on sentences alone. Validation is by sentences.")
  var phrases: Bool?

  @Option(
    help: ArgumentHelp(
      "What is classified: the last row of each direction, or the mean, the maximum or an attention-weighted sum of all. (default: mean)",
      valueName: "last|mean|max|attention"))
  var pooling: SequencePooling?

  @Flag(inversion: .prefixedNo, help: "Read text in lower case, at the levels word and char. (default: yes)")
  var lowercase: Bool?

  @Option(
    parsing: .unconditional,
    help: "Share of symbols that become <unk> while training. (default: 0)", transform: OptionParsing.share)
  var wordDropout: Double?

  @Option(
    parsing: .unconditional,
    help: "Noise added to numbers while training, in deviations of each feature. (default: 0.5)",
    transform: OptionParsing.notNegative)
  var noise: Double?

  @Option(
    help: ArgumentHelp(
      "balanced: every label counts the same in the loss, however rare. (default: none)",
      valueName: "none|balanced"))
  var classWeights: ClassWeighting?

  @Option(
    help: ArgumentHelp(
      "Word vectors that the embedding begins with: a word and its numbers on each line.", valueName: "file"))
  var vectors: String?

  @Flag(inversion: .prefixedNo, help: "Leave the vectors as they are; words without one are zeros.")
  var freezeVectors: Bool?

  func apply(to options: inout ClassificationOptions) {
    options.phrases = phrases ?? options.phrases
    options.pooling = pooling ?? options.pooling
    options.lowercase = lowercase ?? options.lowercase
    options.wordDropout = wordDropout ?? options.wordDropout
    options.noise = noise ?? options.noise
    options.classWeights = classWeights ?? options.classWeights
    options.vectors = vectors ?? options.vectors
    options.freezeVectors = freezeVectors ?? options.freezeVectors
  }
}

extension SequencePooling: ExpressibleByArgument {}
extension ClassWeighting: ExpressibleByArgument {}
