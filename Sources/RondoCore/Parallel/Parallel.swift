/// Loops over several threads.
///
/// What is computed never depends on the number of threads: callers divide work so that each result is
/// computed by one part, in one order.
public enum Parallel {
  /// The largest number of threads that a loop uses, the caller among them. The command line sets it at
  /// start-up; it starts as `Machine.processorCount`.
  public static var limit: Int {
    get {
      Machine.configureLazily()
      return WorkerPool.shared.limit
    }
    set {
      require(
        1...Machine.largestThreadCount ~= newValue,
        "Parallel.limit: \(newValue) is not in 1...\(Machine.largestThreadCount)")
      WorkerPool.shared.limit = newValue
    }
  }

  @TaskLocal private static var scopedLimit: Int?

  /// The number of threads that a loop uses here: `limit`, or what `withThreads` says.
  public static var threadCount: Int { scopedLimit ?? limit }

  /// Runs `body` with another number of threads for the loops in it.
  public static func withThreads<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
    require(
      1...Machine.largestThreadCount ~= count,
      "Parallel.withThreads: \(count) is not in 1...\(Machine.largestThreadCount)")
    return try $scopedLimit.withValue(count, operation: body)
  }

  /// Calls `body` once for each of 0..<parts, on up to `threadCount` threads, and returns when all calls have
  /// returned.
  ///
  /// Part 0 runs on the calling thread; any thread may run several parts one after the other, so parts must
  /// not wait for each other. (A `Crew` does: part 0 waits for no part that has not begun, and ends the others'
  /// waiting before it returns.) A call from within a part, or while another thread's loop is running, runs its
  /// parts serially on the calling thread.
  public static func run(_ parts: Int, _ body: (Int) -> Void) {
    if parts <= 1 || threadCount == 1 {
      for part in 0..<max(0, parts) { body(part) }
      return
    }
    withoutActuallyEscaping(body) { escapable in
      var shared = escapable
      withUnsafeMutablePointer(to: &shared) { pointer in
        run(parts, context: pointer) { context, part, _ in
          context.assumingMemoryBound(to: ((Int) -> Void).self).pointee(part)
        }
      }
    }
  }

  /// Like `run(_:_:)`, but allocates nothing: `body` captures nothing, and finds what it needs in `context`,
  /// which all parts share. Beside the part it gets the number of the thread that runs it, below `threadCount`: no
  /// two parts that run at the same time have the same.
  ///
  /// - Parameter wakes: Whether threads that sleep are woken; without them those that do not sleep and the caller do it all.
  public static func run(
    _ parts: Int, context: UnsafeMutableRawPointer, wakes: Bool = true,
    _ body: @convention(c) (UnsafeMutableRawPointer, _ part: Int, _ thread: Int) -> Void
  ) {
    let threads = min(threadCount, parts)
    if threads <= 1 {
      for part in 0..<max(0, parts) { body(context, part, 0) }
    } else {
      require(parts <= WorkerPool.largestPartCount, "Parallel.run: \(parts) parts")
      WorkerPool.shared.run(parts, threads: threads, wakes: wakes, context, body)
    }
  }

  /// Divides 0..<count into ranges of at least `minimumPerPart` (except if `count` is less), which begin at
  /// multiples of `multipleOf`, and calls `body` once for each.
  public static func rows(
    _ count: Int, minimumPerPart: Int, multipleOf: Int = 1, _ body: (Range<Int>) -> Void
  ) {
    let threads = threadCount
    // Several parts for a thread even out what other programs take of the processors.
    let parts = threads == 1 ? 1 : max(1, min(4 * threads, count / max(1, minimumPerPart)))
    if parts == 1 {
      if count > 0 { body(0..<count) }
      return
    }
    let units = (count + multipleOf - 1) / multipleOf
    run(parts) { part in
      let begin = min(count, units * part / parts * multipleOf)
      let end = min(count, units * (part + 1) / parts * multipleOf)
      if begin < end { body(begin..<end) }
    }
  }
}
