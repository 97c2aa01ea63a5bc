import RondoCore

/// All n-grams of one length that occur in a text, numbered in the order of their arrival, with what is counted about each.
///
/// An n-gram is its first n − 1 symbols, as their number in the table of that length, and its last symbol: 8 bytes, so that tables of
/// successive lengths form a tree. Open addressing; a slot holds a number plus one, or 0.
struct NGramTable: Sendable {
  private var keys: [UInt64] = []
  private var slots: [Int32] = Array(repeating: 0, count: 64)
  /// How often each n-gram counts.
  private(set) var counts: [UInt32] = []

  var count: Int { keys.count }

  /// The number of the n-gram that extends a shorter one by a symbol; `nil` if it does not occur.
  func find(_ prefix: Int, _ symbol: Int32) -> Int? {
    let entry = slots[slot(NGramTable.key(prefix, symbol))]
    return entry == 0 ? nil : Int(entry) - 1
  }

  /// The number of the n-gram that extends a shorter one by a symbol. A new one has the count 0.
  mutating func insert(_ prefix: Int, _ symbol: Int32) -> (number: Int, isNew: Bool) {
    let key = NGramTable.key(prefix, symbol)
    let slot = slot(key)
    if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
    require(count < Int32.max, "NGramTable: more than \(Int32.max) n-grams of one length")
    keys.append(key)
    counts.append(0)
    slots[slot] = Int32(count)
    if 3 * count > 2 * slots.count { grow() }
    return (count - 1, true)
  }

  mutating func increment(_ number: Int) { counts[number] += 1 }

  /// The shorter n-gram that an n-gram extends.
  func prefix(_ number: Int) -> Int { Int(keys[number] >> 32) }

  private static func key(_ prefix: Int, _ symbol: Int32) -> UInt64 {
    UInt64(truncatingIfNeeded: prefix) << 32 | UInt64(UInt32(bitPattern: symbol))
  }

  private func slot(_ key: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = NGramTable.hash(key) & mask
    while slots[slot] != 0, keys[Int(slots[slot]) - 1] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: 2 * slots.count)
    let mask = slots.count - 1
    for (number, key) in keys.enumerated() {
      var slot = NGramTable.hash(key) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number + 1)
    }
  }

  /// The high half of a multiplication depends on all bits of the key.
  private static func hash(_ key: UInt64) -> Int {
    let (high, low) = (key ^ key >> 29).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return Int(truncatingIfNeeded: (high ^ low) >> 1)
  }
}
