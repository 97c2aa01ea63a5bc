import ArgumentParser
import RondoTasks
import RondoTraining

/// What only a network that predicts its own input can be told.
struct LanguageModelOptionGroup: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: """
      Use the embedding as the output layer's weights. If --embedding and --hidden differ, a linear layer \
      from one to the other comes between.
      """)
  var tie: Bool?

  @Option(
    parsing: .unconditional,
    help: "Time steps through which errors are propagated back; the state is carried on. (default: 64)",
    transform: OptionParsing.count)
  var length: Int?

  @Option(
    help: """
      What is minimised: the mean loss of a token, or the sum over time averaged over the sequences of the batch. \
      (default: token)
      """)
  var lossReduction: TrainingOptions.LossReduction?

  func apply(to architecture: inout ArchitectureOptions, _ training: inout TrainingOptions) {
    architecture.tie = tie ?? architecture.tie
    training.length = length ?? training.length
    training.lossReduction = lossReduction ?? training.lossReduction
  }
}

extension TrainingOptions.LossReduction: ExpressibleByArgument {}
