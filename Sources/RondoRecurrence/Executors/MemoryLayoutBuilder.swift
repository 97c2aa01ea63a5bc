import RondoCore

/// Finds places for several buffers in one block of memory.
///
/// Rows begin at multiples of 64 bytes and never a multiple of 4 KB apart, which would put the rows of a tile into one cache set.
struct MemoryLayoutBuilder {
  private var total = 0

  mutating func reserve(_ count: Int) -> Int {
    defer { total += (count + 15) / 16 * 16 }
    return total
  }

  mutating func reserve(rows: Int, width: Int) -> (offset: Int, stride: Int) {
    let rounded = (width + 15) / 16 * 16
    let stride = rounded % 1024 == 0 ? rounded + 16 : rounded
    return (reserve(rows * stride), stride)
  }

  /// The block, which lives as long as the tensor, and its first element.
  func allocate<Element>(_: Element.Type) -> (storage: Tensor, base: UnsafeMutablePointer<Element>) {
    let floatsPerElement = MemoryLayout<Element>.size / MemoryLayout<Float>.size
    var storage = Tensor(uninitialized: [max(16, total * floatsPerElement)])
    let base = UnsafeMutableRawPointer(storage.mutablePointer()).bindMemory(
      to: Element.self, capacity: max(1, total))
    return (storage, base)
  }
}
