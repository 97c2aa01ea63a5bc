extension ForecastEnsemble {
  /// The steps before an origin that a forecast depends on at most.
  var reach: Int { members.map(\.reach).max() ?? 0 }

  /// The networks, if their states go on from one step to the next.
  var streaming: [any StreamingNetwork]? {
    let networks = members.compactMap { $0 as? any StreamingNetwork }
    return networks.count == members.count ? networks : nil
  }

  /// The windows of each series that are begun at its end; nil for a series that is begun anew at each forecast, because it is too short yet, or
  /// nothing of it says how large values are.
  func begunWindows(_ input: ForecastInput) -> [[StreamedWindow]?] {
    guard let networks = streaming else { return input.items.map { _ in nil } }
    return input.items.map { Self.begun(input, $0, at: $0.values.count, networks) }
  }

  /// The windows of each series read to its end.
  ///
  /// Where a window is begun anew depends on the steps alone, not on how many of them came at once.
  ///
  /// - Parameters:
  ///   - windows: As they were when the series ended earlier.
  ///   - ends: The step before which each series ended then; nil to begin its windows at the end.
  func readWindows(
    _ windows: [[StreamedWindow]?], from ends: [Int?], _ input: ForecastInput
  ) -> [[StreamedWindow]?] {
    guard let networks = streaming else { return windows }
    var result = input.items.enumerated().map { index, item in
      guard let end = ends[index] else { return Self.begun(input, item, at: item.values.count, networks) }
      return Self.goneOn(windows[index], input, item, from: end - item.before, networks)
    }
    let open = result.indices.filter { result[$0] != nil }
    let batch = 256
    for first in stride(from: 0, to: open.count, by: batch) {
      let part = open[first..<min(first + batch, open.count)]
      let places = part.map { WindowBatch.Place(series: $0, origin: input.items[$0].values.count) }
      for (number, network) in networks.enumerated() {
        let read = network.read(parameters, input, places, part.map { result[$0]![number] })
        for (index, window) in zip(part, read) { result[index]![number] = window }
      }
    }
    return result
  }

  /// The members' windows that begin a context before an origin; nil if no value is there, or none that says how large values are.
  private static func begun(
    _ input: ForecastInput, _ item: ForecastInput.Item, at origin: Int, _ networks: [any StreamingNetwork]
  ) -> [StreamedWindow]? {
    let begin = origin - networks[0].context
    guard begin >= 0, !item.values[begin].isNaN else { return nil }
    let context = item.values[begin..<origin]
    guard context.contains(where: { !$0.isNaN && $0 != 0 }) else { return nil }
    let step = item.before + begin
    return networks.map {
      StreamedWindow(begin: step, end: step, scale: $0.windowScale(context, input), states: [])
    }
  }

  /// The windows that are open at the end of a series, one step after the other.
  private static func goneOn(
    _ windows: [StreamedWindow]?, _ input: ForecastInput, _ item: ForecastInput.Item, from end: Int,
    _ networks: [any StreamingNetwork]
  ) -> [StreamedWindow]? {
    var (windows, origin) = (windows, end)
    while origin < item.values.count {
      if let begin = windows?[0].begin {
        // The first step at which it is too long.
        origin = begin - item.before + StreamedWindow.contexts * networks[0].context + 1
        guard origin <= item.values.count else { break }
      } else {
        origin += 1
      }
      windows = begun(input, item, at: origin, networks)
    }
    return windows
  }
}
