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
    do {
      try bytes.withUnsafeBytes { try FileDescriptor.standard(1).write($0) }
    } catch let error as FileError where error.problem == .brokenPipe {
      throw BrokenPipe()
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
