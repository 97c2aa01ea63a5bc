#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// An open file, closed when it goes out of scope. Every failure is a ``FileError`` that names the path.
package struct FileDescriptor: ~Copyable {
  package let number: Int32
  /// What messages call the file.
  let path: String
  private let ownsNumber: Bool

  /// Opens a file for reading; `-` is standard input. Directories are refused here: `open` itself would let them pass.
  static func reading(_ path: String) throws(FileError) -> FileDescriptor {
    if path == "-" { return FileDescriptor(number: 0, path: Files.standardInputName, ownsNumber: false) }
    let file = try opened(path, .read, O_RDONLY)
    if try file.kind() == .directory { throw FileError(.read, path, .directory) }
    return file
  }

  /// Opens a file with the given flags; new files are created with mode 0666 less the umask.
  ///
  /// - Parameter name: What messages call the file, if not by its path.
  package static func opened(
    _ path: String, _ action: FileError.Action, _ flags: Int32, named name: String? = nil
  ) throws(FileError) -> FileDescriptor {
    // A NUL would cut the path short without anyone noticing.
    guard !path.isEmpty, !path.utf8.contains(0) else { throw FileError(action, name ?? path, .missing) }
    let number = retrying { open(path, flags | O_CLOEXEC, 0o666) }
    guard number >= 0 else { throw FileError(action, name ?? path, errno: errno) }
    return FileDescriptor(number: number, path: name ?? path, ownsNumber: true)
  }

  /// Standard output (1) or standard error (2).
  package static func standard(_ number: Int32) -> FileDescriptor {
    FileDescriptor(
      number: number, path: number == 1 ? "standard output" : "standard error", ownsNumber: false)
  }

  deinit { if ownsNumber { close(number) } }

  enum Kind { case regular, directory, other }

  func status() throws(FileError) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw FileError(.read, path, errno: errno) }
    return status
  }

  func kind() throws(FileError) -> Kind {
    switch try status().st_mode & S_IFMT {
    case S_IFREG: .regular
    case S_IFDIR: .directory
    default: .other
    }
  }

  /// The size in bytes of a regular file.
  func size() throws(FileError) -> Int { Int(try status().st_size) }

  /// Reads until `buffer` is full or the input ends, from the current position or, if given, from `offset`.
  /// Returns the number of bytes read.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil) throws(FileError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let target = buffer.baseAddress! + filled
      // Linux hands over at most 2 GB at once; the loop asks for the rest.
      let wanted = min(buffer.count - filled, 1 << 30)
      let got = retrying {
        if let offset { return pread(number, target, wanted, off_t(offset + filled)) }
        return systemRead(number, target, wanted)
      }
      guard got >= 0 else { throw FileError(.read, path, errno: errno) }
      if got == 0 { break }
      filled += got
    }
    return filled
  }

  /// Writes all of `bytes` at the current position.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let source = bytes.baseAddress! + done
      let wanted = min(bytes.count - done, 1 << 30)
      let put = retrying { systemWrite(number, source, wanted) }
      guard put >= 0 else { throw FileError(.write, path, errno: errno) }
      done += put
    }
  }

  /// Cuts the file off after so many bytes, where the next ones go.
  package func truncate(to count: Int) throws(FileError) {
    guard ftruncate(number, off_t(count)) == 0, lseek(number, off_t(count), SEEK_SET) >= 0 else {
      throw FileError(.write, path, errno: errno)
    }
  }

  /// Waits until the bytes are on the disk. File systems and devices that cannot promise it are left alone.
  package func synchronize() throws(FileError) {
    guard fsync(number) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS else {
      throw FileError(.write, path, errno: errno)
    }
  }
}

/// `read` and `write` of the system, under names that the methods above do not hide.
private func systemRead(_ number: Int32, _ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(number, target, count)
}
private func systemWrite(_ number: Int32, _ source: UnsafeRawPointer, _ count: Int) -> Int {
  write(number, source, count)
}

/// Repeats a call that a signal interrupted.
private func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
