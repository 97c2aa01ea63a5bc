import Foundation
import Synchronization

/// Ctrl-C and `kill`: a long run is asked to end in good order; a second request ends the process at once.
///
/// Outside a long run (reading a file, say) there is nothing to put in order, and the first request ends the process.
public enum Interruption {
  private static let isWatching = Atomic<Bool>(false)
  private static let isRequested = Atomic<Bool>(false)

  /// Takes over SIGINT and SIGTERM, and SIGHUP unless it is ignored (as by `nohup`). To be called once, when the program starts and before it has other threads.
  public static func install() {
    // Blocked everywhere, they wait for the one thread that asks for them, which is free to do whatever code may do.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    // A blocked signal would arrive although it is ignored.
    var hangUp = sigaction()
    if sigaction(SIGHUP, nil, &hangUp) == 0, !isIgnored(hangUp) { sigaddset(&signals, SIGHUP) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let awaited = signals
    Thread.detachNewThread {
      var signals = awaited
      var number: Int32 = 0
      while true {
        if sigwait(&signals, &number) == 0 { receive() }
      }
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Darwin)
    let handler = action.__sigaction_u.__sa_handler
    #else
    let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Runs `body`, during which a request only sets `wasRequested`.
  public static func deferred<Result>(_ body: () throws -> Result) rethrows -> Result {
    isWatching.store(true, ordering: .sequentiallyConsistent)
    defer { isWatching.store(false, ordering: .sequentiallyConsistent) }
    return try body()
  }

  /// Whether the run was asked to end.
  public static var wasRequested: Bool { isRequested.load(ordering: .relaxed) }

  private static func receive() {
    let isSecond = isRequested.exchange(true, ordering: .sequentiallyConsistent)
    guard isWatching.load(ordering: .sequentiallyConsistent), !isSecond else {
      StandardError.write("\nrondo: interrupted\n")
      _exit(1)
    }
  }
}
