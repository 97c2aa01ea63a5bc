import RondoCore

/// Remembers the best weights on held-out data, and stops a run that no longer improves.
public struct EarlyStopping: Sendable {
  /// Validations in a row without a better loss that end the run; nil never ends it.
  public let patience: Int?
  /// What is known of the validations so far.
  public var record = Record()
  /// The weights with the best validation loss.
  public var bestWeights: Tensor?

  /// The numbers of it that a checkpoint keeps.
  public struct Record: Sendable, Equatable, Codable {
    /// The smallest loss; nil before the first finite one.
    public var bestLoss: Double?
    /// The step after which it was found.
    public var bestStep = 0
    /// The validations since.
    public var waited = 0
    /// The loss of the last validation.
    public var lastLoss: Double?
    /// The step after which that was.
    public var lastStep = 0
  }

  /// Nothing is known yet; `patience` nil never ends a run.
  public init(patience: Int?) {
    self.patience = patience
  }

  /// Takes note of a validation loss, and of the weights if it is the best one. A loss that is not finite is never the best.
  public mutating func observe(_ loss: Double, step: Int, weights: @autoclosure () -> Tensor) {
    record.lastLoss = loss
    record.lastStep = step
    if loss.isFinite, loss < record.bestLoss ?? .infinity {
      record.bestLoss = loss
      record.bestStep = step
      record.waited = 0
      bestWeights = weights()
    } else {
      record.waited += 1
    }
  }

  /// Whether it is time to stop.
  public var isExhausted: Bool { patience.map { record.waited >= $0 } ?? false }
}
