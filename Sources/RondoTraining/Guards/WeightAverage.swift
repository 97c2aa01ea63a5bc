import CRondoKernels
import RondoCore

/// An exponential moving average of weights, which often predicts better than any of them (Polyak and Juditsky 1992, DOI 10.1137/0330046).
///
///     average ← d average + (1 − d) w,   d = min(decay, (1 + t) / (10 + t)) after t updates
///
/// The average begins as the weights after the first step, and forgets its beginning sooner than its decay says.
public struct WeightAverage: Sendable {
  /// The flat buffer of the average.
  public private(set) var values: Tensor
  private let decay: Double
  private var updateCount = 0

  /// An average that begins with these weights. Traps unless the decay is above 0 and less than 1.
  public init(decay: Double, of parameters: ParameterStore) {
    require(decay > 0 && decay < 1, "WeightAverage: the decay \(decay) is not between 0 and 1")
    self.decay = decay
    values = parameters.values
  }

  /// Takes the weights after an update in.
  public mutating func observe(_ parameters: ParameterStore) {
    updateCount += 1
    let time = Double(updateCount)
    let share = Float(updateCount == 1 ? 1 : 1 - min(decay, (1 + time) / (10 + time)))
    let (mean, weights) = (values.mutablePointer(), parameters.values)
    Parallel.rows(weights.count, minimumPerPart: 16384, multipleOf: 16) { part in
      let start = part.lowerBound
      rondo_average(part.count, mean + start, weights.pointer + start, share)
    }
  }

  mutating func restore(_ values: Tensor, updateCount: Int) {
    self.values = values
    self.updateCount = updateCount
  }
}
