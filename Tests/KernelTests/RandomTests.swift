import CRondoKernels
import Testing

@Suite struct RandomTests {
  @Test(arguments: [Float(0), 0.1, 0.5, 0.9, 1])
  func masksAreTheBitsComparedWithTheProbability(_ p: Float) {
    for n in [1, 15, 16, 17, 1000] {
      for variant in Variant.all {
        let mask = Floats(random: n, seed: 81)
        variant.kernels.dropout_mask(n, 12, 34, p, mask.pointer)
        for j in 0..<n {
          let uniform = Float(variant.kernels.random_bits(12, 34, UInt32(j)) >> 8) * 0x1p-24
          #expect(mask[j] == (uniform < p ? 0 : 1 / (1 - p)))
        }
        #expect(mask.guardsIntact)
      }
    }
  }

  @Test func variantsGiveEqualBits() {
    for position in 0..<1000 {
      let bits = Variant.all.map { $0.kernels.random_bits(5, 6, UInt32(position) &* 0x0100_0193) }
      #expect(Set(bits).count == 1)
    }
  }

  @Test(arguments: [Float(0.1), 0.5, 0.8])
  func theShareOfDroppedValuesIsP(_ p: Float) {
    let n = 1 << 20
    let mask = Floats(zeros: n)
    rondo_dropout_mask(n, 1, 2, p, mask.pointer)
    let dropped = Double(mask.values.filter { $0 == 0 }.count) / Double(n)
    // Five standard deviations.
    #expect(abs(dropped - Double(p)) < 5 * (Double(p) * (1 - Double(p)) / Double(n)).squareRoot())
  }

  @Test func everyBitIsBalancedAndIndependentOfNeighbours() {
    // Neighbouring positions and keys, bit by bit: each agrees in half of the cases, within five deviations.
    let n = 1 << 16
    let neighbours: [(UInt32, UInt32, UInt32)] = [(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1)]
    var ones = [Int](repeating: 0, count: 32)
    var agreements = [[Int]](repeating: ones, count: neighbours.count)
    for position in 0..<UInt32(n) {
      let bits = rondo_random_bits(7, 9, position)
      for b in 0..<32 { ones[b] += Int(bits >> UInt32(b) & 1) }
      for (i, (key0, key1, offset)) in neighbours.enumerated() {
        let same = ~(bits ^ rondo_random_bits(7 + key0, 9 + key1, position + offset))
        for b in 0..<32 { agreements[i][b] += Int(same >> UInt32(b) & 1) }
      }
    }
    let bound = 5 * (Double(n) / 4).squareRoot()
    for count in [ones] + agreements {
      #expect(count.allSatisfy { abs(Double($0) - Double(n) / 2) < bound })
    }
  }

  @Test func keysGiveDifferentSequences() {
    // Were keys only added to positions, neighbouring keys would repeat each other's values.
    let window: UInt32 = 4096
    let first = Set((0..<window).map { rondo_random_bits(3, 4, $0) })
    for (key0, key1) in [(4, 4), (3, 5), (2, 4), (4, 3)] as [(UInt32, UInt32)] {
      let second = (0..<window).filter { first.contains(rondo_random_bits(key0, key1, $0)) }
      #expect(second.count < 4)
    }
  }
}
