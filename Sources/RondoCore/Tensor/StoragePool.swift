import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Memory blocks that are reused instead of going back to the system, so that a warm training step causes no
/// page faults.
///
/// Blocks come in size classes (four per power of two), are 64-byte aligned and not initialised. Blocks below
/// `smallest` bytes are left to `malloc`. All blocks together never hold more than twice what the blocks in
/// use held at their peak: training and the evaluations between its steps need other sizes each.
package enum StoragePool {
  static let alignment = 64
  static let smallest = 16_384

  private struct State {
    /// Addresses of free blocks by size class.
    var free: [[UInt]] = Array(repeating: [], count: 4 * Int.bitWidth)
    var bytesFree = 0
    var bytesInUse = 0
    var peak = 0
  }

  private static let state = Mutex(State())

  /// Bytes that pooled blocks in use hold, and those of blocks waiting to be reused.
  package static var usage: (inUse: Int, free: Int) {
    state.withLock { ($0.bytesInUse, $0.bytesFree) }
  }

  /// The class whose blocks hold `bytes`, and their size: 4, 5, 6 or 7 times a power of two.
  static func sizeClass(_ bytes: Int) -> (index: Int, size: Int) {
    let top = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount
    let step = 1 << (top - 2)
    let quarters = (bytes + step - 1) / step
    return quarters == 8 ? (4 * (top + 1), 8 * step) : (4 * top + quarters - 4, quarters * step)
  }

  static func take(bytes: Int) -> UnsafeMutableRawPointer {
    guard bytes > smallest else { return allocate(max(bytes, alignment)) }
    let (index, size) = sizeClass(bytes)
    let reused = state.withLock { state -> UInt? in
      state.bytesInUse += size
      state.peak = max(state.peak, state.bytesInUse)
      guard let block = state.free[index].popLast() else { return nil }
      state.bytesFree -= size
      return block
    }
    return reused.flatMap { UnsafeMutableRawPointer(bitPattern: $0) } ?? allocate(size)
  }

  static func giveBack(_ block: UnsafeMutableRawPointer, bytes: Int) {
    guard bytes > smallest else { return free(block) }
    let (index, size) = sizeClass(bytes)
    let address = UInt(bitPattern: block)
    let surplus = state.withLock { state -> Bool in
      state.bytesInUse -= size
      guard state.bytesInUse + state.bytesFree + size <= 2 * state.peak else { return true }
      state.free[index].append(address)
      state.bytesFree += size
      return false
    }
    if surplus { free(block) }
  }

  /// Called with the number of bytes if the system has no memory left; what it does not end, a trap ends.
  private static let exhaustion = Mutex<(@Sendable (Int) -> Never)?>(nil)

  /// Lets a program say in its own words that there is no memory left.
  package static func onExhaustion(_ body: @escaping @Sendable (_ bytes: Int) -> Never) {
    exhaustion.withLock { $0 = body }
  }

  /// The size of the pages that large blocks are made of where the system has them: their addresses are found faster.
  private static let hugePage = 1 << 21

  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    var block: UnsafeMutableRawPointer?
    let status = posix_memalign(&block, bytes >= hugePage ? hugePage : alignment, bytes)
    guard status == 0, let block else {
      exhaustion.withLock { $0 }?(bytes)
      fatalError("Tensor: no memory for \(bytes) bytes")
    }
    #if os(Linux)
    if bytes >= hugePage { madvise(block, bytes / hugePage * hugePage, MADV_HUGEPAGE) }
    #endif
    return block
  }
}

/// A block of floats of the pool, alive as long as a tensor refers to it.
///
/// `@unchecked Sendable` because `pointer` and `contents` are only written through a `Tensor` that holds the one
/// reference to the storage; everybody else reads.
package final class TensorStorage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  /// A number that no other storage has, and this one only until it is written.
  private(set) var contents: Int
  private static let newest = Atomic<Int>(0)

  init(count: Int) {
    let bytes = count * MemoryLayout<Float>.stride
    self.count = count
    contents = Self.newest.add(1, ordering: .relaxed).newValue
    self.pointer = StoragePool.take(bytes: bytes).bindMemory(to: Float.self, capacity: count)
  }

  func willBeWritten() { contents = Self.newest.add(1, ordering: .relaxed).newValue }

  deinit { StoragePool.giveBack(pointer, bytes: count * MemoryLayout<Float>.stride) }
}
