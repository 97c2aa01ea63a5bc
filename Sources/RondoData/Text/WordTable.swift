/// A set of byte strings numbered in the order of their arrival: a hash table with open addressing over one block of bytes.
///
/// Strings are equal if their bytes are (`String` would take canonically equivalent ones for equal, and lose which it was).
struct WordTable: Sendable {
  private var text: [UInt8] = []
  private var ends: [Int] = []
  private var hashes: [UInt32] = []
  /// The number of a string plus one, or 0. The count is a power of two, at least a third of it empty.
  private var slots: [Int32] = Array(repeating: 0, count: 16)

  var count: Int { ends.count }

  /// The bytes of a string.
  subscript(number: Int) -> ArraySlice<UInt8> { text[(number == 0 ? 0 : ends[number - 1])..<ends[number]] }

  /// The number of a string, if it is there.
  func find(_ word: UnsafeBufferPointer<UInt8>) -> Int? {
    let entry = slots[slot(of: word, WordTable.hash(word))]
    return entry == 0 ? nil : Int(entry) - 1
  }

  /// The number of a string, which is added unless it is there.
  mutating func insert(_ word: UnsafeBufferPointer<UInt8>) -> (number: Int, isNew: Bool) {
    let hash = WordTable.hash(word)
    let slot = slot(of: word, hash)
    if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
    text.append(contentsOf: word)
    ends.append(text.count)
    hashes.append(hash)
    slots[slot] = Int32(count)
    if 3 * count > 2 * slots.count { grow() }
    return (count - 1, true)
  }

  /// Where a string is, or the empty slot where it belongs.
  private func slot(of word: UnsafeBufferPointer<UInt8>, _ hash: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, isEqual(number, word) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func isEqual(_ number: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
    let begin = number == 0 ? 0 : ends[number - 1]
    guard ends[number] - begin == word.count else { return false }
    return text.withUnsafeBufferPointer { text in
      for k in 0..<word.count where text[begin + k] != word[k] { return false }
      return true
    }
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: 2 * slots.count)
    let mask = slots.count - 1
    for number in 0..<count {
      var slot = Int(hashes[number]) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number + 1)
    }
  }

  /// Eight bytes at a time, mixed by multiplication; the length takes part.
  private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let raw = UnsafeRawBufferPointer(word)
    var hash = UInt64(truncatingIfNeeded: word.count) &* 0x9E37_79B9_7F4A_7C15
    var i = 0
    while i < word.count {
      var bits: UInt64 = 0
      if i + 8 <= word.count {
        bits = raw.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
      } else {
        for k in i..<word.count { bits |= UInt64(word[k]) &<< UInt64(8 &* (k &- i)) }
      }
      let (high, low) = (hash ^ bits).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = high ^ low
      i += 8
    }
    hash ^= hash >> 32
    return UInt32(truncatingIfNeeded: hash &* 0x9E37_79B9_7F4A_7C15 >> 32)
  }
}
