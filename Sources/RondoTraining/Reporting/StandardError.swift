import RondoData

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Messages to people. Nobody reading them is no reason to fail.
package enum StandardError {
  /// Whether a person watches.
  package static var isTerminal: Bool { isatty(2) == 1 }

  /// The width of the terminal, 80 if unknown.
  package static var width: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }

  package static func write(_ text: String) {
    try? Array(text.utf8).withUnsafeBytes { try FileDescriptor.standard(2).write($0) }
  }
}
