import RondoCore

/// The order in which sequences are trained on: shuffled in every epoch, those of a batch about equally long, so that few rows of a batch
/// stand alone at its end.
///
/// An epoch's permutation is cut into pools of so many batches; a pool is sorted by length and cut into batches, and the batches of all
/// pools are shuffled. Every sequence comes once in an epoch. The order is a pure function of (lengths, batch size, seed, epoch).
///
/// Source: Khomenko et al., Accelerating recurrent neural network training using sequence bucketing and multi-GPU data parallelization,
/// 2016, arXiv 1708.05604.
public struct LengthBuckets: Sendable {
  /// The number of batches of an epoch; the last of the unshuffled ones may be smaller.
  public let batchCount: Int
  private let lengths: [Int]
  private let batchSize: Int
  private let random: RandomSource
  private var epoch = -1
  private var batches: [[Int]] = []

  /// Batches that are sorted together.
  static let poolBatches = 32

  /// Batches of sequences with these lengths. Traps unless the batch size is positive.
  public init(_ lengths: [Int], batchSize: Int, seed: UInt64) {
    require(batchSize > 0, "LengthBuckets: a batch size of \(batchSize)")
    self.lengths = lengths
    self.batchSize = batchSize
    random = RandomSource(seed: seed)
    batchCount = (lengths.count + batchSize - 1) / batchSize
  }

  /// The sequences of a step, counted over all epochs.
  public mutating func batch(_ step: Int) -> [Int] {
    require(batchCount > 0 && step >= 0, "LengthBuckets.batch: step \(step) of \(batchCount) batches")
    if step / batchCount != epoch {
      epoch = step / batchCount
      batches = order(epoch)
    }
    return batches[step % batchCount]
  }

  private func order(_ epoch: Int) -> [[Int]] {
    let stream = RandomSource.stream("length buckets") &+ UInt64(2 * epoch)
    let shuffled = random.permutation(lengths.count, stream: stream)
    let pool = batchSize * Self.poolBatches
    var batches: [[Int]] = []
    for first in stride(from: 0, to: shuffled.count, by: pool) {
      // The place in the shuffled order decides between equal lengths: `sort` is stable.
      let sorted = shuffled[first..<min(first + pool, shuffled.count)].sorted { lengths[$0] < lengths[$1] }
      for start in stride(from: 0, to: sorted.count, by: batchSize) {
        batches.append(Array(sorted[start..<min(start + batchSize, sorted.count)]))
      }
    }
    return random.permutation(batches.count, stream: stream &+ 1).map { batches[$0] }
  }
}
