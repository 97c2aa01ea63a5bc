import RondoTraining

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// How the process answers signals.
enum ProcessSignals {
  /// A closed pipe and a file grown beyond its limit become errors of the write that met them; Ctrl-C ends a run in good order.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    Interruption.install()
  }
}
