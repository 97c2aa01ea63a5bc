import RondoData
import RondoTraining

/// Which windows at the end of series are forecast to be compared with what came.
public struct ForecastWindows: Sendable, Equatable {
  /// Windows of each series at most; as many as there are places for if nil.
  public var count: Int?
  /// Steps from one window to the next; the horizon, or evenly over the share, if nil.
  public var stride: Int?
  /// The share of a series' end that the windows lie in; as far back as they reach if nil.
  public var share: Double?
  /// Series that have windows at most, evenly spread; all if nil.
  public var series: Int?

  /// The last windows of each series.
  ///
  /// - Parameters:
  ///   - count: Windows of each series; with a share and a stride all that lie in it if nil, with a share alone 200.
  ///   - stride: Steps from one window to the next; if nil the horizon, or evenly over the share.
  ///   - share: The share of each series' end that is tested: the windows lie in it.
  public init(count: Int? = nil, stride: Int? = nil, share: Double? = nil) {
    (self.count, self.stride, self.share) = (count, stride, share)
  }

  /// The places of all windows, of which the longest series has as many as are asked for.
  ///
  /// - Parameter history: Steps before the first of several windows at least.
  /// - Throws: `OptionError` if there is no room for them.
  package func requiredPlaces(
    _ lengths: [Int], horizon: Int, history: Int = 1
  ) throws(OptionError) -> [WindowBatch.Place] {
    let places = places(lengths, horizon: horizon)
    let longest = lengths.max() ?? 0
    let most = Dictionary(grouping: places, by: \.series).values.map(\.count).max() ?? 0
    let (wanted, distance) = (count ?? 1, stride ?? horizon)
    let first = longest - horizon - (wanted - 1) * distance
    let hasRoom = most >= wanted && (wanted == 1 || first >= history)
    guard most > 0, share != nil || hasRoom else {
      throw .conflict(
        "the longest series has \(counted(longest, "step")), which are too few for \(counted(wanted, "window")) of "
          + "\(counted(horizon, "step")) with a history before them: choose fewer --windows or a smaller --horizon."
      )
    }
    return places
  }

  /// The places of all windows, those of a series side by side, the oldest first. A short series has fewer, or none.
  package func places(_ lengths: [Int], horizon: Int) -> [WindowBatch.Place] {
    lengths.indices.filter { lengths[$0] > horizon }.evenlySpread(series ?? lengths.count).flatMap { index in
      origins(lengths[index], horizon: horizon).map { WindowBatch.Place(series: index, origin: $0) }
    }
  }

  private func origins(_ length: Int, horizon: Int) -> [Int] {
    let last = length - horizon
    guard last > 0 else { return [] }
    guard let share else {
      let count = min(count ?? 1, (last - 1) / (stride ?? horizon) + 1)
      return (0..<count).reversed().map { last - $0 * (stride ?? horizon) }.filter { $0 > 0 }
    }
    let first = max(1, min(last, length - Int((share * Double(length)).rounded())))
    if let stride {
      let all = Array(Swift.stride(from: last, through: first, by: -stride).reversed())
      return Array(all.suffix(count ?? all.count))
    }
    let count = min(count ?? 200, last - first + 1)
    return (0..<count).map { count == 1 ? last : first + $0 * (last - first) / (count - 1) }
  }
}
