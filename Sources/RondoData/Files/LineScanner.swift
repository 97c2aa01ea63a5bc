#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Walks through the lines of a file: their bytes without LF or CRLF, and their numbers from 1. A byte order mark is left out.
package enum LineScanner {
  /// Hands each line of a text in memory to `body`. A newline at the very end begins no further line.
  package static func forEachLine(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, Int) throws -> Void
  ) throws {
    var i = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var number = 1
    while i < bytes.count {
      let end = newline(bytes, from: i) ?? bytes.count
      try body(line(bytes, i..<end), number)
      number += 1
      i = end + 1
    }
  }

  /// Hands each line of a file, or of standard input if the path is `-`, to `body`; no more than a piece of the file lies in memory.
  ///
  /// - Parameters:
  ///   - size: How much is read at once.
  ///   - limit: The bytes of the longest line that is not refused.
  /// - Throws: ``FileError``, a ``FormatError`` for a line that is too long, or what `body` throws.
  package static func forEachLine(
    in path: String, size: Int = 1 << 20, limit: Int = 1 << 26,
    _ body: (UnsafeBufferPointer<UInt8>, Int) throws -> Void
  ) throws {
    let file = try FileDescriptor.reading(path)
    var buffer = [UInt8](repeating: 0, count: size)
    var held = 0
    var number = 1
    var isLast = false
    while !isLast {
      held = try buffer.withUnsafeMutableBufferPointer { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[held...])
        let read = try file.read(into: rest)
        isLast = read < rest.count
        let bytes = UnsafeBufferPointer(rebasing: buffer[..<(held + read)])
        var i = number == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        // What was held back has no newline.
        var search = max(i, held)
        while let end = newline(bytes, from: search) {
          try body(line(bytes, i..<end), number)
          number += 1
          i = end + 1
          search = i
        }
        if isLast, i < bytes.count { try body(line(bytes, i..<bytes.count), number) }
        buffer.baseAddress!.update(from: buffer.baseAddress! + i, count: bytes.count - i)
        return bytes.count - i
      }
      if held == buffer.count {
        guard held < limit else {
          throw FormatError(
            .init(file.path, line: number), expected: "lines of at most \(limit >> 20) MB",
            found: "a longer one",
            hint: "It may be another kind of file.")
        }
        buffer += Array(repeating: 0, count: held)
      }
    }
  }

  private static func newline(_ bytes: UnsafeBufferPointer<UInt8>, from i: Int) -> Int? {
    guard i < bytes.count, let found = memchr(bytes.baseAddress! + i, 0x0A, bytes.count - i) else {
      return nil
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(bytes.baseAddress!)
  }

  private static func line(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UnsafeBufferPointer<
    UInt8
  > {
    let hasReturn = !range.isEmpty && bytes[range.upperBound - 1] == 0x0D
    return UnsafeBufferPointer(rebasing: bytes[range.lowerBound..<(range.upperBound - (hasReturn ? 1 : 0))])
  }
}
