import CRondoKernels
import Testing

// The tests call every variant through its own table: the variant that the process has selected stays as it is
// for the other suites, which run beside these.

/// One compiled variant of the kernels.
struct Variant: CustomTestStringConvertible, Sendable {
  let name: String

  var testDescription: String { name }
  var kernels: rondo_kernels { rondo_variant(name).pointee }

  /// Those this processor can run.
  static let all = ["avx512", "avx2", "neon", "portable"].map { (name: String) in Variant(name: name) }
    .filter { rondo_variant($0.name) != nil }

  /// Those that promise equal bits.
  static let exact = all.filter { $0.name != "portable" }

  /// a · b + c as this variant rounds it.
  func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float {
    name == "portable" ? c + a * b : c.addingProduct(a, b)
  }
}

/// Floats aligned to 64 bytes, with cells on both sides that nobody may write.
final class Floats {
  let count: Int
  let pointer: UnsafeMutablePointer<Float>
  private static let guardCells = 32
  private static let guardBits: UInt32 = 0x7fa5_a5a5

  init(_ values: [Float]) {
    count = values.count
    let raw = UnsafeMutableRawPointer.allocate(byteCount: (count + 2 * Self.guardCells) * 4, alignment: 64)
    let cells = raw.bindMemory(to: Float.self, capacity: count + 2 * Self.guardCells)
    cells.initialize(repeating: Float(bitPattern: Self.guardBits), count: count + 2 * Self.guardCells)
    pointer = cells + Self.guardCells
    for i in 0..<count { pointer[i] = values[i] }
  }

  convenience init(zeros count: Int) { self.init([Float](repeating: 0, count: count)) }

  /// Values in ±1, the same for the same seed.
  convenience init(random count: Int, seed: UInt64) {
    var generator = Generator(seed: seed)
    self.init((0..<count).map { _ in generator.signed() })
  }

  deinit { (pointer - Self.guardCells).deallocate() }

  subscript(_ i: Int) -> Float {
    get { pointer[i] }
    set { pointer[i] = newValue }
  }

  var values: [Float] { (0..<count).map { pointer[$0] } }
  var bits: [UInt32] { (0..<count).map { pointer[$0].bitPattern } }

  var guardsIntact: Bool {
    (0..<Self.guardCells).allSatisfy {
      (pointer - 1 - $0).pointee.bitPattern == Self.guardBits
        && (pointer + count + $0).pointee.bitPattern == Self.guardBits
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Generator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func signed() -> Float { Float(Int32(truncatingIfNeeded: next() >> 40) - (1 << 23)) * 0x1p-23 }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
}

extension Array where Element == Float {
  var bits: [UInt32] { map(\.bitPattern) }

  /// The sum of 16 lanes in the kernels' order: halves are added to each other.
  var sumOfLanes: Float {
    var width = 8
    var lanes = self
    while width > 0 {
      for i in 0..<width { lanes[i] += lanes[i + width] }
      width /= 2
    }
    return lanes[0]
  }
}
