import Foundation
import RondoData

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Nobody reads standard output any more.
struct BrokenPipe: Error {}

/// Results, written at once: what is produced bit by bit is seen bit by bit.
enum StandardOutput {
  /// Whether a person reads it as it comes.
  static var isTerminal: Bool { isatty(1) == 1 }

  static func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = systemWrite(UnsafeRawBufferPointer(rebasing: rest))
        if written < 0 {
          if errno == EINTR { continue }
          if errno == EPIPE { throw BrokenPipe() }
          throw FileError(
            .write, "standard output", errno == ENOSPC ? .diskFull : .other(String(cString: strerror(errno))))
        }
        rest = rest.dropFirst(written)
      }
    }
  }

  static func print(_ line: String) throws {
    try write(Array((line + "\n").utf8))
  }

  /// One JSON value with its members in order, and nothing else.
  static func print(_ json: JSON) throws {
    try print(json.text())
  }
}

private func systemWrite(_ bytes: UnsafeRawBufferPointer) -> Int {
  write(1, bytes.baseAddress, bytes.count)
}
