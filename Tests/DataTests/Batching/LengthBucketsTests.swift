import RondoCore
import RondoData
import Testing

@Suite struct LengthBucketsTests {
  private static let lengths = (0..<1003).map { $0 * 7919 % 97 }

  private func epoch(_ number: Int, _ buckets: inout LengthBuckets) -> [[Int]] {
    (0..<buckets.batchCount).map { buckets.batch(number * buckets.batchCount + $0) }
  }

  @Test func everySequenceComesOnceInAnEpoch() {
    var buckets = LengthBuckets(Self.lengths, batchSize: 8, seed: 1)
    #expect(buckets.batchCount == 126)
    for number in 0..<3 {
      let batches = epoch(number, &buckets)
      #expect(batches.flatMap { $0 }.sorted() == Array(0..<1003))
      #expect(batches.count { $0.count == 8 } == 125)
      #expect(batches.count { $0.count == 3 } == 1)
    }
  }

  @Test func anEpochIsAFunctionOfSeedAndNumber() {
    var first = LengthBuckets(Self.lengths, batchSize: 8, seed: 1)
    var second = LengthBuckets(Self.lengths, batchSize: 8, seed: 1)
    var other = LengthBuckets(Self.lengths, batchSize: 8, seed: 2)
    let ordered = (epoch(0, &first), epoch(1, &first))
    // A run that goes on from a checkpoint asks for a later step first.
    #expect(second.batch(126 + 5) == ordered.1[5])
    #expect(second.batch(5) == ordered.0[5])
    #expect(ordered.0 != ordered.1)
    #expect(epoch(0, &other) != ordered.0)
  }

  /// In random batches of 8 the longest is 86 on average, and the shortest 10.
  @Test func aBatchHasSequencesOfAboutTheSameLength() {
    var buckets = LengthBuckets(Self.lengths, batchSize: 8, seed: 1)
    let spreads = epoch(0, &buckets).map { batch in
      batch.map { Self.lengths[$0] }.max()! - batch.map { Self.lengths[$0] }.min()!
    }
    #expect(spreads.reduce(0, +) / spreads.count < 5)
  }

  @Test func batchesDoNotComeByLength() {
    var buckets = LengthBuckets(Self.lengths, batchSize: 8, seed: 1)
    let means = epoch(0, &buckets).map { batch in batch.reduce(0) { $0 + Self.lengths[$1] } / batch.count }
    #expect(zip(means, means.dropFirst()).count { $0 > $1 } > 40)
  }

  @Test func fewerSequencesThanABatch() {
    var buckets = LengthBuckets([4, 0, 2], batchSize: 8, seed: 1)
    #expect(buckets.batchCount == 1)
    #expect(buckets.batch(7).sorted() == [0, 1, 2])
  }
}
