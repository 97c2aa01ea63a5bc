#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Writing a file so that at every moment, a power cut included, either the old or the new one is there, complete.
///
/// The bytes go to a file beside it, are synced, and take over the name; then the directory is synced. If anything fails, the file
/// beside it is removed and the old one is as it was. What a killed process left beside it is reused by the next write. Devices and pipes
/// (`/dev/stdout`) are written to directly.
///
/// Programs that write under `ulimit -f` must ignore `SIGXFSZ`; writing then reports ``FileError/Problem/fileSizeLimit``.
public enum AtomicFile {
  /// Where the new bytes go.
  public struct Output: ~Copyable {
    fileprivate let file: FileDescriptor

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) { try file.write(bytes) }

    /// Appends bytes.
    public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try file.write($0) } }
  }

  /// Replaces the file at `path` by one with these bytes.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    try write(to: path) { output in try output.write(bytes) }
  }

  /// Replaces the file at `path` by one with the UTF-8 bytes of `text`.
  public static func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
  }

  /// Replaces the file at `path` by what `body` writes, unless it throws.
  ///
  /// - Throws: ``FileError``, or what `body` throws.
  public static func write(to path: String, _ body: (borrowing Output) throws -> Void) throws {
    // A symbolic link keeps pointing to what it points to: the target is replaced.
    let target = resolved(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    switch exists ? status.st_mode & S_IFMT : S_IFREG {
    case S_IFDIR: throw FileError(.write, path, .directory)
    case S_IFREG: break
    default:
      return try body(Output(file: try FileDescriptor.opened(path, .write, O_WRONLY)))
    }
    if exists, access(target, W_OK) != 0 { throw FileError(.write, path, errno: errno) }

    let (directory, name) = split(target)
    let beside = "\(directory)/.\(name).partial"
    let output = Output(file: try locked(beside, named: path))
    do {
      guard ftruncate(output.file.number, 0) == 0 else { throw FileError(.write, path, errno: errno) }
      if exists { fchmod(output.file.number, status.st_mode & 0o7777) }
      try body(output)
      try output.file.synchronize()
      guard rename(beside, target) == 0 else { throw FileError(.write, path, errno: errno) }
    } catch {
      unlink(beside)
      throw error
    }
    // The name is in place; that it stays there through a power cut needs the directory on the disk, too.
    try FileDescriptor.opened(directory, .write, O_RDONLY).synchronize()
  }

  /// Throws what a write to `path` would fail with, as far as that can be told beforehand: for what is written after long work.
  public static func requireWritable(_ path: String) throws(FileError) {
    let target = resolved(path)
    var status = stat()
    if stat(target, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw FileError(.write, path, .directory) }
      if access(target, W_OK) != 0 { throw FileError(.write, path, errno: errno) }
      guard status.st_mode & S_IFMT == S_IFREG else { return }
    }
    if access(split(target).directory, W_OK | X_OK) != 0 { throw FileError(.write, path, errno: errno) }
  }

  /// Opens the file beside the target and locks it, so that two processes never write the same one.
  private static func locked(_ beside: String, named path: String) throws(FileError) -> FileDescriptor {
    while true {
      let file = try FileDescriptor.opened(beside, .write, O_WRONLY | O_CREAT | O_NOFOLLOW, named: path)
      guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { throw FileError(.write, path, .inUse) }
      // Whoever held the lock before may have renamed or removed the file that was just opened.
      var named = stat()
      let opened = try file.status()
      if stat(beside, &named) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev {
        return file
      }
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func split(_ path: String) -> (directory: String, name: Substring) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path[...]) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), path[path.index(after: slash)...])
  }
}
