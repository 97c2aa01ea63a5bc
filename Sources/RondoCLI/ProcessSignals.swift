import RondoTraining

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// How the process answers signals, and what it does without standard streams.
enum ProcessSignals {
  /// A closed pipe and a file grown beyond its limit become errors of the write that met them; Ctrl-C ends a run in good order.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    Interruption.install()
    occupyStandardStreams()
  }

  /// If a standard stream is closed, the next file to be opened would take its number, and with it what is meant for people. A stream that
  /// is missing stays useless: reading or writing it fails, but for messages, which are lost.
  private static func occupyStandardStreams() {
    for (stream, mode) in [(0, O_WRONLY), (1, O_RDONLY), (2, O_WRONLY)] as [(Int32, Int32)]
    where fcntl(stream, F_GETFD) == -1 {
      // The lowest number that is free is given out.
      _ = open("/dev/null", mode)
    }
  }
}
