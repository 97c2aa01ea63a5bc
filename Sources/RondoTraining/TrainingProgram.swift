import RondoCore

/// What a task hands to the `Trainer`: how to compute one step's loss and gradients, and a validation loss.
///
/// Everything a step does is a function of its number, the parameters and the carried state, so a run can go on from a checkpoint.
public protocol TrainingProgram: AnyObject {
  /// Steps in one pass over the training data.
  var stepsPerEpoch: Int { get }
  /// Units of data (tokens) in a full step.
  var unitsPerStep: Int { get }
  /// Units in a validation over all held-out data; 0 if there is none.
  var validationUnits: Int { get }
  /// What people call a unit, "char".
  var unitName: String { get }
  /// What the loss counts, "nats/char".
  var lossUnit: String { get }

  /// The state carried from step to step.
  var carried: [Tensor] { get set }

  /// Computes the loss of a step and adds its gradients.
  func step(_ step: Int, _ parameters: ParameterStore, into gradients: inout Gradients) throws -> StepResult

  /// The mean loss on the held-out data, of which at most so many units are read.
  func validate(_ parameters: ParameterStore, atMost units: Int) throws -> Double
}

/// What came out of a step beside the gradients.
public struct StepResult: Sendable, Equatable {
  /// The mean loss of a unit.
  public var loss: Double
  /// The units of data seen.
  public var units: Int

  /// The result of a step.
  public init(loss: Double, units: Int) {
    self.loss = loss
    self.units = units
  }
}
