import ArgumentParser
import RondoTasks

/// What is wrapped around the cell. The order is always that of the help, whatever the order of the options.
struct WrapperOptionGroup: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Weights whose rows have learned lengths.")
  var weightNorm: Bool?

  @Option(
    parsing: .unconditional,
    help: "Share of recurrent weights dropped for a pass while training. (default: 0)",
    transform: OptionParsing.share)
  var dropConnect: Double?

  @Option(
    parsing: .unconditional,
    help: "Share of the columns that products read, dropped for a sequence while training. (default: 0)",
    transform: OptionParsing.share)
  var variationalDropout: Double?

  @Flag(inversion: .prefixedNo, help: "Products normalised over their columns.")
  var layerNorm: Bool?

  @Option(
    parsing: .unconditional,
    help: "Probability with which a unit keeps its state while training. (default: 0)",
    transform: OptionParsing.share)
  var zoneout: Double?

  @Flag(inversion: .prefixedNo, help: "Add each layer's input to its output.")
  var residual: Bool?

  func apply(to options: inout ArchitectureOptions) {
    options.weightNorm = weightNorm ?? options.weightNorm
    options.dropConnect = dropConnect ?? options.dropConnect
    options.variationalDropout = variationalDropout ?? options.variationalDropout
    options.layerNorm = layerNorm ?? options.layerNorm
    options.zoneout = zoneout ?? options.zoneout
    options.residual = residual ?? options.residual
  }
}
