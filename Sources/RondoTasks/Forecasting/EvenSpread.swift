extension Array {
  /// Some of the elements, evenly spread from the first one on; all if there are no more.
  func evenlySpread(_ most: Int) -> [Element] {
    let count = Swift.min(Swift.max(0, most), self.count)
    return (0..<count).map { self[$0 * self.count / count] }
  }
}
