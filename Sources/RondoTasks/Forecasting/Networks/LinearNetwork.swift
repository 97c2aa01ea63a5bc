import RondoCore
import RondoNN
import RondoTraining

/// Linear maps of the latest values to quantiles of the next ones, without any recurrence: what a recurrent network should be better than.
///
///     trend = the moving average of 25 steps,    quantile q = T_q trend + R_q (values − trend) + b_q
///
/// DLinear (Zeng, Chen, Zhang and Xu 2023, arXiv 2205.13504), with quantiles.
struct LinearNetwork: ForecastNetwork {
  let shape: WindowShape
  let scale: WindowScale.Kind
  let probabilities: [Double]
  private let trend: Linear
  private let rest: Linear
  /// Values to their moving average [context, context].
  private let average: Tensor

  /// Registers the parameters: `trend.…` and `rest.weight`.
  init(_ builder: Builder, _ shape: WindowShape, _ scale: WindowScale.Kind, probabilities: [Double]) {
    (self.shape, self.scale, self.probabilities) = (shape, scale, probabilities)
    let (context, width) = (shape.context, shape.horizonSegments * shape.segment * probabilities.count)
    trend = Linear(
      builder / "trend", inputSize: context, outputSize: width, initial: .constant(1 / Float(context)))
    rest = Linear(
      builder / "rest", inputSize: context, outputSize: width, hasBias: false,
      initial: .constant(1 / Float(context)))
    var average = [Float](repeating: 0, count: context * context)
    for column in 0..<context {
      // The first and the last value count for those beyond the ends.
      for offset in -12...12 {
        average[min(context - 1, max(0, column + offset)) * context + column] += 1 / 25
      }
    }
    self.average = Tensor([context, context], average)
  }

  var context: Int { shape.context }
  var reach: Int { shape.context }
  var trainingRows: (count: Int, width: Int) {
    (1, 4 * (shape.context + shape.horizon * probabilities.count))
  }

  func loss(
    _ tape: Tape, _ input: ForecastInput, _ places: [WindowBatch.Place], ends: [Int], ids: [Int]
  ) -> Variable {
    let windows = WindowBatch(input, ends: ends, places, shape, scale, ids: ids)
    return quantileLoss(
      quantiles(tape, windows), targets(windows), quantiles: probabilities.map(Float.init),
      weights: windows.weights(places))
  }

  func quantiles(
    _ parameters: ParameterStore, _ input: ForecastInput, _ places: [WindowBatch.Place]
  ) -> [[Double]] {
    let windows = WindowBatch(input, ends: nil, places, shape, scale)
    let values = quantiles(Tape(parameters, training: false), windows).value.values
    let (steps, count) = (shape.horizonSegments * shape.segment, probabilities.count)
    return windows.scales.enumerated().map { window, scale in
      (0..<shape.horizon).flatMap { step in
        (0..<count).map { scale.unscaled(Double(values[(window * count + $0) * steps + step])) }
      }
    }
  }

  /// [windows, quantiles · steps]
  private func quantiles(_ tape: Tape, _ windows: WindowBatch) -> Variable {
    let values = tape.constant(windows.values)
    let trends = matmul(values, tape.constant(average))
    return trend(trends) + rest(values - trends)
  }

  /// [windows, steps]
  private func targets(_ windows: WindowBatch) -> Tensor {
    Tensor([windows.scales.count, shape.horizonSegments * shape.segment], windows.targets.values)
  }
}
