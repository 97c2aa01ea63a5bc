#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Reading whole files, where `-` is standard input, and making directories.
public enum Files {
  /// What messages call standard input.
  public static let standardInputName = "standard input"

  /// All bytes of a file, or of standard input if the path is `-`.
  ///
  /// A file is read in one piece without a second copy; a pipe as it comes.
  ///
  /// - Parameter limit: A larger file is refused with a ``FormatError``, before memory is taken for it.
  /// - Throws: ``FileError`` or ``FormatError``.
  public static func read(_ path: String, limit: Int = 1 << 30) throws -> [UInt8] {
    try read(FileDescriptor.reading(path), limit: limit)
  }

  /// The bytes of an open file from its current position on.
  static func read(_ file: borrowing FileDescriptor, limit: Int) throws -> [UInt8] {
    let claimed = try file.kind() == .regular ? try file.size() : 0
    var bytes: [UInt8] = []
    // One byte more than the file has, so that the first read also finds the end.
    var step = max(min(claimed, limit) + 1, 1 << 16)
    while claimed <= limit {
      let piece = try [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
      if bytes.count > limit { break }
      if piece.count < step { return bytes }
      step = 1 << 20
    }
    throw FormatError(.init(file.path), expected: "at most \(limit) bytes", found: "more")
  }

  /// The text of a UTF-8 file, or of standard input if the path is `-`.
  ///
  /// - Throws: ``FileError``, or a ``FormatError`` with the byte and the line of what is not UTF-8.
  public static func readText(_ path: String, limit: Int = 1 << 30) throws -> String {
    let bytes = try read(path, limit: limit)
    try bytes.withUnsafeBufferPointer { bytes in
      try UTF8Check.requireText(bytes, of: path == "-" ? standardInputName : path)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The SHA-256 of a file's bytes, as 64 hexadecimal digits.
  public static func checksum(_ path: String) throws(FileError) -> String {
    let file = try FileDescriptor.reading(path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { buffer.deallocate() }
    var digest = SHA256()
    while true {
      let count = try file.read(into: buffer)
      digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      if count < buffer.count { return digest.finalized() }
    }
  }

  /// Makes sure that there is a directory, and those above it.
  public static func makeDirectory(_ path: String) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(.write, path, .notADirectory) }
      return
    }
    if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex {
      try makeDirectory(String(path[..<slash]))
    }
    // Someone else may have made it in the meantime, and a path may end with a slash.
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw FileError(.write, path, errno: errno) }
  }
}
