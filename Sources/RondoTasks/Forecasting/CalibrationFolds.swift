/// Which parts of long series each member of an ensemble is not trained on, so that what it forecasts of them says how far off forecasts are.
///
/// A series is cut into blocks; member m of M leaves out the blocks m, m + M, m + 2 M, …. So intervals are made right by all that has been, all
/// times of the year included, and not by the end of the series alone, at no cost: every block is learned by the other members. That is the idea
/// of out-of-bag conformal prediction for ensembles (Xu and Xie 2021, arXiv 2010.09107).
package struct CalibrationFolds: Sendable {
  /// Members of the ensemble.
  let members: Int
  /// Steps of a block, for each series; nil for one that is too short to leave anything out.
  let blocks: [Int?]
  private let horizon: Int

  /// About as many windows of each member are forecast to compare, at least one of each long series.
  private static let windows = 64
  /// Blocks of a series that each member leaves out.
  private static let blocksOfMember = 6

  /// - Parameter ends: For each series where it ends for training.
  /// - Returns: Nil if there is one member only, or every series is short.
  package init?(_ ends: [Int], members: Int, horizon: Int) {
    guard members > 1 else { return nil }
    (self.members, self.horizon) = (members, horizon)
    blocks = ends.map { end in
      let length = max(3 * horizon, end / (Self.blocksOfMember * members))
      return end >= 2 * members * length ? length : nil
    }
    guard blocks.contains(where: { $0 != nil }) else { return nil }
  }

  /// Whether a member leaves a window out: some of what is forecast lies in a block that it is not trained on.
  package func leavesOut(_ place: WindowBatch.Place, member: Int) -> Bool {
    guard let length = blocks[place.series] else { return false }
    return place.origin / length % members == member
      || (place.origin + horizon - 1) / length % members == member
  }

  /// Windows that a member has left out as a whole, evenly spread over the series.
  package func places(member: Int, ends: [Int]) -> [WindowBatch.Place] {
    let long = blocks.count { $0 != nil }
    let count = max(1, Self.windows / long)
    return zip(blocks, ends).enumerated().flatMap { index, pair -> [WindowBatch.Place] in
      guard let length = pair.0 else { return [] }
      let own = stride(from: member * length, through: pair.1 - length, by: members * length)
      let origins = own.flatMap { Array(max($0, 1)...$0 + length - horizon) }
      let step = max(1, origins.count / count)
      return stride(from: 0, to: origins.count, by: step).map { .init(series: index, origin: origins[$0]) }
    }
  }
}
