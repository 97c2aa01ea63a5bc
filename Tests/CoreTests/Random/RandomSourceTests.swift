import RondoCore
import Testing

struct RandomSourceTests {
  /// The vectors for philox4x32-10 that the authors of Philox publish with Random123 (kat_vectors): counter,
  /// key, first two words.
  @Test func agreesWithThePublishedVectors() {
    #expect(RandomSource(seed: 0).bits(stream: 0, position: 0) == 0xE169_C58D_6627_E8D5)
    #expect(RandomSource(seed: .max).bits(stream: .max, position: .max) == 0x41C8_3B0E_408F_276D)
    #expect(
      RandomSource(seed: 0x299F_31D0_A409_3822).bits(
        stream: 0x0370_7344_1319_8A2E, position: 0x85A3_08D3_243F_6A88) == 0x94FD_CCEB_D16C_FE09)
  }

  @Test func uniformFillsTheUnitInterval() {
    let source = RandomSource(seed: 3)
    let values = (0..<100_000).map { source.uniform(stream: 5, position: $0) }
    #expect(values.allSatisfy { 0..<1 ~= $0 })
    // The mean of n uniform numbers has the deviation 1/√(12 n) ≈ 0.0009, their tenths a count of 10,000 ±
    // 95.
    #expect(abs(values.reduce(0) { $0 + Double($1) } / 100_000 - 0.5) < 0.004)
    for tenth in 0..<10 {
      let count = values.count { Int($0 * 10) == tenth }
      #expect(abs(count - 10_000) < 450)
    }
  }

  @Test func normalHasTheMomentsOfTheNormalDistribution() {
    let source = RandomSource(seed: 4)
    let values = (0..<100_000).map { source.normal(stream: 9, position: $0) }
    func moment(_ power: Int) -> Double {
      values.reduce(0) { sum, x in sum + (0..<power).reduce(1) { product, _ in product * x } } / 100_000
    }
    // Deviations of these estimates: 0.003, 0.0045, 0.012, 0.031.
    #expect(abs(moment(1)) < 0.015)
    #expect(abs(moment(2) - 1) < 0.02)
    #expect(abs(moment(3)) < 0.06)
    #expect(abs(moment(4) - 3) < 0.15)
    #expect(abs(Double(values.count { abs($0) < 1 }) / 100_000 - 0.6827) < 0.007)
  }

  @Test func permutationsAreComplete() {
    let order = RandomSource(seed: 1).permutation(1000, stream: 2)
    #expect(order.sorted() == Array(0..<1000))
    #expect(order != Array(0..<1000))
    #expect(order == RandomSource(seed: 1).permutation(1000, stream: 2))
    #expect(order != RandomSource(seed: 1).permutation(1000, stream: 3))
    #expect(RandomSource(seed: 1).permutation(0, stream: 2).isEmpty)
  }

  @Test func permutationsAreEquallyLikely() {
    var counts: [[Int]: Int] = [:]
    for stream in 0..<6000 {
      counts[RandomSource(seed: 8).permutation(3, stream: UInt64(stream)), default: 0] += 1
    }
    #expect(counts.count == 6)
    // 1000 ± 29 each.
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test func indicesReachEveryValue() {
    let source = RandomSource(seed: 1)
    #expect(Set((0..<200).map { source.index(below: 7, stream: 0, position: $0) }) == Set(0..<7))
  }

  @Test func streamsAreTheHashOfTheirName() {
    // FNV-1a of "a" and of "a" followed by the end mark.
    let published: UInt64 = 0xAF63_DC4C_8601_EC8C
    #expect(RandomSource.stream("a") == (published ^ 0xFF) &* 0x100_0000_01B3)
    #expect(RandomSource.stream("dropout.0") != RandomSource.stream("dropout.1"))
  }
}
