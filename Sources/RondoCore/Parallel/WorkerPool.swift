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
/// One loop runs at a time. Its owner writes `body`, `context` and `remaining`, then publishes the loop in
/// `claims`. Whoever exchanges `claims` for a word with the next part owns the part that it skipped. The
/// owner works as well, and returns when `remaining` says that every part has been run; parts that nobody has
/// begun it runs itself, so it never waits for a thread to wake up. Workers look for parts for about a
/// millisecond, then sleep.
///
/// `@unchecked Sendable` because `body` and `context` are written only by the thread that holds `isBusy`,
/// while no part can be claimed, and read only by threads that have claimed a part, whose claim is ordered
/// after the publication; everything else is atomic or, like the mutex and the condition, never moves.
final class WorkerPool: @unchecked Sendable {
  /// Called with the context, the part and the number of the thread that runs it, below that of the loop's threads.
  typealias Body = @convention(c) (UnsafeMutableRawPointer, Int, Int) -> Void

  static let shared = WorkerPool()

  static let largestPartCount = 1 << 24 - 1

  /// A published loop in one word: how many threads may work, its parts, and the next of them to be claimed.
  private struct Claims {
    let word: UInt64

    init(word: UInt64) { self.word = word }

    init(threads: Int, parts: Int, next: Int) {
      word = UInt64(threads) << 48 | UInt64(parts) << 24 | UInt64(next)
    }

    var next: Int { Int(word & 0xFF_FFFF) }

    /// How many threads may work.
    var threads: Int { Int(word >> 48) }

    /// Whether thread `thread` of the pool (0: the owner) may claim the next part.
    func isOpen(to thread: Int) -> Bool { word & 0xFF_FFFF < word >> 24 & 0xFF_FFFF && thread < word >> 48 }
  }

  private let claims = Atomic<UInt64>(Claims(threads: 0, parts: 0, next: 0).word)
  private let padding0: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
  private let remaining = Atomic<Int>(0)
  private let padding1: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
  private let isBusy = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let limitValue = Atomic<Int>(Machine.processorCount)
  private let workers = Atomic<Int>(0)
  private var body: Body = { _, _, _ in }
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

  func run(
    _ parts: Int, threads: Int, wakes: Bool, _ context: UnsafeMutableRawPointer, _ body: Body
  ) {
    guard !isBusy.exchange(true, ordering: .acquiring) else {
      for part in 0..<parts { body(context, part, 0) }
      return
    }
    startWorkers(threads - 1)
    self.body = body
    self.context = context
    remaining.store(parts, ordering: .relaxed)
    claims.store(
      Claims(threads: threads, parts: parts, next: 1).word, ordering: .sequentiallyConsistent)
    if wakes, sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    finish(0, 0)
    while let part = claim(0) { finish(part, 0) }
    var spins = threads <= Machine.processorCount ? 0 : Self.longestSpin
    while remaining.load(ordering: .acquiring) > 0 {
      spins += 1
      if spins < Self.longestSpin { rondo_cpu_relax() } else { sched_yield() }
    }
    isBusy.store(false, ordering: .releasing)
  }

  /// Takes the next part of the published loop, if one is left.
  private func claim(_ thread: Int) -> Int? {
    var claimed = Claims(word: claims.load(ordering: .acquiring))
    while claimed.isOpen(to: thread) {
      let (exchanged, original) = claims.compareExchange(
        expected: claimed.word, desired: claimed.word + 1, ordering: .acquiringAndReleasing)
      if exchanged { return claimed.next }
      claimed = Claims(word: original)
    }
    return nil
  }

  private func finish(_ part: Int, _ thread: Int) {
    body(context, part, thread)
    remaining.subtract(1, ordering: .releasing)
  }

  /// Starts workers up to a number; the caller holds `isBusy`. If the system refuses a thread, those that
  /// exist do the work.
  private func startWorkers(_ count: Int) {
    while workers.load(ordering: .relaxed) < count {
      #if canImport(Darwin)
      var thread: pthread_t?
      #else
      var thread = pthread_t()
      #endif
      let number = UnsafeMutableRawPointer(bitPattern: workers.load(ordering: .relaxed) + 1)
      let status = pthread_create(
        &thread, nil,
        { number in
          WorkerPool.shared.work(Int(bitPattern: number))
        }, number)
      guard status == 0 else { return }
      workers.add(1, ordering: .relaxed)
    }
  }

  /// What a worker does all its life.
  private func work(_ thread: Int) -> Never {
    while true {
      if let part = claim(thread) {
        finish(part, thread)
      } else if !waitForPart(thread) {
        sleep(thread)
      }
    }
  }

  /// How often the owner of a loop looks whether the last parts are done before it lets other threads run.
  private static let longestSpin = 20_000

  /// Looks for a part for about a millisecond; not at all if the last loop had more threads than there are processors, so that whoever looks
  /// keeps another from working, or none for this one.
  private func waitForPart(_ thread: Int) -> Bool {
    let last = Claims(word: claims.load(ordering: .relaxed))
    guard thread < last.threads, last.threads <= Machine.processorCount else { return false }
    var begin: Int?
    repeat {
      for _ in 0..<256 {
        if Claims(word: claims.load(ordering: .relaxed)).isOpen(to: thread) { return true }
        rondo_cpu_relax()
      }
      // The clock is not read when a part comes soon.
      begin = begin ?? Self.nanoseconds()
    } while Self.nanoseconds() - begin! < 1_000_000
    return false
  }

  private func sleep(_ thread: Int) {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    if !Claims(word: claims.load(ordering: .sequentiallyConsistent)).isOpen(to: thread) {
      pthread_cond_wait(condition, mutex)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  private static func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }
}
