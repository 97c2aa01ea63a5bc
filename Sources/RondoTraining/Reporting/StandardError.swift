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
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = systemWrite(rest)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      }
    }
  }

  private static func systemWrite(_ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
    Darwin.write(2, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
    Musl.write(2, bytes.baseAddress, bytes.count)
    #else
    Glibc.write(2, bytes.baseAddress, bytes.count)
    #endif
  }
}
