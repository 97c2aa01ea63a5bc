/// Bytes on their way to a reader: hands out only complete UTF-8 characters, and nothing of a stop string.
///
/// What cannot become a character any more, as a model of bytes may produce, is handed out as it is.
package struct TextStream {
  private let stop: [UInt8]
  private var held: [UInt8] = []
  /// Whether the stop string has been met.
  package private(set) var isStopped = false

  package init(stop: String?) {
    self.stop = Array((stop ?? "").utf8)
  }

  /// Takes in bytes; the bytes that can go out now.
  package mutating func push(_ bytes: [UInt8]) -> [UInt8] {
    guard !isStopped else { return [] }
    held += bytes
    if !stop.isEmpty, let end = firstStop() {
      isStopped = true
      defer { held = [] }
      return Array(held[..<end])
    }
    return release(held.count - max(incompleteTail(), stopTail()))
  }

  /// What is left when nothing more comes.
  package mutating func finish() -> [UInt8] { release(held.count) }

  private mutating func release(_ count: Int) -> [UInt8] {
    defer { held.removeFirst(count) }
    return Array(held[..<count])
  }

  /// Where the stop string begins.
  private func firstStop() -> Int? {
    guard held.count >= stop.count else { return nil }
    return (0...held.count - stop.count).first { held[$0..<$0 + stop.count].elementsEqual(stop) }
  }

  /// The bytes at the end that may be the beginning of the stop string.
  private func stopTail() -> Int {
    let longest = min(max(0, stop.count - 1), held.count)
    return (0...longest).last { held.suffix($0).elementsEqual(stop.prefix($0)) } ?? 0
  }

  /// The bytes at the end that are the beginning of a character.
  private func incompleteTail() -> Int {
    for count in 1...3 where count <= held.count {
      let byte = held[held.count - count]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
      return byte < 0xF5 && count < length ? count : 0
    }
    return 0
  }
}
