/// The windows at the end of series that are not trained on: the weights are chosen by them, and the intervals made right.
///
/// Of many series the last horizon of each; of few, more windows at equal distances, in a share of their steps at most.
package struct HeldOutWindows {
  /// Where each series ends for training.
  package let ends: [Int]
  /// Where forecasts are compared with what came.
  package let places: [WindowBatch.Place]

  /// Windows in which there is enough to choose by.
  private static let enough = 256
  /// Series of which something is held out at most.
  private static let mostSeries = 1000

  /// - Parameter share: The share of a series that is held out at most, but for one horizon; nothing at all if zero.
  package init(_ series: [[Double]], horizon: Int, share: Double) {
    // Of very many series those of some are enough, evenly spread.
    let every = max(1, (series.count + Self.mostSeries - 1) / Self.mostSeries)
    let windows = share > 0 ? (Self.enough + series.count - 1) / max(1, series.count) : 0
    var (ends, places) = ([Int](), [WindowBatch.Place]())
    for (index, values) in series.enumerated() {
      let longest = max(horizon, Int(share * Double(values.count)))
      // Something is left to train on.
      let heldOut = min(windows * horizon, longest)
      let end = values.count - heldOut
      guard windows > 0, index % every == 0, values.count >= 2 * horizon,
        values[..<end].contains(where: { !$0.isNaN })
      else {
        ends.append(values.count)
        continue
      }
      ends.append(end)
      let count = min(windows, heldOut - horizon + 1)
      for window in 0..<count {
        let offset = count == 1 ? 0 : window * (heldOut - horizon) / (count - 1)
        places.append(.init(series: index, origin: end + offset))
      }
    }
    (self.ends, self.places) = (ends, places)
  }
}
