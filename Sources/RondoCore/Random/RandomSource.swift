/// Random numbers as a pure function of (seed, stream, position): nothing is remembered, so nothing has to be
/// saved, and the order in which numbers are drawn does not matter.
///
/// The function is Philox4x32-10 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3, 2011, DOI
/// 10.1145/2063384.2063405) with the seed as key and (position, stream) as counter.
public struct RandomSource: Sendable, Hashable {
  /// The key of the function.
  public let seed: UInt64

  /// The source whose numbers follow from this seed.
  public init(seed: UInt64) {
    self.seed = seed
  }

  /// 64 random bits.
  public func bits(stream: UInt64, position: UInt64) -> UInt64 {
    words(stream: stream, position: position).0
  }

  /// All 128 bits of the function: those of `bits`, and 64 others.
  @inline(__always)
  func words(stream: UInt64, position: UInt64) -> (UInt64, UInt64) {
    var counter = (
      UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
    )
    var key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let a = 0xD251_1F53 * UInt64(counter.0)
      let b = 0xCD9E_8D57 * UInt64(counter.2)
      counter = (
        UInt32(truncatingIfNeeded: b >> 32) ^ counter.1 ^ key.0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ counter.3 ^ key.1, UInt32(truncatingIfNeeded: a)
      )
      key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return (UInt64(counter.1) << 32 | UInt64(counter.0), UInt64(counter.3) << 32 | UInt64(counter.2))
  }

  /// A number in [0, 1), a multiple of 2⁻⁵³.
  static func unit(_ bits: UInt64) -> Double { Double(Int64(bits >> 11)) * 0x1p-53 }

  /// A number in (0, 1], a multiple of 2⁻⁵³.
  static func positiveUnit(_ bits: UInt64) -> Double { Double(Int64(bits >> 11) + 1) * 0x1p-53 }

  /// A number in [0, 1), a multiple of 2⁻²⁴.
  public func uniform(stream: UInt64, position: UInt64) -> Float {
    Float(bits(stream: stream, position: position) >> 40) * 0x1p-24
  }

  /// A number of the standard normal distribution, by the method of Box and Muller (1958, DOI
  /// 10.1214/aoms/1177706645) with `PortableMath`.
  public func normal(stream: UInt64, position: UInt64) -> Double {
    let bits = bits(stream: stream, position: position)
    let radius = (Double(bits >> 32) + 1) * 0x1p-32
    let turn = Double(bits & 0xFFFF_FFFF) * 0x1p-32
    return (-2 * PortableMath.log(radius)).squareRoot() * PortableMath.cosine(turns: turn)
  }

  /// An index in 0..<bound. (The largest deviation from equal probabilities is bound / 2⁶⁴.)
  public func index(below bound: Int, stream: UInt64, position: UInt64) -> Int {
    require(bound > 0, "RandomSource.index: the bound is \(bound)")
    return Int(bits(stream: stream, position: position).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The numbers 0..<count in random order (Fisher–Yates).
  public func permutation(_ count: Int, stream: UInt64) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, index(below: last + 1, stream: stream, position: UInt64(last)))
    }
    return order
  }

  /// The stream of a name: the 64-bit FNV-1a hash of its UTF-8.
  public static func stream(_ name: String) -> UInt64 {
    var hash = FNV1a()
    hash.combine(name)
    return hash.value
  }
}

/// The 64-bit FNV-1a hash, equal on every machine and in every process.
package struct FNV1a: Sendable {
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  package mutating func combine(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  /// Adds a string and its end.
  package mutating func combine(_ string: String) {
    for byte in string.utf8 { combine(byte) }
    combine(0xFF as UInt8)
  }

  package mutating func combine(_ number: Int) {
    for shift in stride(from: 0, to: 64, by: 8) {
      combine(UInt8(truncatingIfNeeded: UInt64(bitPattern: Int64(number)) >> UInt64(shift)))
    }
  }
}
