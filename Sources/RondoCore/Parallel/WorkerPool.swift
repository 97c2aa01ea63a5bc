import CRondoKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The threads behind `Parallel`.
///
/// One loop runs at a time. Its owner writes `body`, `context` and `remaining`, then publishes the loop in `claims`: the number of parts in
/// the upper half, the next part to be claimed in the lower. Whoever exchanges `claims` for a word with a larger next part owns the part it
/// skipped. The owner works as well, and returns when `remaining` says that every part has been run; parts that nobody has begun it runs
/// itself, so it never waits for a thread to wake up. Workers look for parts for about a millisecond, then sleep.
///
/// `@unchecked Sendable` because `body` and `context` are written only by the thread that holds `isBusy`, while no part can be claimed, and
/// read only by threads that have claimed a part, whose claim is ordered after the publication; `limit` and `workerCount` are atomics, and
/// the mutex and the condition never move.
final class WorkerPool: @unchecked Sendable {
  typealias Body = @convention(c) (UnsafeMutableRawPointer, Int) -> Void

  static let shared = WorkerPool()

  private let claims = Atomic<UInt64>(0)
  private let padding0: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
  private let remaining = Atomic<Int>(0)
  private let padding1: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
  private let isBusy = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let limitValue = Atomic<Int>(Machine.processorCount)
  private var workerCount = 0
  private var body: Body = { _, _ in }
  private var context = UnsafeMutableRawPointer(bitPattern: 64)!
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  var limit: Int {
    get { limitValue.load(ordering: .relaxed) }
    set { limitValue.store(newValue, ordering: .relaxed) }
  }

  /// Workers that wait on the condition.
  var sleepingWorkers: Int { sleepers.load(ordering: .relaxed) }

  func run(_ parts: Int, _ context: UnsafeMutableRawPointer, _ body: Body) {
    guard !isBusy.exchange(true, ordering: .acquiring) else {
      for part in 0..<parts { body(context, part) }
      return
    }
    let threads = min(limit, parts)
    startWorkers(threads - 1)
    self.body = body
    self.context = context
    remaining.store(parts, ordering: .relaxed)
    claims.store(UInt64(parts) << 32 | 1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeWorkers(threads - 1) }
    body(context, 0)
    remaining.subtract(1, ordering: .releasing)
    while let part = claim() { finish(part) }
    var spins = 0
    while remaining.load(ordering: .acquiring) > 0 {
      spins += 1
      if spins < 20_000 { rondo_cpu_relax() } else { sched_yield() }
    }
    isBusy.store(false, ordering: .releasing)
  }

  /// Takes the next part of the published loop, if one is left.
  private func claim() -> Int? {
    var word = claims.load(ordering: .acquiring)
    while word & 0xFFFF_FFFF < word >> 32 {
      let (exchanged, original) = claims.compareExchange(
        expected: word, desired: word + 1, ordering: .acquiringAndReleasing)
      if exchanged { return Int(word & 0xFFFF_FFFF) }
      word = original
    }
    return nil
  }

  private func finish(_ part: Int) {
    body(context, part)
    remaining.subtract(1, ordering: .releasing)
  }

  private func wakeWorkers(_ count: Int) {
    pthread_mutex_lock(mutex)
    for _ in 0..<min(count, sleepers.load(ordering: .relaxed)) { pthread_cond_signal(condition) }
    pthread_mutex_unlock(mutex)
  }

  /// Starts workers up to a number; the caller holds `isBusy`. If the system refuses a thread, those that exist do the work.
  private func startWorkers(_ count: Int) {
    while workerCount < count {
      #if canImport(Darwin)
        var thread: pthread_t?
      #else
        var thread = pthread_t()
      #endif
      let status = pthread_create(
        &thread, nil,
        { _ in
          WorkerPool.shared.work()
        }, nil)
      guard status == 0 else { return }
      workerCount += 1
    }
  }

  /// What a worker does all its life.
  private func work() -> Never {
    while true {
      if let part = claim() {
        finish(part)
        continue
      }
      if !waitForPart() { sleep() }
    }
  }

  /// Looks for a part for about a millisecond; not at all if more threads are wanted than there are processors.
  private func waitForPart() -> Bool {
    guard limit <= Machine.processorCount else { return false }
    let begin = Self.nanoseconds()
    repeat {
      for _ in 0..<64 {
        let word = claims.load(ordering: .relaxed)
        if word & 0xFFFF_FFFF < word >> 32 { return true }
        rondo_cpu_relax()
      }
    } while Self.nanoseconds() - begin < 1_000_000
    return false
  }

  private func sleep() {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    let word = claims.load(ordering: .sequentiallyConsistent)
    if word & 0xFFFF_FFFF >= word >> 32 { pthread_cond_wait(condition, mutex) }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  private static func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }
}
